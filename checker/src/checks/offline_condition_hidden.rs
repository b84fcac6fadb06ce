//! Free or cheap to come for, and something to buy once one is there.

use std::ops::Range;

use model::finding::{Confidence, Finding};
use model::statement::Statement;

use crate::aside::is_aside;
use crate::check::{Check, Sides};
use crate::claims::chars_before;
use crate::exhibit;
use crate::side::{PageSide, conspicuous};

/// ## What it finds
/// An ad that draws people into a shop, clinic or studio by something free or cheap, where the page (or its small print)
/// says that one must buy, join or pay more there to get it; also where the ad says nothing of having to come.
///
/// ## Why it misleads
/// Who has come all the way, and sits in the chair, seldom leaves.
///
/// ## Example
/// Ad: 「0元无痛脱毛」 — page, small: 「到店需购买1980元套餐」
///
/// ## What to do instead
/// Say in the ad that one has to come, where, and what has to be bought or paid there.
///
/// ## What it leaves alone
/// An ad that tells it; a shop that says there is nothing more to buy; further services at choice; what is really done in
/// the shop, which no page shows.
#[derive(Debug)]
pub(super) struct OfflineConditionHidden;

impl Check for OfflineConditionHidden {
    fn id(&self) -> &'static str {
        "offline-condition-hidden"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["visit-offer", "visit-strings", "visit-place", "visit-free-of-strings"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let told = sides.ad.statements.iter().any(|s| sides.words.says("visit-strings", &s.normal.text));
        let Some(promise) = promise(sides).filter(|_| !told) else { return Vec::new() };
        sides.landings().filter_map(|page| self.on(page, promise, sides)).collect()
    }
}

impl OfflineConditionHidden {
    fn on(&self, page: &PageSide<'_>, promise: &Statement, sides: &Sides<'_>) -> Option<Finding> {
        let words = sides.words;
        let pages = || std::iter::once(page).chain(sides.fine_print_of(page.page)).chain(sides.next_of(page.page));
        let (side, at, found) = pages().find_map(|side| {
            let (at, found) = strings(side, sides)?;
            Some((side, at, found))
        })?;
        let statement = &side.side.statements[at];
        let text = &statement.normal.text;
        // It is a visit when both sides speak of one; an ad that keeps silent of it hides that too, where the page says in
        // the same breath that one has to come.
        let spoken_of = |said: &Statement| words.has("visit-offer", &said.normal.text);
        let visit = sides.ad.statements.iter().any(spoken_of) && page.side.statements.iter().any(spoken_of);
        if !visit && !words.has("visit-place", text) {
            return None;
        }
        let chars = chars_before(text, found.start)..chars_before(text, found.end);
        let fee = side.side.sums().find(|sum| sum.claim.statement == at && sum.price.cents > 0);
        let sure = fee.is_some() || !conspicuous(statement);
        Some(
            Finding::of(self.id())
                .promised(exhibit::said_by_ad(promise)?)
                .delivered(exhibit::said_by_page(statement, Some(chars))?)
                .sure(if sure { Confidence::High } else { Confidence::Medium })
                .fact("fee", fee.map(|sum| sum.shown().to_owned()))
                .fact("condition_font_px", statement.visibility.font_px),
        )
    }
}

/// What the ad draws people into a shop with: something free, or at a price.
fn promise<'a>(sides: &Sides<'a>) -> Option<&'a Statement> {
    let sums = sides.ad.sums().filter(|sum| !sides.words.has("not-a-fee", sum.clause()));
    let lure = sums.min_by_key(|sum| (sum.price.cents > 0, exhibit::rank(sum.statement)))?;
    Some(&sides.ad.statements[lure.claim.statement])
}

/// Where a page says what one must buy there.
fn strings(side: &PageSide<'_>, sides: &Sides<'_>) -> Option<(usize, Range<usize>)> {
    let words = sides.words;
    side.side.statements.iter().enumerate().find_map(|(at, said)| {
        let text = &said.normal.text;
        let found = words.find("visit-strings", text)?;
        (!words.has("visit-free-of-strings", text) && !is_aside(side, at, words)).then_some((at, found))
    })
}
