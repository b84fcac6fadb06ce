//! From a statement to an exhibit: the words as shown, and where they stand.

use std::ops::Range;

use model::case::Case;
use model::chain::Chain;
use model::evidence::{AdPlace, AdSource, PagePlace};
use model::finding::Exhibit;
use model::statement::{Button, Statement};
use model::units::Level;

use crate::check::Sides;
use crate::side::Sum;

/// A sentence longer than this is quoted only around the words that matter. Characters.
const LONGEST_QUOTE: usize = 80;

/// A sentence of the ad. None when the statement is not the ad's.
pub(crate) fn said_by_ad(statement: &Statement) -> Option<Exhibit<AdPlace>> {
    Some(Exhibit::new(statement.text.clone(), statement.ad_place()?.clone()))
}

/// A sentence of a page, cut around some characters of its normal form when it is long.
pub(crate) fn said_by_page(statement: &Statement, chars: Option<Range<usize>>) -> Option<Exhibit<PagePlace>> {
    Some(Exhibit::new(quote(statement, chars), statement.page_place()?.clone()))
}

pub(crate) fn sum_on_page(sum: Sum<'_>) -> Option<Exhibit<PagePlace>> {
    said_by_page(sum.statement, Some(sum.claim.chars.clone()))
}

pub(crate) fn button(button: &Button) -> Exhibit<PagePlace> {
    Exhibit::new(button.label.clone(), button.place.clone())
}

/// The least promise: the click itself.
pub(crate) fn click(case: &Case) -> Exhibit<AdPlace> {
    let place = AdPlace { source: AdSource::Click, at_s: None, until_s: None, area: None, evidence: case.ad_evidence };
    Exhibit::new(case.ad.click_url.clone(), place)
}

/// What the ad says first and foremost; the click when it says nothing.
pub(crate) fn main_promise(sides: &Sides<'_>) -> Exhibit<AdPlace> {
    /// Words of less weight together do not say what the ad is for.
    const PLAIN: f64 = 0.8;
    let family = sides.ad.standings.first().filter(|standing| standing.score >= PLAIN).map(|s| s.family.as_str());
    promise_of(family.unwrap_or_default(), sides).and_then(said_by_ad).unwrap_or_else(|| click(sides.case))
}

/// The sentence by which the ad promises something of a family most plainly; of equals, the one a viewer sees.
///
/// A notice that the trade must carry (「健康游戏忠告」) promises nothing, nor does the mark 「广告」; a price, or that it is free, promises more.
pub(crate) fn promise_of<'a>(family: &str, sides: &Sides<'a>) -> Option<&'a Statement> {
    const NEARLY: f64 = 0.7;
    /// What is seen or heard at a second counts for more than the title under it.
    const NEARLY_IF_SEEN: f64 = 0.45;
    const A_PRICE: f64 = 0.5;
    let priced = |at: usize| sides.ad.to_pay().any(|sum| sum.claim.statement == at);
    let weight = |(at, statement): (usize, &Statement)| {
        sides.words.strength(&statement.normal.text, family) + if priced(at) { A_PRICE } else { 0.0 }
    };
    let said = || {
        let all = sides.ad.statements.iter().enumerate();
        let promises = |said: &Statement| !["notice", "ad-label"].iter().any(|t| sides.words.has(t, &said.normal.text));
        all.filter(move |(_, statement)| promises(statement))
    };
    let most = said().map(weight).fold(0.0, f64::max);
    let nearly = |statement: &Statement| if is_seen_or_heard(statement) { NEARLY_IF_SEEN } else { NEARLY };
    let plainest = said().filter(|one| weight(*one) >= nearly(one.1) * most).map(|(_, statement)| statement);
    plainest.min_by_key(|statement| rank(statement))
}

fn is_seen_or_heard(statement: &Statement) -> bool {
    let source = statement.ad_place().map(|place| place.source);
    matches!(source, Some(AdSource::Video | AdSource::Image | AdSource::Speech))
}

/// Lower comes first: sentences before pieces of a layout, pictures before words, words before the button.
///
/// What a video shows is told by its second however short: a caption is a line of its own.
pub(crate) fn rank(statement: &Statement) -> (bool, u8) {
    let source = match statement.ad_place().map(|place| place.source) {
        Some(AdSource::Video) => return (false, 0),
        Some(AdSource::Image) => 1,
        Some(AdSource::Speech) => 2,
        Some(AdSource::Title) => 3,
        Some(AdSource::Description) => 4,
        Some(AdSource::Cta) => 5,
        Some(AdSource::Click) | None => 6,
    };
    (is_piece(&statement.normal.text), source)
}

/// Whether a text is a price or a word in large letters, 「¥9.9」, of which the sentence stands elsewhere in the ad.
fn is_piece(text: &str) -> bool {
    /// Chinese characters of the shortest sentence; a word of Latin letters counts for two.
    const SHORTEST: usize = 5;
    let letters = text.chars().filter(|c| matches!(c, '\u{3400}'..='\u{9fff}')).count();
    let words = text.split_whitespace().filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic())).count();
    letters + 2 * words < SHORTEST
}

/// What the ad asks to be pressed, where it says so; else its main promise.
pub(crate) fn call_to_action(sides: &Sides<'_>) -> Exhibit<AdPlace> {
    let call = sides.ad.statements.iter().find(|s| s.ad_place().is_some_and(|place| place.source == AdSource::Cta));
    call.and_then(said_by_ad).unwrap_or_else(|| main_promise(sides))
}

/// The end of a chain where no page was seen: what the last hop answered.
pub(crate) fn end_of(chain: &Chain, case: &Case) -> Exhibit<PagePlace> {
    let hop = chain.landing();
    let said = match (hop.status, &hop.error) {
        (Some(status), _) => format!("HTTP {status}"),
        (None, Some(error)) => error.clone(),
        (None, None) => hop.url.clone(),
    };
    let place = PagePlace {
        visitor: chain.visitor.clone(),
        hop: hop.index,
        level: Level(1),
        url: hop.url.clone(),
        at_ms: hop.at_ms,
        area: None,
        selector: None,
        evidence: chain.record.unwrap_or(case.ad_evidence),
    };
    Exhibit::new(said, place)
}

fn quote(statement: &Statement, chars: Option<Range<usize>>) -> String {
    let length = statement.normal.origin.len();
    let (Some(chars), true) = (chars, statement.text.chars().count() > LONGEST_QUOTE) else {
        return statement.text.clone();
    };
    let from = chars.start.saturating_sub(LONGEST_QUOTE / 2);
    let until = (chars.end + LONGEST_QUOTE / 2).min(length);
    let cut = statement.normal.shown(&statement.text, from..until);
    format!("{}{cut}{}", if from > 0 { "…" } else { "" }, if until < length { "…" } else { "" })
}
