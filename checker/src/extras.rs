//! What a box found ticked adds to the bill beside the thing that one came for, by its price and not by its name.

use model::claim::PriceRole;
use model::statement::Checkbox;

use crate::check::Sides;
use crate::side::{PageSide, Sum, area};

/// The sum that a box adds: one of its own words, else one that stands in its row.
pub(crate) fn sum_of<'p>(one: &Checkbox, page: &'p PageSide<'_>) -> Option<Sum<'p>> {
    let own = page.side.sums().find(|sum| is_cost(sum) && one.label.contains(sum.shown()));
    own.or_else(|| page.side.sums().filter(|sum| is_cost(sum) && in_row(sum, one)).last())
}

/// Whether the box adds something with a price of its own: the price of what one came for stands elsewhere, in the ad or on
/// the page, and is that of no box. Where it is, the boxes are plans to choose from.
pub(crate) fn adds(one: &Checkbox, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let words = sides.words;
    let text = &one.normal.text;
    let of_course = ["extra-of-course", "box-harmless", "box-consent-plain"].iter().any(|term| words.has(term, text));
    // Of several ways to be sent, or plans, one is always chosen.
    let Some(sum) = sum_of(one, page).filter(|_| !of_course && !one.choice) else { return false };
    !is_named_by_ad(one, &sum, sides) && are_additions(page, sides)
}

/// Whether the boxes of a page with a price stand beside a thing with another price.
pub(crate) fn are_additions(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let boxes = &page.page.checkboxes;
    let on_boxes: Vec<i64> = boxes.iter().filter_map(|one| sum_of(one, page)).map(|sum| sum.price.cents).collect();
    let of_a_box = |sum: &Sum<'_>| boxes.iter().any(|one| one.label.contains(&sum.statement.text) || in_row(sum, one));
    let elsewhere = || {
        let shown = page.side.to_pay().filter(|sum| !of_a_box(sum));
        shown.chain(sides.ad.to_pay()).filter(is_cost).map(|sum| sum.price.cents)
    };
    elsewhere().next().is_some() && !elsewhere().any(|cents| on_boxes.contains(&cents))
}

/// Whether the ad speaks of it by the name that stands before its sum: then it is what one came for.
fn is_named_by_ad(one: &Checkbox, sum: &Sum<'_>, sides: &Sides<'_>) -> bool {
    const SHORTEST: usize = 2;
    let name = one.label.split(sum.shown()).next().unwrap_or_default().trim().to_lowercase();
    let is_name = name.chars().count() >= SHORTEST;
    is_name && sides.ad.statements.iter().any(|said| said.normal.text.contains(&name))
}

fn is_cost(sum: &Sum<'_>) -> bool {
    sum.price.cents > 0 && !matches!(sum.price.role, PriceRole::Reference | PriceRole::Benefit | PriceRole::Overage)
}

fn in_row(sum: &Sum<'_>, one: &Checkbox) -> bool {
    let (Some(mark), Some(text)) = (one.place.area, area(sum.statement)) else { return false };
    mark.y < text.bottom() && text.y < mark.bottom()
}
