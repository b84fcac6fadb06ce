//! The page asks more than the ad said.

use model::claim::{Price, PriceRole};
use model::evidence::AdSource;
use model::finding::{Confidence, Finding};
use model::snapshot::Part;
use model::statement::Role;

use crate::added::added;
use crate::asked::{is_asked, is_beside_the_offer};
use crate::bound::beyond;
use crate::check::{Check, Sides};
use crate::claims::byte_of;
use crate::documents::{is_where_the_button_leads, landing_of};
use crate::exhibit;
use crate::free::free_after_all;
use crate::kept::{fee_of_that_name, is_choice_bare, is_counted_by_measure, is_listed_bare, is_there_otherwise};
use crate::parts::later_part;
use crate::side::{PageSide, Sum};
use crate::terms::{Terms, tells_more_later};

/// ## What it finds
/// A price in the ad (also 「0元」 and 「免费」) at which nothing is to be had on the page: every price there is higher, the
/// promised one buys a smaller size, less time or the first part only, or reserves what has to be paid off, or comes with
/// a part or a purchase that one must take, or holds for a first period only and the ad does not say so. And a charge on
/// top, where the ad says that nothing comes on top, or not this.
///
/// ## Why it misleads
/// The price decides whether people click; the higher one is met when they have already decided.
///
/// ## Example
/// Ad: 「0元领取」 — page, at the bottom: 「29元/月」
///
/// ## What to do instead
/// Name in the ad a price at which the thing is to be had on the page, with its period and what it depends on.
///
/// ## What it leaves alone
/// A lower price on the page; any of several goods at the promised price; the same price by another period (299 a year,
/// 24.9 a month); a price by the metre with a sum worked out; a fee that the page names with the same sum; rounding; struck-through prices, savings, gifts, deposits, overage, instalments.
#[derive(Debug)]
pub(super) struct PriceMismatch;

impl Check for PriceMismatch {
    fn id(&self) -> &'static str {
        "price-mismatch"
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let mut promises: Vec<_> = sides.ad.to_pay().filter(|sum| is_promise(sum, sides)).collect();
        promises.sort_by_key(|sum| (sum.price.cents, exhibit::rank(sum.statement)));
        // Behind its buttons a page may sell more than what the ad named: only where its main button leads counts, and
        // only when the landing page tells no price.
        let priced = |page: &PageSide<'_>| page.side.to_pay().any(|sum| sum.price.cents > 0);
        let first = |page: &&PageSide<'_>| match page.page.part {
            Part::Landing => true,
            _ => is_where_the_button_leads(page, sides) && !landing_of(page, sides).is_none_or(priced),
        };
        sides
            .pages
            .iter()
            .filter(first)
            .filter_map(|page| {
                promises.iter().find_map(|sum| self.on(*sum, page, sides)).or_else(|| self.on_top(page, sides))
            })
            .collect()
    }
}

impl PriceMismatch {
    fn on(&self, promise: Sum<'_>, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let mut asked: Vec<_> = page.side.to_pay().filter(|sum| is_asked(sum, page, sides.words)).collect();
        let beside = |sum: &Sum<'_>| is_beside_the_offer(sum, page, sides);
        let mut demand = more_than(promise, page, &asked, sides)?;
        // The sum that shows it may stand among other things, and the offer's own show it as well.
        if beside(&demand) {
            asked.retain(|sum| !beside(sum));
            demand = more_than(promise, page, &asked, sides).filter(|sum| !beside(sum))?;
        }
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

impl PriceMismatch {
    /// What the ad said would not come on top.
    fn on_top(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let added = added(page, sides)?;
        Some(
            Finding::of(self.id())
                .promised(exhibit::said_by_ad(added.said)?)
                .delivered(exhibit::sum_on_page(added.sum)?)
                .sure(Confidence::Medium)
                .fact("promised_price", added.waiver())
                .fact("delivered_price", added.sum.shown()),
        )
    }
}

/// The sum that is asked beyond the promise, if any.
fn more_than<'a>(promise: Sum<'_>, page: &'a PageSide<'a>, asked: &[Sum<'a>], sides: &'a Sides<'_>) -> Option<Sum<'a>> {
    let more = match promise.price.cents {
        0 => free_after_all(promise, page, asked, sides),
        _ => dearer(promise, page, asked, sides),
    };
    more.or_else(|| later_part(promise, page, sides))
}

/// The button of an ad asks to click; 「免费领取」 on it repeats the promise, but a sum in it is one.
fn is_promise(sum: &Sum<'_>, sides: &Sides<'_>) -> bool {
    let on_button = sum.statement.ad_place().is_some_and(|place| place.source == AdSource::Cta);
    let repeats = on_button && sum.price.cents == 0 && sum.price.role == PriceRole::Introductory;
    !repeats && !is_bound_of_another(sum, sides) && !sides.words.has("not-a-fee", sum.clause())
}

/// 「不到十块钱」 beside 「9.9元」 bounds what is told exactly.
fn is_bound_of_another(sum: &Sum<'_>, sides: &Sides<'_>) -> bool {
    let text = &sum.statement.normal.text;
    let before = &text[..byte_of(text, sum.claim.chars.start)];
    let exact = |other: Sum<'_>| other.price.cents > 0 && other.price.cents < sum.price.cents;
    sides.words.has("at-most-before", before) && sides.ad.to_pay().any(exact)
}

/// The sum that a page asks for what was said to cost more than nothing; none when something is to be had at the price.
fn dearer<'a>(promise: Sum<'_>, page: &'a PageSide<'_>, asked: &[Sum<'a>], sides: &Sides<'_>) -> Option<Sum<'a>> {
    let terms = Terms::of(promise, asked, sides);
    if let Some(more) = beyond(promise, page, sides) {
        return Some(more);
    }
    if let Some(fees) = fee_of_that_name(promise, page, sides) {
        let kept = fees.iter().any(|fee| !terms.exceeded_by(fee.price));
        return if kept { None } else { fees.first().copied() };
    }
    if let Some(total) = larger_total(promise, page, asked, sides) {
        return Some(total);
    }
    if let Some(later) = rises_later(terms.promised, asked, sides) {
        return Some(later);
    }
    let comparable: Vec<_> = asked.iter().copied().filter(|sum| terms.comparable(sum.price)).collect();
    // 「9.9元起」 is kept by the smallest of several, whatever period it is for.
    let least = |sum: &Sum<'_>| sum.price.cents == promise.price.cents && sum.price.role != PriceRole::Introductory;
    let from = promise.price.from && asked.iter().any(least);
    let there = || is_there_otherwise(promise, page, sides) || is_listed_bare(promise, page);
    if from || comparable.iter().any(|sum| terms.kept_by(sum.price)) || there() {
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
/// Two pieces in the cart, or postage on top, are no lie: hence several times. Unless the ad says that nothing comes on top.
fn larger_total<'a>(promise: Sum<'_>, page: &PageSide<'_>, asked: &[Sum<'a>], sides: &Sides<'_>) -> Option<Sum<'a>> {
    const SEVERAL: f64 = 2.5;
    const MORE: f64 = 1.01;
    let promised = promise.price;
    if is_counted_by_measure(promise, sides) {
        return None;
    }
    let all_told = sides.words.says("nothing-more", &promise.statement.normal.text);
    let says_total = |sum: &&Sum<'_>| {
        let at = sum.claim.statement;
        // The word stands with the sum, or in the cell before it.
        let cells = &page.side.statements[at.saturating_sub(1)..=at];
        let on_button =
            sum.statement.role == Role::Button && sides.words.says("pay-button", &sum.statement.normal.text);
        on_button || cells.iter().any(|cell| sides.words.says("total", &cell.normal.text))
    };
    let told = |sum: &Sum<'_>| sides.ad.sums().any(|said| said.price.cents == sum.price.cents);
    let once = |sum: &&Sum<'_>| sum.price.role == PriceRole::Once && sum.price.cents > 0;
    // A year paid at once, at the promised price a month.
    let by_the_month = asked.iter().any(|sum| sum.price.cents == promised.cents && sum.price.per.is_some());
    let several = |sum: &&Sum<'_>| by_the_month && promised.cents > 0 && sum.price.cents % promised.cents == 0;
    // One of several to choose from, chosen beforehand: the promised one stands in the list as well.
    let pressed = |sum: &&Sum<'_>| sum.statement.role == Role::Button && !says_total(sum);
    let listed = |cents: i64| asked.iter().filter(pressed).any(|sum| sum.price.cents == cents);
    let chosen = |sum: &Sum<'_>| is_choice_bare(promise, page) || (listed(sum.price.cents) && listed(promised.cents));
    let totals = asked.iter().filter(once).filter(|sum| !told(sum) && !several(sum) && !chosen(sum));
    let least = totals.filter(says_total).min_by_key(|sum| sum.price.cents)?;
    let times = if all_told { MORE } else { SEVERAL };
    (promised.per.is_none() && least.price.cents as f64 > promised.cents as f64 * times).then_some(*least)
}
