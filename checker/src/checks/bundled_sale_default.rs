//! Something else is already in the bill, and nobody put it there.

use model::evidence::PagePlace;
use model::finding::{Confidence, Exhibit, Finding};

use crate::check::{Check, Sides};
use crate::side::{PageSide, Sum};
use crate::{exhibit, extras};

/// ## What it finds
/// An insurance, a membership, a coupon pack or another thing with its own price that is ticked or counted in by default
/// beside what the ad promised.
///
/// ## Why it misleads
/// One pays for what one did not come for, unless one finds it and takes it out.
///
/// ## Example
/// A flight's bill: 「贵宾休息室券 ¥58」 already ticked
///
/// ## What to do instead
/// Leave extras out until the visitor adds them, each with its own price.
///
/// ## What it leaves alone
/// Extras that are listed and not chosen; gifts that cost nothing; what the ad itself names; postage, taxes and what else
/// comes with the thing; sets that are sold as such.
#[derive(Debug)]
pub(super) struct BundledSaleDefault;

impl Check for BundledSaleDefault {
    fn id(&self) -> &'static str {
        "bundled-sale-default"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "extra-thing",
            "extra-counted-in",
            "extra-of-course",
            "box-tier",
            "box-select-all",
            "box-harmless",
            "box-consent-plain",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.pages.iter().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl BundledSaleDefault {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let (delivered, fee, sure) = ticked(page, sides).or_else(|| counted_in(page, sides))?;
        Some(
            Finding::of(self.id())
                .promised(exhibit::main_promise(sides))
                .delivered(delivered)
                .sure(sure)
                .fact("fee", fee),
        )
    }
}

type Extra<'p> = (Exhibit<PagePlace>, &'p str, Confidence);

/// A box found ticked that adds a thing with a price.
fn ticked<'p>(page: &'p PageSide<'_>, sides: &Sides<'_>) -> Option<Extra<'p>> {
    let words = sides.words;
    let boxes = &page.page.checkboxes;
    // In a cart each row has a box, and what one chose is ticked; ticks drawn by the list stand before advantages.
    let drawn = boxes.iter().filter(|one| one.drawn && one.checked).count();
    if drawn > 2 || boxes.iter().any(|one| words.has("box-select-all", &one.normal.text)) {
        return None;
    }
    boxes.iter().filter(|one| one.checked && !one.unknown).find_map(|one| {
        let text = &one.normal.text;
        let fellow = |other: &model::statement::Checkbox| !other.checked && words.has("box-tier", &other.normal.text);
        let named = words.says("extra-thing", text) && !boxes.iter().any(fellow);
        let adds = extras::adds(one, page, sides);
        if !(named || adds) || in_ad(text, sides) {
            return None;
        }
        // The sum may stand at the end of the row, outside the box's own words.
        let sum = extras::sum_of(one, page)?;
        let sure = if one.drawn || !named { Confidence::Medium } else { Confidence::High };
        Some((Exhibit::new(one.label.clone(), one.place.clone()), sum.shown(), sure))
    })
}

/// A sentence that tells that such a thing was put into the bill.
fn counted_in<'p>(page: &'p PageSide<'_>, sides: &Sides<'_>) -> Option<Extra<'p>> {
    let words = sides.words;
    let sum = page.side.sums().find(|sum| {
        let text = &sum.statement.normal.text;
        costs(sum)
            && words.says("extra-counted-in", text)
            && words.has("extra-thing", text)
            && !words.has("extra-of-course", text)
            && !in_ad(text, sides)
    })?;
    Some((exhibit::sum_on_page(sum)?, sum.shown(), Confidence::Medium))
}

fn costs(sum: &Sum<'_>) -> bool {
    sum.price.cents > 0
}

/// Whether the ad itself names the thing: then it is what one came for.
fn in_ad(text: &str, sides: &Sides<'_>) -> bool {
    let things: Vec<&str> = sides.words.term("extra-thing").find_iter(text).map(|found| found.as_str()).collect();
    sides.ad.statements.iter().any(|said| things.iter().any(|thing| said.normal.text.contains(thing)))
}
