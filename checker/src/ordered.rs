//! What a page orders, by which words and by which button.

use model::claim::PriceRole;
use model::snapshot::Part;
use model::statement::{Button, FieldKind, Page, Role, Statement};

use crate::asked::is_asked;
use crate::check::Sides;
use crate::side::{PageSide, Sum};
use crate::words::Words;

/// The button that the page wants to be pressed: as the reader weighed them, else the largest.
pub(crate) fn main_button(page: &Page) -> Option<&Button> {
    let chosen = page.main_button.and_then(|at| page.buttons.get(at));
    chosen.or_else(|| page.buttons.iter().max_by(|a, b| a.size().total_cmp(&b.size())))
}

/// Whether a button names the order or the payment. 「免费开通」 does not: it says the contrary.
pub(crate) fn names_order(button: &Button, words: &Words) -> bool {
    let label = &button.normal.text;
    words.has("order-button", label) && !words.has("free-word", label) && !words.has("nothing-to-pay", label)
}

/// Sentences by which doing something else (pressing, logging in, entering a code) is declared to be the order of what
/// costs money: 「点击领取即表示同意开通，15元/月」.
pub(crate) fn declared<'p>(page: &'p PageSide<'_>, sides: &Sides<'_>) -> impl Iterator<Item = (usize, &'p Statement)> {
    let words = sides.words;
    page.side.statements.iter().enumerate().filter(move |(at, statement)| {
        let text = &statement.normal.text;
        let costs = || {
            page.side.around(*at, 1).iter().any(|near| {
                let near = &near.normal.text;
                words.says("paid-service", near) || words.says("carrier-billed", near) || words.says("renewal", near)
            })
        };
        statement.role != Role::Button
            && statement.role != Role::PageTitle
            && words.says("act-orders", text)
            && !words.has("own-act", text)
            && !words.has("login-only", text)
            && costs()
    })
}

/// Sentences of the documents behind a page by which pressing its button, which they quote, or filling in its form is the
/// order of what costs money: 「点按“看答复”，即支付服务费」.
pub(crate) fn declared_behind<'p>(
    button: Option<&Button>,
    page: &'p PageSide<'_>,
    sides: &'p Sides<'_>,
) -> Option<(&'p PageSide<'p>, &'p Statement)> {
    /// A shorter label is a word of any sentence. Characters.
    const SHORTEST: usize = 3;
    let words = sides.words;
    let label = button.map(|button| button.normal.text.trim()).filter(|label| label.chars().count() >= SHORTEST);
    let asks_phone = page.page.fields.iter().any(|field| field.kind == FieldKind::Phone);
    let quotes = |text: &str| {
        label.is_some_and(|label| {
            text.find(label).is_some_and(|at| words.says("act-pays", &text[at + label.len()..]))
                && !words.has("own-act", text)
        })
    };
    let of_form = |text: &str| {
        let acts = words.says("act-orders", text) && words.has("act-of-form", text);
        asks_phone && acts && !words.has("own-act", text) && !words.has("login-only", text)
    };
    documents(page, sides).filter(|document| costs(document, words)).find_map(|document| {
        let said = document.side.statements.iter().find(|said| {
            let text = &said.normal.text;
            !matches!(said.role, Role::Button | Role::PageTitle) && (quotes(text) || of_form(text))
        })?;
        Some((document, said))
    })
}

/// What was opened of a page's agreements, and pages behind it on which nothing can be done.
fn documents<'p>(page: &'p PageSide<'_>, sides: &'p Sides<'_>) -> impl Iterator<Item = &'p PageSide<'p>> {
    let agreements = sides.fine_print_of(page.page).filter(|side| side.page.part == Part::Agreement);
    agreements.chain(sides.next_of(page.page).filter(|side| side.page.fields.is_empty()))
}

fn costs(document: &PageSide<'_>, words: &Words) -> bool {
    let told = |said: &Statement| {
        let text = &said.normal.text;
        words.says("carrier-billed", text) || words.says("renewal", text)
    };
    document.side.to_pay().any(|sum| sum.price.cents > 0) || document.side.statements.iter().any(told)
}

/// The sums of a page that whoever goes on there has to pay, in the order of the page.
pub(crate) fn asked_sums<'p>(page: &'p PageSide<'_>, sides: &Sides<'_>) -> impl Iterator<Item = Sum<'p>> {
    let words = sides.words;
    page.side.sums().filter(move |sum| {
        let text = &sum.statement.normal.text;
        // What says itself that it is charged again, and what stands on the button that orders, is a fee, whatever the
        // page is about.
        let pressed = || sum.statement.role == Role::Button && words.has("order-button", text);
        let charged = || (pressed() || words.says("auto-renew", text)) && !words.has("optional-extra", text);
        is_to_pay(sum)
            && sum.price.cents > 0
            && sum.statement.role != Role::PageTitle
            && (is_asked(sum, page, words) || charged())
    })
}

/// Whether the sum comes again. What is called a service charge and is paid by the month is no mere addition.
pub(crate) fn comes_again(sum: &Sum<'_>) -> bool {
    match sum.price.role {
        PriceRole::Recurring => true,
        PriceRole::Ancillary => sum.price.per.is_some(),
        _ => false,
    }
}

/// Whether one pays on the page itself, by a button that says so.
pub(crate) fn is_paid_there(page: &Page, words: &Words) -> bool {
    page.buttons.iter().any(|button| words.has("pay-button", &button.normal.text) || names_order(button, words))
}

fn is_to_pay(sum: &Sum<'_>) -> bool {
    matches!(sum.price.role, PriceRole::Once | PriceRole::Introductory) || comes_again(sum)
}

/// Whether a page says that what is ordered there renews by itself. A renewal that one may choose is none of this order.
pub(crate) fn renews(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let words = sides.words;
    let says = |text: &str| {
        words.says("auto-renew", text)
            && !["renewal-chosen", "optional-extra", "document-name"].iter().any(|term| words.has(term, text))
    };
    let denied = page.side.statements.iter().any(|said| words.has("no-renewal", &said.normal.text));
    !denied && page.side.statements.iter().any(|said| said.role != Role::PageTitle && says(&said.normal.text))
}
