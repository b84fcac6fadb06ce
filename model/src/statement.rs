//! Sentences as a person sees or hears them, and pages as a person uses them.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::evidence::{AdPlace, EvidenceId, PagePlace, Place};
use crate::snapshot::Part;
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
    pub checkboxes: Vec<Checkbox>,
    /// QR codes in its pictures, from top to bottom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<Code>,
}

/// A QR code in a picture of an ad or of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Code {
    /// What it says: mostly an address.
    pub text: String,
    pub place: Place,
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
    pub place: PagePlace,
    pub form: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_cut_from_the_text_as_shown() {
        // 「０元」 became "0元": two characters, from positions 3 and 4 of the shown text.
        let normal = Normal { text: "月费0元".into(), origin: vec![0, 1, 3, 4], disguises: Vec::new() };
        assert_eq!(normal.shown("月费 ０元", 2..4), "０元");
        assert_eq!(normal.shown("月费 ０元", 0..4), "月费 ０元");
        assert_eq!(normal.shown("月费 ０元", 9..12), "");
    }
}
