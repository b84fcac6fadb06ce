//! Which sums of a page one really has to pay: not an extra one may add, not one's own bill, not pay or savings.

use model::claim::PriceRole;

use crate::aside::is_aside;
use crate::check::Sides;
use crate::kept::fee_name;
use crate::side::{PageSide, Sum, area};
use crate::words::Words;

/// Statements before a sum that may head the list it stands in: 「可选服务」, 「您正在使用」.
const HEADINGS: usize = 3;

/// Whether the sum is asked of whoever takes what the page offers.
pub(crate) fn is_asked(sum: &Sum<'_>, page: &PageSide<'_>, words: &Words) -> bool {
    // What says that it renews is a fee, beside whatever else.
    let renews = words.says("renewal", &sum.statement.normal.text);
    let income = page.side.standings.first().is_some_and(|top| words.kind(&top.kind).sums_are_no_fee);
    // What is called a fee is paid by whoever answers, on a page about income too.
    let named = || words.says("carrier-billed", &sum.statement.normal.text) || fee_name(sum, words).is_some();
    let paid_out = income && sum.price.per.is_some() && !named();
    let other = || {
        paid_out
            || words.has("own-bill", &headed(sum, page))
            || words.has("not-a-fee", sum.clause())
            || sum.bracket().is_some_and(|all| words.has("not-a-fee", all))
    };
    !is_optional(sum, page, words) && (renews || !other())
}

/// Whether the page has a plan that costs nothing beside the paid ones. Not on a page that itself says that one orders.
pub(crate) fn need_not_be_taken(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let says = |term| page.side.statements.iter().any(|statement| sides.words.says(term, &statement.normal.text));
    says("free-plan") && !says("implied-order") && !says("carrier-billed")
}

/// Whether the page says that the fee comes with what one does there: an order, a renewal, the phone bill.
pub(crate) fn is_ordered(sum: &Sum<'_>, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    page.side.around(sum.claim.statement, 1).iter().any(|statement| {
        ["renewal", "recurring", "carrier-billed", "implied-order", "paid-service"]
            .iter()
            .any(|term| sides.words.says(term, &statement.normal.text))
    })
}

/// Whether the sum must be paid to go on: a button with the sum on it, words that demand it, or no way on but to pay.
pub(crate) fn is_demanded(sum: &Sum<'_>, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let shown = sum.shown();
    let pressed = |term| page.page.buttons.iter().any(|button| sides.words.says(term, &button.normal.text));
    if sum.price.role == PriceRole::Once && pressed("pay-button") && !pressed("claim-button") {
        return true;
    }
    let around = page.side.around(sum.claim.statement, 1);
    around.iter().any(|statement| sides.words.says("payment-demand", &statement.normal.text))
        || page
            .page
            .buttons
            .iter()
            .any(|button| button.label.contains(shown) && sides.words.has("order-button", &button.normal.text))
}

/// Whether the sum stands among what is not the page's own offer: reviews, other goods, the tricks of others. What says that
/// it is ordered is the offer, under whatever heading.
pub(crate) fn is_beside_the_offer(sum: &Sum<'_>, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    is_aside(page, sum.claim.statement, sides.words) && !is_ordered(sum, page, sides)
}

fn is_optional(sum: &Sum<'_>, page: &PageSide<'_>, words: &Words) -> bool {
    words.has("optional-extra", &sum.statement.normal.text)
        || words.has("optional-extra", &headed(sum, page))
        || page.page.checkboxes.iter().any(|checkbox| {
            let beside = match (checkbox.place.area, area(sum.statement)) {
                (Some(mark), Some(text)) => mark.y < text.bottom() && text.y < mark.bottom(),
                _ => false,
            };
            !checkbox.checked
                && !words.says("agreement", &checkbox.normal.text)
                && (beside || checkbox.label.contains(sum.shown()))
        })
}

/// The short statements just before the sum's, joined.
fn headed(sum: &Sum<'_>, page: &PageSide<'_>) -> String {
    const LONGEST_HEADING: usize = 24;
    let at = sum.claim.statement;
    let before = &page.side.statements[at.saturating_sub(HEADINGS)..at];
    let short = before.iter().filter(|statement| statement.text.chars().count() <= LONGEST_HEADING);
    short.map(|statement| statement.normal.text.as_str()).collect::<Vec<_>>().join("\n")
}
