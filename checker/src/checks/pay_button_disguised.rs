//! The button says 「领取」 or 「下一步」; pressing it orders or pays.

use model::finding::{Confidence, Finding};
use model::statement::Button;

use crate::by_code::{PhoneForm, hidden_order};
use crate::check::{Check, Sides};
use crate::exhibit;
use crate::ordered::{asked_sums, declared, declared_behind, main_button, names_order};
use crate::pressed::{Label, costs_nothing_by_ad, is_beside, is_paid_by_form, label, leads_to_payment, orders_openly};
use crate::shown::weakness;
use crate::side::PageSide;

/// ## What it finds
/// A main button that speaks of something else than an order (claiming, logging in, listening, cleaning, going on), on any
/// page of the way, while pressing it orders or pays: the page itself says so, a number and the code typed beside it are
/// charged, the button sends to an address that pays, or the form above it takes the payment.
///
/// ## Why it misleads
/// One reads buttons, not what stands below them. A button must let one see that it obliges to pay.
///
/// ## Example
/// Button 「立即免费领取」 — below it: 「点击即开通××会员，25元/月」
///
/// ## What to do instead
/// Name on the button that it pays or orders, with the sum: 「确认开通，29元/月」.
///
/// ## What it leaves alone
/// 「确认订购 15元/月」; a first step that truly costs nothing; 「下一步」 right by the plain price; a page where another button
/// orders openly; a till whose price the ad told.
#[derive(Debug)]
pub(super) struct PayButtonDisguised;

impl Check for PayButtonDisguised {
    fn id(&self) -> &'static str {
        "pay-button-disguised"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "act-orders",
            "act-pays",
            "act-of-form",
            "own-act",
            "auto-renew",
            "paying-address",
            "till-address",
            "goes-on-button",
            "step-button",
            "pays-here",
            "code-field",
            "data-card-to-receive",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.pages.iter().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl PayButtonDisguised {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let button = main_button(page.page)?;
        if names_order(button, sides.words) || orders_openly(page.page, button, sides.words) {
            return None;
        }
        let proof = by_words(button, page, sides)
            .or_else(|| by_code(button, page, sides))
            .or_else(|| by_agreement(button, page, sides))
            .or_else(|| by_address(button, page, sides))
            .or_else(|| by_form(button, page, sides))?;
        let finding = Finding::of(self.id())
            .promised(exhibit::call_to_action(sides))
            .delivered(exhibit::button(button))
            .sure(proof.sure)
            .fact("button", &button.label)
            .fact("fee", proof.fee);
        Some(match proof.said {
            Some(said) => finding.also(said),
            None => finding,
        })
    }
}

/// What shows that pressing costs money.
struct Proof {
    said: Option<model::finding::Exhibit<model::evidence::PagePlace>>,
    fee: Option<String>,
    sure: Confidence,
}

/// The page says that pressing, or doing what the button speaks of, orders.
fn by_words(button: &Button, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Proof> {
    let (_, said) = declared(page, sides).next()?;
    let says = label(button, sides.words)?;
    let beside = asked_sums(page, sides).any(|sum| is_beside(&sum, button, page));
    if says == Label::Step && beside {
        return None;
    }
    let sure = match () {
        () if sides.ad_tells_recurring_fee() => Confidence::Low,
        () if beside || weakness(said, page).is_none() => Confidence::Medium,
        () => Confidence::High,
    };
    let fee = asked_sums(page, sides)
        .min_by_key(|sum| (!sides.words.says("paid-service", &sum.statement.normal.text), sum.claim.statement));
    Some(Proof { said: exhibit::said_by_page(said, None), fee: fee.map(|sum| sum.shown().to_owned()), sure })
}

/// A phone number and its code, or a known number, are charged by the form that the button closes.
fn by_code(button: &Button, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Proof> {
    let form = PhoneForm::find(page, sides)?;
    if !form.button.is_some_and(|own| own.place == button.place) {
        return None;
    }
    // Without a field it must be the phone bill that pays: a trial that one begins is charged otherwise, and later.
    let billed = || page.side.statements.iter().any(|said| sides.words.says("carrier-billed", &said.normal.text));
    let order = hidden_order(page, &form, sides)?;
    if form.fields.is_empty() && !(order.stated && billed()) {
        return None;
    }
    let says = label(button, sides.words)?;
    if order.plain && (sides.ad_tells_recurring_fee() || says == Label::Step) {
        return None;
    }
    let sure = if order.stated { Confidence::High } else { Confidence::Medium };
    Some(Proof { said: Some(order.exhibit), fee: order.fee, sure })
}

/// A document behind the page says that pressing orders: no price beside the button, no word of it on the page.
fn by_agreement(button: &Button, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Proof> {
    label(button, sides.words)?;
    let (document, said) = declared_behind(Some(button), page, sides)?;
    let told = asked_sums(page, sides).any(|sum| is_beside(&sum, button, page)) || sides.ad_tells_recurring_fee();
    let fee = document.side.to_pay().find(|sum| sum.price.cents > 0);
    (!told).then(|| Proof {
        said: exhibit::said_by_page(said, None),
        fee: fee.map(|sum| sum.shown().to_owned()),
        sure: Confidence::High,
    })
}

/// The button leads or sends to an address that pays by its own words, and the price does not stand beside it.
fn by_address(button: &Button, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Proof> {
    let words = sides.words;
    let harmless =
        ["harmless-button", "free-word", "goes-on-button"].iter().any(|term| words.has(term, &button.normal.text));
    let free = words.says("free-word", &button.normal.text);
    let fee = asked_sums(page, sides).next();
    if asked_sums(page, sides).any(|sum| is_beside(&sum, button, page)) && !free {
        return None;
    }
    let pays = harmless && (fee.is_some() || free) && leads_to_payment("paying-address", button, page, sides);
    // Who is promised something for nothing does not look for a till.
    let till = || costs_nothing_by_ad(fee.as_ref(), sides) && leads_to_payment("till-address", button, page, sides);
    (pays || till()).then(|| Proof {
        said: fee.and_then(exhibit::sum_on_page),
        fee: fee.map(|sum| sum.shown().to_owned()),
        sure: Confidence::Medium,
    })
}

/// The form that the button closes takes the payment for something that the ad promised for nothing, or that it put no price
/// on and the page a price that nobody reads.
fn by_form(button: &Button, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Proof> {
    let fee = asked_sums(page, sides).next()?;
    let says = label(button, sides.words)?;
    let plain = asked_sums(page, sides).any(|sum| is_beside(&sum, button, page));
    // An ad that tells what is paid, or free at first, is kept to that by other checks.
    let untold = !plain && sides.ad.to_pay().next().is_none();
    let against = costs_nothing_by_ad(Some(&fee), sides) && !(plain && says == Label::Step);
    if !is_paid_by_form(page, sides) || !(against || untold) {
        return None;
    }
    Some(Proof { said: exhibit::sum_on_page(fee), fee: Some(fee.shown().to_owned()), sure: Confidence::Medium })
}
