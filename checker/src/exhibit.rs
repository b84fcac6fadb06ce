//! From a statement to an exhibit: the words as shown, and where they stand.

use std::ops::Range;

use model::case::Case;
use model::chain::Chain;
use model::evidence::{AdPlace, AdSource, PagePlace};
use model::finding::Exhibit;
use model::statement::{Button, Statement};
use model::units::Level;

use crate::side::{Side, Sum};

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
pub(crate) fn main_promise(case: &Case, ad: &Side<'_>) -> Exhibit<AdPlace> {
    /// Words of less weight together do not say what the ad is for.
    const PLAIN: f64 = 0.8;
    let best = ad.standings.first().filter(|standing| standing.score >= PLAIN);
    let best = best.map(|standing| &ad.statements[standing.best]).or_else(|| foremost(ad.statements));
    best.and_then(said_by_ad).unwrap_or_else(|| click(case))
}

/// Of statements that are equally good, the one a viewer sees moving or large.
pub(crate) fn foremost(statements: &[Statement]) -> Option<&Statement> {
    statements.iter().min_by_key(|statement| rank(statement))
}

/// Lower comes first: pictures before words, words before the button.
pub(crate) fn rank(statement: &Statement) -> u8 {
    match statement.ad_place().map(|place| place.source) {
        Some(AdSource::Video) => 0,
        Some(AdSource::Image) => 1,
        Some(AdSource::Speech) => 2,
        Some(AdSource::Title) => 3,
        Some(AdSource::Description) => 4,
        Some(AdSource::Cta) => 5,
        Some(AdSource::Click) | None => 6,
    }
}

/// The end of a chain where no page was seen: what the last hop answered.
pub(crate) fn end_of(chain: &Chain, case: &Case) -> Exhibit<PagePlace> {
    let hop = chain.last();
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
