//! What the words of a button let one expect of pressing it, and what around it shows that pressing pays.

use model::claim::PriceRole;
use model::statement::{Button, Field, FieldKind, Page, Visibility};

use crate::check::Sides;
use crate::ordered::names_order;
use crate::shown::weakness;
use crate::side::{PageSide, Sum};
use crate::words::Words;

/// CSS pixels; a price nearer to the button is read with it.
const BESIDE_PX: f64 = 160.0;

/// What a button that names no order speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    /// It says that it costs nothing.
    Free,
    /// It speaks of some other act: claiming, listening, logging in.
    Act,
    /// It goes on, and says nothing of what it does: 「下一步」.
    Step,
}

/// What a button speaks of; none when its words have to do with an order.
pub(crate) fn label(button: &Button, words: &Words) -> Option<Label> {
    let text = &button.normal.text;
    let harmless = || ["harmless-button", "goes-on-button"].iter().any(|term| words.has(term, text));
    match () {
        () if words.has("free-word", text) || words.has("nothing-to-pay", text) => Some(Label::Free),
        () if words.has("step-button", text) => Some(Label::Step),
        () if names_order(button, words) || (words.has("order-words", text) && !harmless()) => None,
        () => Some(Label::Act),
    }
}

/// Whether another button in the same layer orders by its own words, so that people can read them.
pub(crate) fn orders_openly(page: &Page, button: &Button, words: &Words) -> bool {
    page.buttons.iter().any(|other| {
        other.layer == button.layer
            && names_order(other, words)
            && is_legible(&other.visibility)
            && (words.has("sum", &other.normal.text) || other.size() >= button.size() / 2.0)
    })
}

/// Whether a sum stands so plainly and so near that whoever presses has read it.
pub(crate) fn is_beside(sum: &Sum<'_>, button: &Button, page: &PageSide<'_>) -> bool {
    let seen = &sum.statement.visibility;
    let near = match seen.to_button_px {
        Some(px) => px <= BESIDE_PX,
        None => seen.layer == button.layer && !seen.screens_down.is_some_and(|screens| screens >= 1.0),
    };
    near && weakness(sum.statement, page).is_none() && seen.font_px.is_none_or(|px| px >= 13.0)
}

/// Whether the button leads or sends to an address that has a term.
pub(crate) fn leads_to_payment(term: &'static str, button: &Button, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let own = button.send.as_ref().and_then(|send| send.url.as_deref());
    let form = page.page.forms.iter().find(|form| Some(form.number) == button.form);
    let form = form.and_then(|form| form.send.url.as_deref());
    let chain = sides.case.chains.iter().find(|chain| chain.visitor == page.page.visitor);
    let ways = chain.iter().flat_map(|chain| &chain.ways).filter(|way| way.words == button.label);
    let addresses = [own, form, button.href.as_deref()].into_iter().flatten();
    addresses.chain(ways.filter_map(|way| way.url.as_deref())).any(|address| {
        let path = address.split_once("://").map_or(address, |(_, rest)| rest).to_lowercase();
        sides.words.has(term, &path)
    })
}

/// Whether one pays on the page itself: it asks for a card, or by which means one pays.
pub(crate) fn is_paid_by_form(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let words = sides.words;
    // On the page of a loan or a job the card is there to be paid to.
    if page.side.standings.first().is_some_and(|top| words.kind(&top.kind).sums_are_no_fee) {
        return false;
    }
    let pays_by = |field: &Field| {
        field.kind == FieldKind::BankCard && !words.has("data-card-to-receive", &field.label.to_lowercase())
    };
    page.page.fields.iter().any(pays_by)
        || page.side.statements.iter().any(|said| words.says("pays-here", &said.normal.text))
}

/// Whether the ad promises something for nothing, or money, and tells nothing that is to be paid.
///
/// Of what is free at first one pays later: only a fee that is paid at once is then against the promise.
pub(crate) fn costs_nothing_by_ad(fee: Option<&Sum<'_>>, sides: &Sides<'_>) -> bool {
    let earns = sides.ad.standings.first().is_some_and(|top| sides.words.kind(&top.kind).sums_are_no_fee);
    let priced = sides.ad.to_pay().any(|sum| sum.price.cents > 0);
    let at_once = fee.is_some_and(|sum| sum.price.role == PriceRole::Once);
    let free = sides.ad.sums().any(|sum| {
        let role = sum.price.role;
        sum.price.cents == 0 && (role == PriceRole::Once || (at_once && role == PriceRole::Introductory))
    });
    earns || (free && !priced)
}

fn is_legible(seen: &Visibility) -> bool {
    /// CSS pixels; what is smaller is fine print, whatever it says.
    const LEAST_PX: f64 = 12.0;
    /// WCAG contrast under which the ground swallows the letters.
    const LEAST_CONTRAST: f64 = 1.6;
    let contrast = seen.contrast.into_iter().chain(seen.contrast_in_picture).fold(21.0, f64::min);
    seen.hidden.is_none() && seen.font_px.is_none_or(|px| px >= LEAST_PX) && contrast >= LEAST_CONTRAST
}
