//! A mark that closes, goes back or plays by its looks, and leads to an order, a download or another owner's page.

use model::chain::{Act, ActKind, Chain, Way, WayKind};
use model::evidence::PagePlace;
use model::finding::{Confidence, Exhibit, Finding};
use model::statement::{Button, FieldKind};

use crate::check::{Check, Sides};
use crate::side::PageSide;
use crate::{deeds, exhibit};

/// ## What it finds
/// A close mark that leads to another page instead of closing; a 「返回」「跳过」「关闭」 that is a link to another owner's page,
/// to an order or a file; a 「▶」 that plays nothing and hands over a program, asks for a phone number and a code, or jumps
/// down to a form.
///
/// ## Why it misleads
/// People press these marks without reading, because everywhere else they do what they look like.
///
/// ## Example
/// A layer over an article: its × is a link to `/order?from=pop`.
///
/// ## What to do instead
/// Draw buttons that do what they look like; put no mark of playing, closing or loading on what is only a link.
///
/// ## What it leaves alone
/// A × that closes; a 「返回首页」 that goes to the site's first page; a ▶ that plays, or leads to where it plays; a logo.
#[derive(Debug)]
pub(super) struct FakeControlButton;

/// Endings of what runs once it is opened.
const PROGRAMS: &[&str] = &[".apk", ".exe", ".ipa", ".mobileconfig"];

impl Check for FakeControlButton {
    fn id(&self) -> &'static str {
        "fake-control-button"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["leaving-mark", "playing-mark", "player-anchor", "order-path", "download-words"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let closing =
            deeds::acts(sides, &[ActKind::CloseTrap]).filter_map(|(chain, act)| self.closing(chain, act, sides));
        let leaving = sides.pages.iter().flat_map(|page| page.page.buttons.iter().map(move |button| (page, button)));
        let leaving = leaving.filter_map(|(page, button)| self.leaving(page, button, sides));
        let ways = || sides.case.chains.iter().flat_map(|chain| chain.ways.iter().map(move |way| (chain, way)));
        let linked = ways().filter_map(|(chain, way)| self.linked(chain, way, sides));
        let playing = ways().filter_map(|(chain, way)| self.playing(chain, way, sides));
        let painted = sides.pages.iter().filter_map(|page| self.painted(page, sides));
        closing.chain(leaving).chain(linked).chain(playing).chain(painted).collect()
    }
}

impl FakeControlButton {
    /// A close mark that leads elsewhere.
    fn closing(&self, chain: &Chain, act: &Act, sides: &Sides<'_>) -> Option<Finding> {
        let target = deeds::address_in(&act.detail)?;
        let from = chain.hops.iter().find(|hop| hop.index == act.hop)?;
        let mark = act.detail.split(['「', '」']).nth(1).filter(|mark| !mark.is_empty()).unwrap_or("×");
        let confidence = surety(&from.url, target, sides)?;
        let way = chain.ways.iter().find(|way| way.kind == WayKind::Close && way.url.as_deref() == Some(target));
        let place = deeds::place(chain, act.hop, act.at_ms, way.and_then(|way| way.area), sides);
        Some(self.found(Exhibit::new(mark, place), target, confidence, sides))
    }

    /// A way on that speaks of leaving, and that was found by the finger.
    fn linked(&self, chain: &Chain, way: &Way, sides: &Sides<'_>) -> Option<Finding> {
        let target = way.url.as_deref().filter(|url| way.gesture && url.starts_with("http"))?;
        let words = way.words.trim().to_lowercase().replace('＜', "<");
        if words.is_empty() || !sides.words.has("leaving-mark", &words) {
            return None;
        }
        let from = chain.hops.iter().find(|hop| hop.index == way.hop)?;
        let confidence = surety_of(&words, &from.url, target, sides)?;
        let place = deeds::place(chain, way.hop, way.at_ms, way.area, sides);
        Some(self.found(Exhibit::new(way.words.clone(), place), target, confidence, sides))
    }

    /// A button that speaks of leaving and leads on.
    fn leaving(&self, page: &PageSide<'_>, button: &Button, sides: &Sides<'_>) -> Option<Finding> {
        let target = button.href.as_deref().filter(|href| href.starts_with("http"))?;
        if !sides.words.has("leaving-mark", button.normal.text.trim()) {
            return None;
        }
        let confidence = surety_of(button.normal.text.trim(), &page.page.url, target, sides)?;
        Some(self.found(exhibit::button(button), target, confidence, sides))
    }

    /// A mark that should play and hands over something else.
    fn playing(&self, chain: &Chain, way: &Way, sides: &Sides<'_>) -> Option<Finding> {
        let words = way.words.to_lowercase();
        if !way.gesture || !sides.words.has("playing-mark", words.trim()) {
            return None;
        }
        let target = way.url.as_deref()?;
        let page = deeds::page_on(way.hop, chain, sides)?;
        let behind = sides.pages.iter().find(|side| side.page.visitor == chain.visitor && side.page.url == target);
        let program = PROGRAMS.iter().any(|ending| target.to_lowercase().contains(ending));
        let told = |statement: &model::statement::Statement| sides.words.has("download-words", &statement.normal.text);
        let untold = program && !page.side.statements.iter().chain(sides.ad.statements).any(told);
        if !untold && !behind.is_some_and(asks_for_a_code) {
            return None;
        }
        let place = deeds::place(chain, way.hop, page.page.at_ms, way.area, sides);
        Some(self.found(Exhibit::new(way.words.clone(), place), target, Confidence::Medium, sides))
    }

    /// A mark that should play and only jumps down its own page, which asks for a phone number there.
    fn painted(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let asks = page.page.fields.iter().any(|field| matches!(field.kind, FieldKind::Phone | FieldKind::SmsCode));
        let jumps = |button: &&Button| {
            let target = button.href.as_deref().and_then(|href| href.strip_prefix('#')).map(str::to_lowercase);
            let playing = sides.words.has("playing-mark", button.normal.text.trim());
            // An anchor of no name goes nowhere: a script plays.
            playing && target.is_some_and(|name| name.len() > 1 && !sides.words.has("player-anchor", &name))
        };
        let button = page.page.buttons.iter().find(jumps).filter(|_| asks)?;
        Some(self.found(exhibit::button(button), button.href.as_deref()?, Confidence::Medium, sides))
    }

    fn found(&self, mark: Exhibit<PagePlace>, target: &str, sure: Confidence, sides: &Sides<'_>) -> Finding {
        let button = mark.quote.clone();
        let found = Finding::of(self.id()).promised(exhibit::main_promise(sides)).delivered(mark).sure(sure);
        found.fact("button", button).fact("target", target)
    }
}

/// How sure it is that a word of leaving lies: 「取消」 and 「跳过」 go on within their own site.
fn surety_of(mark: &str, from: &str, target: &str, sides: &Sides<'_>) -> Option<Confidence> {
    let crosses = ["x", "×", "✕", "✖", "╳", "❌", "关闭", "关闭广告", "close"];
    if crosses.contains(&mark) {
        return surety(from, target, sides);
    }
    let program = PROGRAMS.iter().any(|ending| target.to_lowercase().contains(ending));
    (deeds::leaves(from, target) || program).then_some(Confidence::Medium)
}

/// How sure it is that a mark which leads there lies; none when it leads to the site's own first page.
fn surety(from: &str, target: &str, sides: &Sides<'_>) -> Option<Confidence> {
    let path = |url: &str| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        rest.split_once('/').map_or("", |(_, path)| path).to_lowercase()
    };
    if sides.words.has("order-path", &path(target)) {
        return Some(Confidence::High);
    }
    if deeds::leaves(from, target) {
        return Some(Confidence::High);
    }
    let bare = |url: &str| path(url).split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_owned();
    let home = matches!(bare(target).as_str(), "" | "index.html" | "index" | "home" | "m" | "h5");
    if home || bare(target) == bare(from) { None } else { Some(Confidence::Medium) }
}

fn asks_for_a_code(page: &PageSide<'_>) -> bool {
    page.page.fields.iter().any(|field| matches!(field.kind, FieldKind::SmsCode))
}
