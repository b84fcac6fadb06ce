//! A telecom page takes the order and tells only what tempts of its tariff.

use model::claim::Offer;
use model::finding::{Confidence, Finding};
use model::statement::{FieldKind, Statement};

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::ordered::{comes_again, declared};
use crate::side::PageSide;
use crate::whole::{has_gap, unopened};

/// ## What it finds
/// A page on which one orders a SIM card, a data pack or a service on the phone bill, and which leaves out most of what
/// has to be told there: for how long the price holds, what lies outside it costs, for whom and where it is, and who is
/// allowed to sell it (the tariff's number, the mark of the channel). An order without any price counts as well.
///
/// ## Why it misleads
/// 「19元200G」 is true for six months; who is not told of the seventh finds out from the bill.
///
/// ## Example
/// Page: 「19元/月 200G流量卡 免费申领」, a form for name and address, nothing else
///
/// ## What to do instead
/// Publish price, content, period, overage, conditions and registration number of the tariff where it is ordered.
///
/// ## What it leaves alone
/// A page that tells the greater part; one that names a document with the tariff which was not opened; a page that only
/// tells and takes no order; a broadband visit one books; a page of which a part could not be read.
#[derive(Debug)]
pub(super) struct TelecomTariffDisclosureMissing;

/// What has to be told of a plan: the fact's word, and the term list that finds it.
const OF_A_PLAN: [(&str, &str); 4] = [
    ("period", "tariff-period"),
    ("overage", "tariff-overage"),
    ("conditions", "tariff-conditions"),
    ("registration", "tariff-registration"),
];

/// Of the four, all must be lacking. Heuristic: an honest page in a hurry forgets some.
const MANY: usize = 4;

impl Check for TelecomTariffDisclosureMissing {
    fn id(&self) -> &'static str {
        "telecom-tariff-disclosure-missing"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "tariff-period",
            "tariff-overage",
            "tariff-conditions",
            "tariff-registration",
            "tariff-document",
            "tariff-by-sms",
            "telecom-card",
            "tariff-data",
            "data-notice",
            "act-orders",
            "own-act",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.pages.iter().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl TelecomTariffDisclosureMissing {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let (said, missing, fee) = of_a_plan(page, sides).or_else(|| without_a_price(page, sides))?;
        let elsewhere = has_gap(page.page, sides)
            || unopened(page.page, sides).iter().any(|name| sides.words.has("tariff-document", name));
        let sure = match () {
            () if elsewhere || (fee.is_some() && missing.len() < MANY) => Confidence::Low,
            () => Confidence::Medium,
        };
        Some(
            Finding::of(self.id())
                .promised(exhibit::main_promise(sides))
                .delivered(exhibit::said_by_page(said, None)?)
                .sure(sure)
                .fact("missing", missing)
                .fact("delivered_price", fee),
        )
    }
}

type Lacking<'p> = (&'p Statement, Vec<&'static str>, Option<&'p str>);

/// A plan with its price and its data, ordered on the page, and what is not told of it.
fn of_a_plan<'p>(page: &'p PageSide<'_>, sides: &Sides<'_>) -> Option<Lacking<'p>> {
    let telecom = page.side.standings.first().is_some_and(|top| top.family == "telecom");
    if !(telecom || sells_data(page, sides)) || !takes_order(page, sides) || !says(page, "telecom-card", sides) {
        return None;
    }
    let price = page.side.to_pay().filter(|sum| sum.price.cents > 0).min_by_key(|sum| {
        let measured = page
            .side
            .claims
            .iter()
            .any(|claim| claim.statement == sum.claim.statement && matches!(claim.offer, Offer::Quantity { .. }));
        (!measured, sum.claim.statement)
    })?;
    let missing = missing(&OF_A_PLAN, page, sides);
    (missing.len() + 1 >= MANY).then_some((price.statement, missing, Some(price.shown())))
}

/// Whether a sentence names a fee for each month and the data that it buys: a plan, whatever else the page speaks of.
fn sells_data(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    page.side.to_pay().any(|sum| {
        comes_again(&sum) && sum.price.cents > 0 && sides.words.has("tariff-data", &sum.statement.normal.text)
    })
}

/// A service on the phone bill that pressing orders, at a price that nothing on the page tells.
fn without_a_price<'p>(page: &'p PageSide<'_>, sides: &Sides<'_>) -> Option<Lacking<'p>> {
    let priced = page.side.to_pay().any(|sum| sum.price.cents > 0);
    let by_sms = |said: &&Statement| sides.words.has("tariff-by-sms", &said.normal.text);
    let billed = |said: &Statement| sides.words.says("carrier-billed", &said.normal.text);
    if priced || !page.side.statements.iter().any(billed) {
        return None;
    }
    let said =
        page.side.statements.iter().find(by_sms).or_else(|| declared(page, sides).next().map(|(_, said)| said))?;
    let mut lacking = vec!["fee"];
    lacking.extend(missing(&OF_A_PLAN[..1], page, sides));
    Some((said, lacking, None))
}

/// Whether one leaves there what the order needs, or a button orders.
fn takes_order(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let asked = |kind| page.page.fields.iter().any(|field| field.kind == kind);
    let ordered = page.page.buttons.iter().any(|button| sides.words.says("order-button", &button.normal.text));
    asked(FieldKind::IdCard)
        || (asked(FieldKind::Phone) && (asked(FieldKind::Address) || asked(FieldKind::Name) || ordered))
}

/// What is told neither on the page nor in anything folded or behind it. Hidden words tell nobody.
fn missing(needed: &[(&'static str, &'static str)], page: &PageSide<'_>, sides: &Sides<'_>) -> Vec<&'static str> {
    let told = |term| says(page, term, sides) || sides.fine_print_of(page.page).any(|other| says(other, term, sides));
    needed.iter().filter(|(_, term)| !told(term)).map(|(name, _)| *name).collect()
}

fn says(page: &PageSide<'_>, term: &'static str, sides: &Sides<'_>) -> bool {
    // For how long data is kept is no period of a tariff.
    let of_tariff = |text: &String| !sides.words.has("data-notice", text);
    let mut said = page.side.statements.iter().map(|statement| &statement.normal.text);
    said.any(|text| of_tariff(text) && sides.words.has(term, text))
}
