//! What one visitor is to pay and the other is told nothing of.

use model::claim::{Price, PriceRole};
use model::difference::{About, Difference};
use model::finding::Confidence;
use model::units::PeriodUnit;

use super::pair::{Pair, Part};
use super::sight::{Meaning, Shown};
use crate::asked::is_asked;
use crate::exhibit;
use crate::side::Sum;
use crate::words::Words;

/// Sums that differ by no more than this share are one: rounding, and a month is not always 30 days.
const ROUNDING: f64 = 0.02;
/// Coupons and prices for one channel move a price by no more than this share.
const COUPON: f64 = 0.2;
/// A price 「起」 is kept by one that is at most so many times as high.
const FROM: f64 = 3.0;
/// So many sums tell a reader enough.
const MOST: usize = 6;

/// What one side asks.
struct Asked<'m> {
    sums: Vec<Sum<'m>>,
    /// Every sum that stands on any of the visitor's pages, whatever it is for.
    known: Vec<&'m Price>,
    /// It says that the thing costs nothing.
    free: bool,
    /// It takes orders, so that what it does not say of a price is kept back.
    orders: bool,
}

pub(super) fn difference(pair: &Pair<'_, '_>, another_offer: bool) -> Option<Difference> {
    if pair.sides.iter().any(|side| side.partly) {
        return None;
    }
    let sides = pair.sides.map(|side| Asked::of(side, pair.behind, pair.words));
    let news = [sides[0].news_to(&sides[1]), sides[1].news_to(&sides[0])];
    let surest = [0, 1].into_iter().filter_map(|me| surest(pair, &sides, &news, me, another_offer)).max()?;
    let parts = [0, 1].map(|at| {
        // What the other does not know comes first: it is what the place shows.
        let first = news[at].first().or_else(|| sides[at].sums.first());
        Part { shown: words_of(&sides[at]), place: first.and_then(|sum| exhibit::sum_on_page(*sum)) }
    });
    Some(pair.difference(About::Price, surest, parts))
}

/// How surely what this side asks is another price; none when it is the same, or the other tells of none.
fn surest(
    pair: &Pair<'_, '_>,
    sides: &[Asked<'_>; 2],
    news: &[Vec<Sum<'_>>; 2],
    me: usize,
    another_offer: bool,
) -> Option<Confidence> {
    let (mine, theirs, other) = (&news[me], &sides[1 - me], 1 - me);
    if mine.is_empty() || !comparable(mine, theirs, pair.same_script() || another_offer) {
        return None;
    }
    if another_offer {
        return Some(if theirs.sums.is_empty() { Confidence::Medium } else { Confidence::High });
    }
    if pair.sends_to_phone(other) || !pair.is_rich(other) {
        return None;
    }
    let again = |sum: &Sum<'_>| sum.price.role == PriceRole::Recurring;
    let fee = mine.iter().any(again);
    let sells = theirs.orders || theirs.free || !theirs.sums.is_empty();
    if fee && sells && !theirs.sums.iter().any(again) {
        return Some(Confidence::High);
    }
    let nothing_shared = mine.len() == sides[me].sums.len();
    if !theirs.sums.is_empty() && nothing_shared && !news[other].is_empty() {
        let near = mine.iter().any(|sum| news[other].iter().any(|their| near(sum.price, their.price)));
        return Some(if near { Confidence::Low } else { Confidence::Medium });
    }
    let kept_back = theirs.sums.is_empty() && nothing_shared && !sides[me].free && (theirs.free || theirs.orders);
    kept_back.then_some(Confidence::Medium)
}

impl<'m> Asked<'m> {
    fn of(meaning: &'m Meaning<'_>, behind: bool, words: &Words) -> Self {
        let said = || meaning.said(behind);
        let charged = |shown: &'m Shown<'_>| {
            shown.lasting_sums().filter(move |sum| sum.price.cents > 0 && is_asked(sum, &shown.side, words))
        };
        let known = meaning.pages.iter().flat_map(|shown| shown.side.side.sums()).map(|sum| sum.price).collect();
        let free = said().any(|shown| shown.lasting_sums().any(|sum| sum.price.cents == 0));
        Self { sums: said().flat_map(charged).collect(), known, free, orders: meaning.takes_orders(behind, words) }
    }

    /// The sums of this side that stand nowhere on the other's pages.
    fn news_to(&self, other: &Self) -> Vec<Sum<'m>> {
        let mut news: Vec<_> = self.sums.iter().copied().filter(|sum| !other.tells(sum.price)).collect();
        news.sort_by_key(|sum| sum.price.role != PriceRole::Recurring);
        news
    }

    fn tells(&self, price: &Price) -> bool {
        self.known.iter().any(|known| {
            let (a, b) = amounts(price, known);
            let kept = |from: f64, sum: f64| sum >= from && sum <= FROM * from;
            price.currency == known.currency
                && ((a - b).abs() <= ROUNDING * a.max(b)
                    || (price.from && known.cents > 0 && kept(a, b))
                    || (known.from && kept(b, a)))
        })
    }
}

/// Whether the other side reckons in the same money: a page in another language names other sums, or names them in a
/// way that is not read; without any sum it counts only when `silence_counts`.
fn comparable(mine: &[Sum<'_>], theirs: &Asked<'_>, silence_counts: bool) -> bool {
    let moneys = || theirs.known.iter().filter(|price| price.cents > 0);
    (silence_counts && moneys().next().is_none())
        || mine.iter().any(|sum| moneys().any(|price| price.currency == sum.price.currency))
}

fn near(one: &Price, other: &Price) -> bool {
    let (a, b) = amounts(one, other);
    one.role == other.role && (a - b).abs() <= COUPON * a.max(b)
}

/// Both by the same period where both name one.
fn amounts(one: &Price, other: &Price) -> (f64, f64) {
    let plain = (one.cents as f64, other.cents as f64);
    match (one.per, other.per) {
        (Some(a), Some(b)) if a != b => (plain.0 / f64::from(a.days()), plain.1 / f64::from(b.days())),
        _ => plain,
    }
}

fn words_of(side: &Asked<'_>) -> Vec<String> {
    let mut shown: Vec<String> = Vec::new();
    for words in side.sums.iter().map(|sum| in_words(sum.price)).chain(side.free.then(|| "free".to_owned())) {
        if shown.len() < MOST && !shown.contains(&words) {
            shown.push(words);
        }
    }
    shown
}

/// `29 CNY/month`, `1 CNY at first`, `from 99 CNY`
fn in_words(price: &Price) -> String {
    let currency = format!("{:?}", price.currency).to_uppercase();
    let sum = match price.cents % 100 {
        0 => format!("{} {currency}", price.cents / 100),
        cents => format!("{}.{cents:02} {currency}", price.cents / 100),
    };
    let per = price.per.map_or(String::new(), |per| {
        let unit = match per.unit {
            PeriodUnit::Day => "day",
            PeriodUnit::Week => "week",
            PeriodUnit::Month => "month",
            PeriodUnit::Quarter => "quarter",
            PeriodUnit::Year => "year",
        };
        if per.count == 1 { format!("/{unit}") } else { format!("/{} {unit}s", per.count) }
    });
    let when = match price.role {
        PriceRole::Introductory => " at first",
        PriceRole::Recurring if per.is_empty() => " again and again",
        _ => "",
    };
    format!("{}{sum}{per}{when}", if price.from { "from " } else { "" })
}

#[cfg(test)]
mod tests {
    use model::statement::Currency;
    use model::units::Period;

    use super::*;

    fn price(cents: i64, per: Option<Period>, role: PriceRole, from: bool) -> Price {
        Price { cents, currency: Currency::Cny, per, role, from }
    }

    #[test]
    fn a_sum_is_told_in_words_that_say_when_it_is_paid() {
        let month = Some(Period::one(PeriodUnit::Month));
        let quarter = Some(Period { count: 3, unit: PeriodUnit::Month });
        for (price, expected) in [
            (price(2900, month, PriceRole::Recurring, false), "29 CNY/month"),
            (price(2990, None, PriceRole::Recurring, false), "29.90 CNY again and again"),
            (price(100, None, PriceRole::Introductory, false), "1 CNY at first"),
            (price(9900, None, PriceRole::Once, true), "from 99 CNY"),
            (price(4500, quarter, PriceRole::Recurring, false), "45 CNY/3 months"),
        ] {
            assert_eq!(in_words(&price), expected);
        }
    }

    #[test]
    fn what_costs_the_same_by_the_month_and_by_the_year_is_one_price() {
        let by = |unit| Some(Period::one(unit));
        let month = price(1500, by(PeriodUnit::Month), PriceRole::Recurring, false);
        let year = price(18_000, by(PeriodUnit::Year), PriceRole::Recurring, false);
        assert!(near(&month, &year));
        let (a, b) = amounts(&month, &year);
        assert!((a - b).abs() <= ROUNDING * a.max(b), "{a} {b}");
        assert!(!near(&month, &price(1500, by(PeriodUnit::Month), PriceRole::Once, false)));
    }
}
