//! What stands behind the page on which one orders: folds, agreements, and pages where there is nothing to do but read.

use model::claim::PriceRole;
use model::snapshot::Part;
use model::statement::Role;

use crate::asked::is_asked;
use crate::check::Sides;
use crate::side::{PageSide, Sum};
use crate::words::Words;

/// The term lists that it needs.
pub(crate) const TERMS: &[&str] = &["auto-renew", "renewal-chosen", "fee-each-period"];

/// Whether a page behind the landing page is only read: nothing is filled in there, nothing ordered. Whatever its link is
/// called, it is a document, and what it tells is not told to whoever orders.
pub(crate) fn is_only_read(page: &PageSide<'_>, words: &Words) -> bool {
    let orders = |label: &str| ["order-button", "pay-button", "claim-button"].iter().any(|term| words.has(term, label));
    page.page.part == Part::Next
        && page.page.fields.is_empty()
        && !page.page.buttons.iter().any(|button| orders(&button.normal.text))
}

/// The folds, agreements and documents that the visitor of a page came to see behind it.
pub(crate) fn behind<'s>(page: &'s PageSide<'s>, sides: &'s Sides<'_>) -> impl Iterator<Item = &'s PageSide<'s>> {
    let documents = sides.pages.iter().filter(|other| {
        other.page.visitor == page.page.visitor && !std::ptr::eq(*other, page) && is_only_read(other, sides.words)
    });
    sides.fine_print_of(page.page).chain(documents)
}

/// The fees that come again of which only `side`, which stands behind a page, tells, and the page itself not a word.
pub(crate) fn fees_of<'s>(
    side: &'s PageSide<'s>,
    page: &'s PageSide<'s>,
    sides: &'s Sides<'_>,
) -> impl Iterator<Item = Sum<'s>> {
    let words = sides.words;
    let on_page = |cents: i64| {
        let mut tags = page.side.statements.iter().flat_map(|said| &said.prices);
        tags.any(|tag| tag.cents == cents)
    };
    side.side.sums().filter(move |sum| {
        let text = &sum.statement.normal.text;
        sum.price.cents > 0
            && sum.price.role == PriceRole::Recurring
            && sum.statement.role != Role::PageTitle
            && ["auto-renew", "renewal", "fee-each-period", "carrier-billed"].iter().any(|t| words.says(t, text))
            && !words.has("renewal-chosen", text)
            && is_asked(sum, side, words)
            && !on_page(sum.price.cents)
    })
}
