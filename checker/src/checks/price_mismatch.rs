//! The page asks more than the ad said.

use model::claim::{Price, PriceRole};
use model::evidence::AdSource;
use model::finding::{Confidence, Finding};

use crate::asked::is_asked;
use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::{PageSide, Sum};

/// ## What it finds
/// A price in the ad (also 「0元」 and 「免费」) at which nothing is to be had on the page: every price there is higher, or
/// the promised one holds for a first period only and the ad does not say so.
///
/// ## Why it misleads
/// The price decides whether people click; the higher one is met when they have already decided.
///
/// ## Example
/// Ad: 「0元领取」 — page, at the bottom: 「29元/月」
///
/// ## What it leaves alone
/// A lower price on the page; any of several goods at the promised price; the same price by another period (299 a year,
/// 24.9 a month); rounding within a hundredth; struck-through prices, savings, gifts, deposits, overage, instalments.
#[derive(Debug)]
pub(super) struct PriceMismatch;

/// Rounding that is no difference (明码标价和禁止价格欺诈规定 forgives it). Share of the promised price.
const ROUNDING: f64 = 0.01;

impl Check for PriceMismatch {
    fn id(&self) -> &'static str {
        "price-mismatch"
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let mut promises: Vec<_> = sides.ad.to_pay().filter(|sum| is_promise(sum, sides)).collect();
        promises.sort_by_key(|sum| (sum.price.cents, exhibit::rank(sum.statement)));
        sides.pages.iter().filter_map(|page| promises.iter().find_map(|sum| self.on(*sum, page, sides))).collect()
    }
}

impl PriceMismatch {
    fn on(&self, promise: Sum<'_>, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let asked: Vec<_> = page.side.to_pay().filter(|sum| is_asked(sum, page, sides.words)).collect();
        let demand = if promise.price.cents == 0 {
            free_after_all(promise, page, &asked, sides)?
        } else {
            dearer(promise, &asked, sides)?
        };
        let confidence = if demand.price.role == PriceRole::Ancillary { Confidence::Medium } else { Confidence::High };
        Some(
            Finding::of(self.id())
                .promised(exhibit::said_by_ad(promise.statement)?)
                .delivered(exhibit::sum_on_page(demand)?)
                .sure(confidence)
                .fact("promised_price", promise.shown())
                .fact("delivered_price", demand.shown()),
        )
    }
}

/// The button of an ad asks to click; 「免费领取」 on it repeats the promise, but a sum in it is one.
fn is_promise(sum: &Sum<'_>, sides: &Sides<'_>) -> bool {
    let on_button = sum.statement.ad_place().is_some_and(|place| place.source == AdSource::Cta);
    !(on_button && sum.price.cents == 0 && sum.price.role == PriceRole::Introductory)
        && !sides.words.has("not-a-fee", sum.clause())
}

/// The sum that a page asks for what was said to cost more than nothing; none when something is to be had at the price.
fn dearer<'a>(promise: Sum<'_>, asked: &[Sum<'a>], sides: &Sides<'_>) -> Option<Sum<'a>> {
    let promised = promise.price;
    let once_for_all = sides.words.says("one-off", &promise.statement.normal.text);
    // A price by the year is compared with what is sold by a period, not with a single visit.
    const LONG: u32 = 90;
    let by_period =
        promised.per.is_some_and(|per| per.days() >= LONG) && asked.iter().any(|sum| sum.price.per.is_some());
    let comparable = |sum: &&Sum<'_>| {
        sum.price.currency == promised.currency
            && sum.price.cents > 0
            && (sum.price.per.is_some() || sum.price.cents == promised.cents || !by_period)
    };
    let kept = |sum: &Sum<'_>| {
        let first_only = sum.price.role == PriceRole::Introductory
            && promised.role != PriceRole::Introductory
            && !tells_more_later(promised, sides);
        // 「一次付清」 is not kept by the same sum each week.
        let again = sum.price.role == PriceRole::Recurring && promised.role == PriceRole::Once && once_for_all;
        let much = amounts(promised, sum.price);
        !first_only && !again && much.1 <= much.0 * (1.0 + ROUNDING)
    };
    if let Some(total) = far_larger_total(promised, asked, sides) {
        return Some(total);
    }
    if asked.iter().filter(comparable).any(kept) {
        return None;
    }
    // The promised price holds for a first period: what comes after it stands in the same sentence or soon after.
    let first = asked.iter().find(|sum| sum.price.role == PriceRole::Introductory && sum.price.cents == promised.cents);
    let then = first.and_then(|first| {
        let soon = first.claim.statement..=first.claim.statement + 2;
        asked.iter().find(|sum| sum.price.role == PriceRole::Recurring && soon.contains(&sum.claim.statement))
    });
    if let Some(then) = then.filter(|sum| sum.price.cents > promised.cents) {
        return Some(*then);
    }
    // Of the prices asked, the lowest: even that is more. A first-period price is no price to stay with.
    let lasting = |sum: &&Sum<'_>| sum.price.role != PriceRole::Introductory;
    let lowest = |sums: Vec<&Sum<'a>>| {
        sums.into_iter().min_by(|a, b| amounts(promised, a.price).1.total_cmp(&amounts(promised, b.price).1)).copied()
    };
    let more = |sum: &Sum<'_>| {
        let much = amounts(promised, sum.price);
        let again = once_for_all && sum.price.role == PriceRole::Recurring;
        again || much.1 > much.0 * (1.0 + ROUNDING)
    };
    lowest(asked.iter().filter(comparable).filter(lasting).collect())
        .or_else(|| lowest(asked.iter().filter(comparable).collect()))
        .filter(more)
}

/// What must be paid in the end, where it is several times the promise: a price by the piece that is sold by the dozen.
///
/// Two pieces in the cart, or postage on top, are no lie: hence several times.
fn far_larger_total<'a>(promised: &Price, asked: &[Sum<'a>], sides: &Sides<'_>) -> Option<Sum<'a>> {
    const SEVERAL: f64 = 2.5;
    let totals = asked.iter().filter(|sum| {
        sum.price.role == PriceRole::Once
            && sum.price.cents > 0
            && sides.words.says("total", &sum.statement.normal.text)
    });
    let least = totals.min_by_key(|sum| sum.price.cents)?;
    (promised.per.is_none() && least.price.cents as f64 > promised.cents as f64 * SEVERAL).then_some(*least)
}

/// Whether the ad itself says that more is to be paid after the first period.
fn tells_more_later(promised: &Price, sides: &Sides<'_>) -> bool {
    sides.ad.sums().any(|sum| sum.price.role == PriceRole::Recurring && sum.price.cents > promised.cents)
}

/// Both amounts by the same period where both name one, else as they stand.
fn amounts(promised: &Price, asked: &Price) -> (f64, f64) {
    let plain = (promised.cents as f64, asked.cents as f64);
    match (promised.per, asked.per) {
        (Some(a), Some(b)) if a != b => (plain.0 / f64::from(a.days()), plain.1 / f64::from(b.days())),
        _ => plain,
    }
}

/// The sum that a page demands for what was said to be free; none when it can be had for nothing.
fn free_after_all<'a>(
    promise: Sum<'_>,
    page: &'a PageSide<'_>,
    asked: &[Sum<'a>],
    sides: &Sides<'_>,
) -> Option<Sum<'a>> {
    if promise.price.role == PriceRole::Introductory {
        // A free first period is kept when the page has one too; what comes after it is another check's matter.
        let keeps = page.side.to_pay().any(|sum| sum.price.cents == 0)
            || page.side.statements.iter().any(|s| sides.words.says("free-trial", &s.normal.text));
        return (!keeps).then(|| asked.iter().find(|sum| sum.price.cents > 0).copied()).flatten();
    }
    if sides.ad_tells_recurring_fee() {
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
    fee.or(demanded).copied().or_else(|| postage(page, sides))
}

/// Whether the page says that the fee comes with what one does there: an order, a renewal, the phone bill.
fn is_ordered(sum: &Sum<'_>, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    page.side.around(sum.claim.statement, 1).iter().any(|statement| {
        ["renewal", "recurring", "carrier-billed", "implied-order", "paid-service"]
            .iter()
            .any(|term| sides.words.says(term, &statement.normal.text))
    })
}

/// Whether the sum must be paid to go on: a button with the sum on it, words that demand it, or no way on but to pay.
fn is_demanded(sum: &Sum<'_>, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
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

/// Postage or a deposit that is demanded for a free thing, when the ad does not mention it.
fn postage<'a>(page: &'a PageSide<'_>, sides: &Sides<'_>) -> Option<Sum<'a>> {
    let told = sides.ad.sums().any(|sum| sum.price.role == PriceRole::Ancillary);
    page.side
        .sums()
        .filter(|sum| sum.price.role == PriceRole::Ancillary && sum.price.cents > 0 && !told)
        .find(|sum| is_asked(sum, page, sides.words) && is_demanded(sum, page, sides))
}
