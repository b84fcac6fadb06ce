//! What is demanded for what was said to be free.

use model::claim::PriceRole;

use crate::asked::{is_asked, is_demanded, is_ordered, need_not_be_taken};
use crate::bound::{demanded_behind, fee_behind};
use crate::check::Sides;
use crate::side::{PageSide, Sum};

/// The sum that a page demands for what was said to be free; none when it can be had for nothing.
pub(crate) fn free_after_all<'a>(
    promise: Sum<'_>,
    page: &'a PageSide<'a>,
    asked: &[Sum<'a>],
    sides: &'a Sides<'_>,
) -> Option<Sum<'a>> {
    if promise.price.role == PriceRole::Introductory {
        // A free first period is kept when the page has one too; what comes after it is another check's matter.
        let keeps = page.side.to_pay().any(|sum| sum.price.cents == 0)
            || page.side.statements.iter().any(|s| sides.words.says("free-trial", &s.normal.text));
        return (!keeps).then(|| asked.iter().find(|sum| sum.price.cents > 0).copied()).flatten();
    }
    if sides.ad_tells_recurring_fee() || need_not_be_taken(page, sides) {
        return None;
    }
    let charged = |sum: &&Sum<'_>| sum.price.cents > 0;
    let fee =
        asked.iter().filter(charged).find(|sum| sum.price.role == PriceRole::Recurring && is_ordered(sum, page, sides));
    // What the ad itself names, such as the postage, is no surprise.
    let told = |sum: &Sum<'_>| sides.ad.sums().any(|said| said.price.cents == sum.price.cents);
    let demanded = asked
        .iter()
        .filter(charged)
        .find(|sum| sum.price.role == PriceRole::Once && !told(sum) && is_demanded(sum, page, sides));
    fee.or(demanded)
        .copied()
        .or_else(|| postage(page, sides))
        .or_else(|| demanded_behind(page, sides))
        .or_else(|| fee_behind(page, sides))
}

/// Postage or a deposit that is demanded for a free thing, when the ad does not mention it.
fn postage<'a>(page: &'a PageSide<'_>, sides: &Sides<'_>) -> Option<Sum<'a>> {
    let told = sides.ad.sums().any(|sum| sum.price.role == PriceRole::Ancillary);
    page.side
        .sums()
        .filter(|sum| sum.price.role == PriceRole::Ancillary && sum.price.cents > 0 && !told)
        .find(|sum| is_asked(sum, page, sides.words) && is_demanded(sum, page, sides))
}
