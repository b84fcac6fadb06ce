//! One act on the page orders what is charged to the phone bill; nothing asks a second time.

use model::finding::{Confidence, Exhibit, Finding};
use model::statement::{Button, Field, FieldKind, Statement};

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::ordered::{asked_sums, declared, main_button, names_order};
use crate::shown::weakness;
use crate::side::PageSide;
use crate::whole::has_gap;

/// ## What it finds
/// A page that orders a service on the phone bill by one act (a press, a number, a code asked for as if to log in or
/// claim), with no word of a second question that names the service and its fee.
///
/// ## Why it misleads
/// The second question is where one learns that something is ordered. Without it the first press has already cost money.
///
/// ## Example
/// Page: 「输入验证码即领取成功，同步开通××包，15元/月从话费扣」 and nothing of 「回复Y确认」
///
/// ## What to do instead
/// After the code show once more what is ordered and what it costs, and order on a second press only.
///
/// ## What it leaves alone
/// A page that tells of a confirming message or window; a button that names order and fee with a code to confirm it; a
/// service that is paid apart; SIM cards, where one signs on receipt; a page of which a part could not be read.
#[derive(Debug)]
pub(super) struct SecondConfirmationMissing;

impl Check for SecondConfirmationMissing {
    fn id(&self) -> &'static str {
        "second-confirmation-missing"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["act-orders", "own-act", "second-confirmation", "no-second-confirmation", "payment-apart"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.pages.iter().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl SecondConfirmationMissing {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let waived = says(page, "no-second-confirmation", sides);
        let order = OneAct::find(page, sides).or_else(|| OneAct::waived(page, waived?, sides))?;
        if waived.is_none() && is_asked_again(page, sides) {
            return None;
        }
        let sure = match waived {
            Some(_) => Confidence::High,
            // What the operator's own message says is not on the page.
            None if order.is_plain || has_gap(page.page, sides) => Confidence::Low,
            None => Confidence::Medium,
        };
        let exhibit = exhibit::said_by_page(waived.unwrap_or(order.said), None)?;
        let fields: Vec<_> = order.fields.iter().map(|field| field.label.as_str()).collect();
        let mut finding = Finding::of(self.id())
            .promised(exhibit::main_promise(sides))
            .delivered(exhibit)
            .sure(sure)
            .fact("fields", fields)
            .fact("fee", order.fee);
        if waived.is_some() {
            finding = finding.also(exhibit::said_by_page(order.said, None)?);
        }
        if let Some(button) = order.button {
            finding = finding.fact("button", &button.label).also(exhibit::button(button));
        }
        for field in order.fields {
            finding = finding.also(Exhibit::new(field.label.clone(), field.place.clone()));
        }
        Some(finding)
    }
}

/// An order on the phone bill that one act makes.
struct OneAct<'a> {
    said: &'a Statement,
    fee: Option<&'a str>,
    fields: Vec<&'a Field>,
    button: Option<&'a Button>,
    /// Whoever presses knows that they order: the ad or the button says so, and the fee is plain.
    is_plain: bool,
}

impl<'a> OneAct<'a> {
    fn find(page: &'a PageSide<'_>, sides: &Sides<'_>) -> Option<Self> {
        let kinds = [FieldKind::Phone, FieldKind::SmsCode];
        let fields: Vec<&Field> = page.page.fields.iter().filter(|field| kinds.contains(&field.kind)).collect();
        // A code for a phone number that orders, with no other way to pay, is charged to the phone.
        let by_code = || {
            kinds.iter().all(|kind| fields.iter().any(|field| field.kind == *kind))
                && declared(page, sides).next().is_some()
        };
        if is_paid_apart(page, sides) || !(says(page, "carrier-billed", sides).is_some() || by_code()) {
            return None;
        }
        let button = main_button(page.page);
        let named = button.is_some_and(|button| names_order(button, sides.words));
        let asks_number = !fields.is_empty() && !named && says(page, "login-only", sides).is_none();
        let (said, fee) = said_and_fee(page, asks_number, sides)?;
        // A code that is typed below a plain order is its confirmation.
        if named && fields.iter().any(|field| field.kind == FieldKind::SmsCode) {
            return None;
        }
        let plain = weakness(said, page).is_none();
        let is_plain = named || (plain && sides.ad_tells_recurring_fee());
        Some(Self { said, fee, fields, button, is_plain })
    }
}

impl<'a> OneAct<'a> {
    /// What a carrier sells on its own page is charged to the phone, whether or not the page says so.
    fn waived(page: &'a PageSide<'_>, said: &'a Statement, sides: &Sides<'_>) -> Option<Self> {
        let carrier = page.side.standings.first().is_some_and(|top| top.family == "telecom");
        let button = main_button(page.page).filter(|button| names_order(button, sides.words))?;
        let fee = asked_sums(page, sides).next()?;
        (carrier && !is_paid_apart(page, sides)).then(|| Self {
            said,
            fee: Some(fee.shown()),
            fields: Vec::new(),
            button: Some(button),
            is_plain: true,
        })
    }
}

/// The sentence that makes an order of the act, with its fee: one that declares it, else (where a number is asked for)
/// the fee on the phone bill.
fn said_and_fee<'p>(
    page: &'p PageSide<'_>,
    asks_number: bool,
    sides: &Sides<'_>,
) -> Option<(&'p Statement, Option<&'p str>)> {
    let billed =
        |at: usize| page.side.around(at, 1).iter().any(|near| sides.words.says("carrier-billed", &near.normal.text));
    let fee = asked_sums(page, sides).find(|sum| billed(sum.claim.statement));
    let shown = fee.map(|sum| sum.shown());
    match declared(page, sides).next() {
        Some((_, said)) => Some((said, shown)),
        None => fee.filter(|_| asks_number).map(|sum| (sum.statement, shown)),
    }
}

/// Whether it is delivered to an address and signed for there, or paid by a step of its own.
fn is_paid_apart(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let delivers = [FieldKind::Address, FieldKind::IdCard, FieldKind::BankCard];
    page.page.fields.iter().any(|field| delivers.contains(&field.kind)) || says(page, "payment-apart", sides).is_some()
}

/// Whether the page, or what lies folded or behind it, tells that one is asked again.
fn is_asked_again(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    says(page, "second-confirmation", sides).is_some()
        || sides.fine_print_of(page.page).any(|other| says(other, "second-confirmation", sides).is_some())
}

fn says<'p>(page: &'p PageSide<'_>, term: &'static str, sides: &Sides<'_>) -> Option<&'p Statement> {
    page.side.statements.iter().find(|statement| sides.words.says(term, &statement.normal.text))
}
