//! Sentences as a person sees or hears them, and pages as a person uses them.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::evidence::{AdPlace, EvidenceId, PagePlace, Place};
use crate::snapshot::{Part, Since};
use crate::units::{Area, Level, Millis, Period};

/// One sentence as a person sees or hears it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// As shown, white space folded.
    pub text: String,
    /// The one form in which words are compared.
    pub normal: Normal,
    pub place: Place,
    pub visibility: Visibility,
    pub role: Role,
    pub read_by: ReadBy,
    /// Sums of money in it, in the order of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<PriceTag>,
}

impl Statement {
    /// Where on the ad it stands; none for a statement of a page.
    pub fn ad_place(&self) -> Option<&AdPlace> {
        match &self.place {
            Place::Ad(place) => Some(place),
            Place::Page(_) => None,
        }
    }

    /// Where on the page it stands; none for a statement of the ad.
    pub fn page_place(&self) -> Option<&PagePlace> {
        match &self.place {
            Place::Page(place) => Some(place),
            Place::Ad(_) => None,
        }
    }
}

/// A text in its normal form, with the way back to the text as shown.
///
/// Positions are Unicode scalar values, 0-based, end excluded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Normal {
    pub text: String,
    /// For each character of the normal form, the character of the shown text it came from; never decreasing.
    pub origin: Vec<u32>,
    /// Where the shown text is written so that people read it and filters do not, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disguises: Vec<Disguise>,
    /// Words that a recogniser of speech heard otherwise, read by their sound, in their order. Each claim on them is less sure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guesses: Vec<Guess>,
}

/// Characters of the normal form that were heard otherwise: 「名额」 for 「明额」.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guess {
    /// Position in the normal form of its first character.
    pub from: u32,
    /// As heard: as many characters as stand there now.
    pub heard: String,
}

/// A stretch of a shown text that people read otherwise than it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disguise {
    pub kind: DisguiseKind,
    /// Position in the shown text of its first character.
    pub from: u32,
    /// And behind its last.
    pub until: u32,
}

/// How a text is disguised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DisguiseKind {
    /// Characters that cannot be seen, inside a word.
    Invisible,
    /// Letters of another script that look alike: a Cyrillic е.
    LookAlike,
    /// A letter o for a nought.
    LetterForDigit,
    /// Pinyin in brackets inside a word: 「復(fù)雜」.
    Gloss,
    /// Marks between the characters of a word: 「免*费」. Spaces alone are typography.
    PulledApart,
    /// Characters that sound or look alike: 「薇信」.
    Homophone,
}

impl Normal {
    /// The same text as it was heard.
    pub fn without_guesses(&self) -> Self {
        let mut chars: Vec<char> = self.text.chars().collect();
        for Guess { from, heard } in &self.guesses {
            for (at, ch) in (*from as usize..).zip(heard.chars()) {
                if let Some(slot) = chars.get_mut(at) {
                    *slot = ch;
                }
            }
        }
        Self { text: chars.into_iter().collect(), guesses: Vec::new(), ..self.clone() }
    }

    /// The part of `shown` from which these characters of the normal form were made.
    pub fn shown<'a>(&self, shown: &'a str, chars: Range<usize>) -> &'a str {
        let Some(&first) = self.origin.get(chars.start) else { return "" };
        let Some(&last) = self.origin.get(chars.end.max(chars.start + 1) - 1) else { return "" };
        let byte = |at: u32| shown.char_indices().nth(at as usize).map_or(shown.len(), |(byte, _)| byte);
        &shown[byte(first)..byte(last + 1)]
    }
}

/// How well a person can notice it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Visibility {
    /// Height of the letters' em box: CSS pixels on a page, pixels of the picture in a creative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub font_px: Option<f64>,
    /// WCAG contrast, 1 to 21.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contrast: Option<f64>,
    /// Font size as a share of the largest statement beside it, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative: Option<f64>,
    /// Font size as a share of the picture's height, 0 to 1, in a video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_share: Option<f64>,
    /// How many screens down its top is: under 1 is seen without scrolling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screens_down: Option<f64>,
    /// Seconds on screen, in a video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// Characters a second that a person must read to come to its end in that time, in a video.
    ///
    /// What stands beside it and is as large or larger is read too. A Latin letter or a digit counts half.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace: Option<f64>,
    /// Whether that is faster than people read, as the operator has set it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hurried: bool,
    /// Whether it stands in a layer that lies above the page (a pop-up).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub layer: bool,
    /// Whether it is struck through.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub struck: bool,
    /// How bold its letters are, 100 to 900; 400 is normal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u16>,
    /// How opaque it is, with all that it stands in, 0 to 1; none when it hides nothing of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opacity: Option<f64>,
    /// The contrast that the picture of the page shows, beside the one its style says; 1 where it shows no letters.
    ///
    /// Fine letters blend into their ground, so it is lower than what the style says even where nothing is amiss.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contrast_in_picture: Option<f64>,
    /// Share of it that is cut away by what holds it (overflow, an ellipsis, a clamp of lines), 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<f64>,
    /// Share of it that lies under something opaque, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covered: Option<f64>,
    /// Why nobody can see it; none when it can be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<Hidden>,
    /// Whether it stands in a frame: a page in the page.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub frame: bool,
    /// Whether it stays on the screen while the page scrolls.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fixed: bool,
    /// CSS pixels from its box to that of the page's main button; none where one of them scrolls and the other stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_button_px: Option<f64>,
    /// When it came, if it came later than the first words of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
}

/// Why words that a page lays out are seen by nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hidden {
    /// In something folded up: a closed `details`, a box of no height.
    Fold,
    /// Cut away by what holds them: behind the last line that is shown, on another picture of a carousel.
    Cut,
    /// Beyond an edge that nobody can scroll over.
    OffPage,
    Transparent,
    /// Of the colour of their ground.
    Colour,
    Tiny,
    /// Switched off otherwise.
    Off,
}

/// What part a statement plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The title of the page's window; not on the page itself.
    PageTitle,
    Headline,
    Text,
    Button,
    Link,
    /// Beside or inside a field: label, placeholder.
    FieldLabel,
    /// In a picture.
    PictureText,
    /// Heard.
    Speech,
}

/// By what means a statement was read.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadBy {
    /// Handed over as text: the ad's title, a DOM text.
    Text,
    /// Read from pixels, with the model's confidence, 0 to 1.
    Ocr(f64),
    Subtitle,
    /// Heard by a machine, with its confidence, 0 to 1, if it tells one.
    Speech(Option<f64>),
}

/// A sum of money as written, before anyone asks what it is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PriceTag {
    /// Characters of the statement's normal form: the amount with its currency, unit and period.
    pub chars: Range<usize>,
    /// Hundredths of the currency.
    pub cents: i64,
    pub currency: Currency,
    /// 「/月」, `per month`; none when no period stands beside the amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<Period>,
    /// 「起」「低至」`from`: the least of several.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub from: bool,
    /// Struck through: a price of comparison.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub struck: bool,
    /// What the words right beside it say that it is.
    #[serde(default, skip_serializing_if = "PriceKind::is_one_off")]
    pub kind: PriceKind,
    /// What it comes to for 30 days, in hundredths of the currency, where it is paid for a period, or each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_cents: Option<i64>,
}

/// What sort of sum a sum of money is, by its nearest words.
///
/// What it is *for* on its page, a check weighs with more than those: see `claim::PriceRole`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PriceKind {
    /// Nothing says otherwise.
    #[default]
    OneOff,
    /// For a first period only: 「首月0.01元」.
    FirstPeriod,
    /// For each period, or for a stated one: 「29元/月」「3个月99元」.
    PerPeriod,
    /// What is left after a coupon or a subsidy: 「券后39.9」.
    AfterCoupon,
    /// Paid and given back, or a first part: 「押金99元」「定金」.
    Deposit,
    /// What it is said to have cost, or to be worth: 「原价199」, a struck sum.
    Compared,
    /// What one saves or is given, or from what on: 「立减20元」「满100元减20元」.
    Saved,
}

impl PriceKind {
    fn is_one_off(&self) -> bool {
        *self == Self::OneOff
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    #[default]
    Cny,
    Usd,
    Eur,
    Gbp,
    Hkd,
    Twd,
}

/// What a person sees of a snapshot, and can do there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// The snapshot that was read.
    pub snapshot: EvidenceId,
    pub visitor: String,
    pub hop: u16,
    pub level: Level,
    /// What part it plays on the visitor's way.
    #[serde(default)]
    pub part: Part,
    pub url: String,
    pub title: String,
    pub status: Option<u16>,
    pub at_ms: Millis,
    /// CSS pixels of the visitor's screen.
    pub viewport: (u32, u32),
    /// In reading order; what stands in a layer comes where the layer stands in the document.
    pub statements: Vec<Statement>,
    pub fields: Vec<Field>,
    pub buttons: Vec<Button>,
    /// Which of the buttons calls to action most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub main_button: Option<usize>,
    /// Where its forms would send what is filled in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<Form>,
    pub checkboxes: Vec<Checkbox>,
    /// Who answers for the page, by what it says of itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// What is laid out and seen by nobody, each with the reason; bounded. What a fold keeps out of the layout is not here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<Statement>,
    /// The fingerprint of the template that it is made by: the same where words, prices and pictures are others. None where it has too
    /// little to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// QR codes in its pictures, from top to bottom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<Code>,
    /// Sentences that its own scripts make up; bounded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invented: Vec<Invented>,
}

/// A sentence that a script of the page makes of pieces it brings along, and asks no server for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invented {
    /// As it stood when the page was captured.
    pub text: String,
    pub normal: Normal,
    pub place: PagePlace,
    pub by: MadeBy,
    /// The lines of the script, cut.
    pub script: String,
}

/// How a script comes to a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MadeBy {
    /// It throws dice.
    Chance,
    /// It reads it from a list that it brings along.
    List,
}

/// A QR code in a picture of an ad or of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Code {
    /// What it says: mostly an address.
    pub text: String,
    pub place: Place,
}

/// A form as its page made it: described, never sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// The number that its fields and buttons share.
    pub number: u32,
    pub send: Send,
    pub place: PagePlace,
}

/// Where something is sent, as far as the page says so itself: its scripts may send it elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Send {
    /// `GET` or `POST`.
    pub method: String,
    /// The full address; none when the page names none, and a script must know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Something a page says of who is behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    pub kind: FactKind,
    /// In normal form: 「京icp备12345678号-1」.
    pub value: String,
    /// As shown.
    pub text: String,
    pub place: PagePlace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactKind {
    /// A company, by a name with its legal form.
    Company,
    /// The record of a website: 京ICP备…号.
    Icp,
    /// The record with the police: 京公网安备…号.
    PublicSecurity,
    /// The number of a licence or an approval.
    Licence,
    Telephone,
    Email,
    Address,
}

/// A form field: described, never filled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    pub kind: FieldKind,
    /// The words by which it was recognised: label, placeholder or name.
    pub label: String,
    pub place: PagePlace,
    /// Fields and buttons of one form share its number.
    pub form: u32,
    pub layer: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    Phone,
    /// A code sent to the phone (OTP, 短信验证码).
    SmsCode,
    /// A code read from a picture (图形验证码).
    PictureCode,
    Name,
    IdCard,
    Address,
    BankCard,
    Password,
    Email,
    Search,
    /// Somebody else to call: an emergency contact, a friend.
    Contacts,
    /// An account at another service: WeChat, QQ.
    Account,
    /// Birthday or age.
    Birth,
    Other,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Button {
    pub label: String,
    pub normal: Normal,
    pub place: PagePlace,
    /// The form it belongs to, if any.
    pub form: Option<u32>,
    pub layer: bool,
    pub visibility: Visibility,
    /// Where it leads when it is a link.
    pub href: Option<String>,
    /// Where pressing it would send its form, if it would.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send: Option<Send>,
}

impl Button {
    /// Square CSS pixels; 0 without a box.
    pub fn size(&self) -> f64 {
        self.place.area.as_ref().map_or(0.0, Area::size)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkbox {
    /// The words beside it.
    pub label: String,
    pub normal: Normal,
    /// As found, before anyone touched it.
    pub checked: bool,
    /// Drawn by CSS on an element that is no input: the state is read from its class or ARIA.
    pub drawn: bool,
    /// Whether nothing tells its state; `checked` is false then, and means nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
    /// Whether it is one of several of which one is chosen (a radio button).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub choice: bool,
    pub place: PagePlace,
    pub form: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_cut_from_the_text_as_shown() {
        // 「０元」 became "0元": two characters, from positions 3 and 4 of the shown text.
        let normal = Normal { text: "月费0元".into(), origin: vec![0, 1, 3, 4], ..Normal::default() };
        assert_eq!(normal.shown("月费 ０元", 2..4), "０元");
        assert_eq!(normal.shown("月费 ０元", 0..4), "月费 ０元");
        assert_eq!(normal.shown("月费 ０元", 9..12), "");
    }
}
