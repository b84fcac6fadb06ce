//! Which sums of a page one really has to pay: not an extra one may add, not one's own bill, not pay or savings.

use model::statement::Statement;

use crate::side::{PageSide, Sum};
use crate::words::Words;

/// Statements before a sum that may head the list it stands in: 「可选服务」, 「您正在使用」.
const HEADINGS: usize = 3;

/// Whether the sum is asked of whoever takes what the page offers.
pub(crate) fn is_asked(sum: &Sum<'_>, page: &PageSide<'_>, words: &Words) -> bool {
    // What says that it renews is a fee, beside whatever else.
    let renews = words.says("renewal", &sum.statement.normal.text);
    let other = || words.has("own-bill", &headed(sum, page)) || words.has("not-a-fee", sum.clause());
    !is_optional(sum, page, words) && (renews || !other())
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

fn area(statement: &Statement) -> Option<model::units::Area> {
    statement.page_place().and_then(|place| place.area)
}
