//! The page leads into a private chat, where nobody can check what is said.

use model::finding::{Confidence, Exhibit, Finding};
use model::statement::{DisguiseKind, Role, Statement};

use crate::check::{Check, Sides};
use crate::claims::chars_before;
use crate::side::{PageSide, conspicuous};
use crate::{exhibit, house};

/// ## What it finds
/// A page, or an ad, that has people add a private account or group (微信, QQ) for what the ad promised: by an account's name,
/// by a code that adds a friend, or by words written so that filters miss them (「薇信」「加V」).
///
/// ## Why it misleads
/// What is sold is said in a chat. Neither the platform nor anybody else can compare it with the ad.
///
/// ## Example
/// Ad: 「股票讲座」 — page: 「添加老师➕V：gp8866 免费领取牛股」, and a code.
///
/// ## What to do instead
/// Sell where the ad was examined; offer a chat for questions only, and say whose it is.
///
/// ## What it leaves alone
/// The service account of a company (企业微信, 公众号, 小程序), a contact at the foot of a page that sells by itself, codes that
/// open the same page, a shop or an app, and an ad that says plainly that one joins a group.
#[derive(Debug)]
pub(super) struct PrivateChannelDetour;

impl Check for PrivateChannelDetour {
    fn id(&self) -> &'static str {
        "private-channel-detour"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "private-add",
            "private-hidden",
            "private-code",
            "company-channel",
            "private-told",
            "private-for",
            "private-warned",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let on_pages = sides.pages.iter().filter_map(|page| self.on(page, sides));
        on_pages.chain(self.in_ad(sides)).collect()
    }
}

impl PrivateChannelDetour {
    /// The ad itself names an account in words that filters miss.
    fn in_ad(&self, sides: &Sides<'_>) -> Option<Finding> {
        let asks = |said: &&Statement| sides.words.says("private-add", &said.normal.text) && is_hidden(said, sides);
        let said = sides.ad.statements.iter().find(asks)?;
        let landing = sides.landings().next()?;
        let head =
            house::shown(landing).find(|said| said.role == Role::Headline).or_else(|| house::shown(landing).next())?;
        let found = Finding::of(self.id())
            .promised(exhibit::said_by_ad(said)?)
            .delivered(exhibit::said_by_page(head, None)?)
            .sure(Confidence::Medium);
        Some(found.fact("disguised", true))
    }

    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let code = page.page.codes.iter().find(|code| sides.words.has("private-code", &code.text.to_lowercase()));
        let asks = |said: &&Statement| {
            let text = &said.normal.text;
            sides.words.says("private-add", text)
                && !sides.words.has("private-warned", text)
                && (!sides.words.has("company-channel", text) || is_hidden(said, sides))
        };
        let all: Vec<&Statement> = page.side.statements.iter().filter(asks).collect();
        let said = all.iter().copied().max_by_key(|said| (is_hidden(said, sides), is_main(said, page, sides)));
        if said.is_none() && code.is_none() {
            return None;
        }
        let hidden = all.iter().any(|said| is_hidden(said, sides));
        let main = all.iter().any(|said| is_main(said, page, sides));
        let confidence = surety(page, sides, hidden, main, code.is_some());
        let place = code.and_then(|code| match &code.place {
            model::evidence::Place::Page(place) => Some(Exhibit::new(code.text.clone(), place.clone())),
            model::evidence::Place::Ad(_) => None,
        });
        let delivered = said.and_then(|said| exhibit::said_by_page(said, None)).or_else(|| place.clone())?;
        let mut finding =
            Finding::of(self.id()).promised(exhibit::main_promise(sides)).delivered(delivered).sure(confidence);
        if let Some(code) = place {
            finding = finding.fact("code", &code.quote).also(code);
        }
        if hidden {
            finding = finding.fact("disguised", true);
        }
        Some(finding)
    }
}

fn surety(page: &PageSide<'_>, sides: &Sides<'_>, hidden: bool, main: bool, code: bool) -> Confidence {
    let says = |term: &'static str| page.side.statements.iter().any(|said| sides.words.says(term, &said.normal.text));
    let told = sides.ad.statements.iter().any(|said| sides.words.says("private-told", &said.normal.text));
    if hidden {
        return if main || code { Confidence::High } else { Confidence::Medium };
    }
    if told || says("company-channel") {
        return Confidence::Low;
    }
    // A page that sells by itself names its service desk beside it.
    let sells = page.page.buttons.iter().any(|button| {
        sides.words.has("order-button", &button.normal.text) && !sides.words.has("private-add", &button.normal.text)
    });
    match (main, code, sells) {
        (true, _, false) => Confidence::Medium,
        (false, true, false) => Confidence::Medium,
        _ => Confidence::Low,
    }
}

/// Whether the words are written so that people read them and filters do not.
fn is_hidden(said: &Statement, sides: &Sides<'_>) -> bool {
    let text = &said.normal.text;
    if sides.words.has("private-hidden", text) {
        return true;
    }
    // The characters as shown of which the words that ask for it were made.
    let Some(asks) = sides.words.find("private-add", text) else { return false };
    let (from, until) = (chars_before(text, asks.start), chars_before(text, asks.end));
    let origin = |at: usize| said.normal.origin.get(at).copied();
    let (Some(from), Some(last)) = (origin(from), origin(until.max(from + 1) - 1)) else { return false };
    said.normal.disguises.iter().any(|one| {
        let disguises =
            matches!(one.kind, DisguiseKind::Homophone | DisguiseKind::LookAlike | DisguiseKind::PulledApart);
        disguises && one.from <= last && from < one.until
    })
}

/// Whether adding is what the page wants: in its headline, on a button, in large letters, or for what was promised.
fn is_main(said: &Statement, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let text = &said.normal.text;
    let large =
        said.visibility.relative.is_some_and(|share| share >= 0.6) || said.visibility.layer || said.visibility.fixed;
    let button = matches!(said.role, Role::Headline | Role::Button)
        || page.page.buttons.iter().any(|button| button.label == said.text);
    button || (conspicuous(said) && (large || sides.words.has("private-for", text)))
}
