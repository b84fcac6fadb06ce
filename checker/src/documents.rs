//! What stands behind the page on which one orders: folds, agreements, and pages where there is nothing to do but read.

use model::chain::Way;
use model::claim::PriceRole;
use model::snapshot::Part;
use model::statement::Role;

use crate::about::alike;
use crate::asked::is_asked;
use crate::check::Sides;
use crate::ordered::main_button;
use crate::side::{PageSide, Sum};
use crate::words::Words;

/// The term lists that it needs.
pub(crate) const TERMS: &[&str] = &["auto-renew", "renewal-chosen", "fee-each-period", "tells-terms"];

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
        other.page.visitor == page.page.visitor
            && !std::ptr::eq(*other, page)
            && is_only_read(other, sides.words)
            && is_about_the_order(other, page, sides.words)
    });
    sides.fine_print_of(page.page).chain(documents)
}

/// Whether a document is of what one orders on a page: its title says that it tells terms, prices or steps, or names what
/// a box beside the order agrees to. A shop has other pages to read.
fn is_about_the_order(document: &PageSide<'_>, page: &PageSide<'_>, words: &Words) -> bool {
    let titles = || {
        let all = document.side.statements.iter();
        all.filter(|said| matches!(said.role, Role::PageTitle | Role::Headline)).take(3).map(|said| &said.normal.text)
    };
    let agreed = |title: &String| page.page.checkboxes.iter().any(|one| alike(&one.normal.text, title, words));
    titles().any(|title| words.has("tells-terms", title) || agreed(title))
}

/// The landing page of the visitor who came to a page.
pub(crate) fn landing_of<'s>(page: &PageSide<'_>, sides: &'s Sides<'_>) -> Option<&'s PageSide<'s>> {
    sides.landings().find(|landing| landing.page.visitor == page.page.visitor)
}

/// Whether it is the page behind the main button of the landing page.
pub(crate) fn is_where_the_button_leads(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let Some(landing) = landing_of(page, sides) else { return false };
    let Some(button) = main_button(landing.page) else { return false };
    let chain = sides.case.chains.iter().find(|chain| chain.visitor == page.page.visitor);
    let leads = |way: &Way| {
        way.hop == landing.page.hop && way.words == button.label && way.url.as_deref() == Some(page.page.url.as_str())
    };
    page.page.part == Part::Next && chain.is_some_and(|chain| chain.ways.iter().any(leads))
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
