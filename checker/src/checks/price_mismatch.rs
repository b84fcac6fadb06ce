//! The page asks more than the ad said.

use model::claim::{Price, PriceRole};
use model::evidence::AdSource;
use model::finding::{Confidence, Finding};
use model::statement::Role;

use crate::asked::{is_asked, need_not_be_taken};
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
            dearer(promise, page, &asked, sides)?
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
    let repeats = on_button && sum.price.cents == 0 && sum.price.role == PriceRole::Introductory;
    !repeats && !sides.words.has("not-a-fee", sum.clause())
}

/// The sum that a page asks for what was said to cost more than nothing; none when something is to be had at the price.
fn dearer<'a>(promise: Sum<'_>, page: &PageSide<'_>, asked: &[Sum<'a>], sides: &Sides<'_>) -> Option<Sum<'a>> {
    let terms = Terms::of(promise, asked, sides);
    if let Some(total) = far_larger_total(terms.promised, page, asked, sides) {
        return Some(total);
    }
    if let Some(later) = rises_later(terms.promised, asked, sides) {
        return Some(later);
    }
    let comparable: Vec<_> = asked.iter().copied().filter(|sum| terms.comparable(sum.price)).collect();
    if comparable.iter().any(|sum| terms.kept_by(sum.price)) {
        return None;
    }
    after_first_period(terms.promised, asked).or_else(|| {
        // Of the prices asked, the lowest: even that is more. A first-period price is no price to stay with.
        let lowest = |lasting: bool| {
            let sums = comparable.iter().filter(|sum| !lasting || sum.price.role != PriceRole::Introductory);
            sums.min_by(|a, b| terms.amounts(a.price).1.total_cmp(&terms.amounts(b.price).1)).copied()
        };
        lowest(true).or_else(|| lowest(false)).filter(|sum| terms.exceeded_by(sum.price))
    })
}

/// The higher price that the page says it becomes after some time, when the ad does not.
fn rises_later<'a>(promised: &Price, asked: &[Sum<'a>], sides: &Sides<'_>) -> Option<Sum<'a>> {
    if promised.role == PriceRole::Introductory || tells_more_later(promised, sides) {
        return None;
    }
    let there = asked.iter().any(|sum| sum.price.cents == promised.cents);
    let rises = |sum: &&Sum<'_>| {
        sum.price.role == PriceRole::Recurring
            && sum.price.cents > promised.cents
            && sum.price.currency == promised.currency
            && sides.words.says("later", &sum.statement.normal.text)
    };
    asked.iter().filter(|_| there).find(rises).copied()
}

/// A promised price above nothing, with what decides whether a price of the page keeps it.
struct Terms<'p> {
    promised: &'p Price,
    /// The ad says that one pays once for all.
    once_for_all: bool,
    /// Only what is sold by a period is compared.
    by_period: bool,
    /// The page says that the promised sum holds for a first period only, and the ad does not.
    first_only: bool,
}

impl<'p> Terms<'p> {
    fn of(promise: Sum<'p>, asked: &[Sum<'_>], sides: &Sides<'_>) -> Self {
        /// A price by the year is compared with what is sold by a period, not with a single visit. Days.
        const LONG: u32 = 90;
        let promised = promise.price;
        let told = promised.role == PriceRole::Introductory || tells_more_later(promised, sides);
        let first = |sum: &Sum<'_>| sum.price.role == PriceRole::Introductory && sum.price.cents == promised.cents;
        Self {
            promised,
            once_for_all: promised.role == PriceRole::Once
                && sides.words.says("one-off", &promise.statement.normal.text),
            by_period: promised.per.is_some_and(|per| per.days() >= LONG)
                && asked.iter().any(|sum| sum.price.per.is_some()),
            first_only: !told && asked.iter().any(first),
        }
    }

    fn comparable(&self, asked: &Price) -> bool {
        asked.currency == self.promised.currency
            && asked.cents > 0
            && (asked.per.is_some() || asked.cents == self.promised.cents || !self.by_period)
    }

    fn kept_by(&self, asked: &Price) -> bool {
        let for_a_while = asked.role == PriceRole::Introductory || asked.cents == self.promised.cents;
        if self.first_only && for_a_while {
            return false;
        }
        !self.exceeded_by(asked)
    }

    fn exceeded_by(&self, asked: &Price) -> bool {
        let (promised, asked_for) = self.amounts(asked);
        // 「一次付清」 is not kept by the same sum each week.
        let again = self.once_for_all && asked.role == PriceRole::Recurring;
        again || asked_for > promised * (1.0 + ROUNDING)
    }

    /// Both amounts by the same period where both name one, else as they stand.
    fn amounts(&self, asked: &Price) -> (f64, f64) {
        let plain = (self.promised.cents as f64, asked.cents as f64);
        match (self.promised.per, asked.per) {
            (Some(a), Some(b)) if a != b => (plain.0 / f64::from(a.days()), plain.1 / f64::from(b.days())),
            _ => plain,
        }
    }
}

/// The price that follows a first period at the promised one: it stands in the same sentence or soon after.
fn after_first_period<'a>(promised: &Price, asked: &[Sum<'a>]) -> Option<Sum<'a>> {
    const SOON: usize = 2;
    let introductory = |sum: &&Sum<'_>| sum.price.role == PriceRole::Introductory && sum.price.cents == promised.cents;
    let first = asked.iter().find(introductory)?.claim.statement;
    let follows = |sum: &&Sum<'_>| {
        sum.price.role == PriceRole::Recurring
            && sum.price.cents > promised.cents
            && (first..=first + SOON).contains(&sum.claim.statement)
    };
    asked.iter().find(follows).copied()
}

/// What must be paid in the end, where it is several times the promise: a price by the piece that is sold by the dozen.
///
/// Two pieces in the cart, or postage on top, are no lie: hence several times.
fn far_larger_total<'a>(
    promised: &Price,
    page: &PageSide<'_>,
    asked: &[Sum<'a>],
    sides: &Sides<'_>,
) -> Option<Sum<'a>> {
    const SEVERAL: f64 = 2.5;
    let says_total = |sum: &&Sum<'_>| {
        let at = sum.claim.statement;
        // The word stands with the sum, or in the cell before it.
        let cells = &page.side.statements[at.saturating_sub(1)..=at];
        let on_button =
            sum.statement.role == Role::Button && sides.words.says("order-button", &sum.statement.normal.text);
        on_button || cells.iter().any(|cell| sides.words.says("total", &cell.normal.text))
    };
    let told = |sum: &Sum<'_>| sides.ad.sums().any(|said| said.price.cents == sum.price.cents);
    let once = |sum: &&Sum<'_>| sum.price.role == PriceRole::Once && sum.price.cents > 0;
    let totals = asked.iter().filter(once).filter(|sum| !told(sum));
    let least = totals.filter(says_total).min_by_key(|sum| sum.price.cents)?;
    (promised.per.is_none() && least.price.cents as f64 > promised.cents as f64 * SEVERAL).then_some(*least)
}

/// Whether the ad itself says that more is to be paid after the first period.
fn tells_more_later(promised: &Price, sides: &Sides<'_>) -> bool {
    // 「7天阅读营」 tells that it is for a while.
    if sides.ad.statements.iter().any(|statement| sides.words.says("free-trial", &statement.normal.text)) {
        return true;
    }
    sides.ad.sums().any(|sum| sum.price.role == PriceRole::Recurring && sum.price.cents > promised.cents)
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
    if sides.ad_tells_recurring_fee() || need_not_be_taken(page, sides) {
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
