//! Whether a price of the page keeps one that the ad promised.

use model::claim::{Price, PriceRole};

use crate::check::Sides;
use crate::side::Sum;

/// Rounding that is no difference (明码标价和禁止价格欺诈规定 forgives it). Share of the promised price.
const ROUNDING: f64 = 0.01;

/// A promised price above nothing, with what decides whether a price of the page keeps it.
pub(crate) struct Terms<'p> {
    pub(crate) promised: &'p Price,
    /// The ad says that one pays once for all.
    once_for_all: bool,
    /// Only what is sold by a period is compared.
    by_period: bool,
    /// The page says that the promised sum holds for a first period only, and the ad does not.
    first_only: bool,
}

impl<'p> Terms<'p> {
    pub(crate) fn of(promise: Sum<'p>, asked: &[Sum<'_>], sides: &Sides<'_>) -> Self {
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

    pub(crate) fn comparable(&self, asked: &Price) -> bool {
        asked.currency == self.promised.currency
            && asked.cents > 0
            && (asked.per.is_some() || asked.cents == self.promised.cents || !self.by_period)
    }

    pub(crate) fn kept_by(&self, asked: &Price) -> bool {
        let for_a_while = asked.role == PriceRole::Introductory || asked.cents == self.promised.cents;
        if self.first_only && for_a_while {
            return false;
        }
        !self.exceeded_by(asked)
    }

    pub(crate) fn exceeded_by(&self, asked: &Price) -> bool {
        let (promised, asked_for) = self.amounts(asked);
        // 「一次付清」 is not kept by the same sum each week.
        let again = self.once_for_all && asked.role == PriceRole::Recurring;
        again || asked_for > promised * (1.0 + ROUNDING)
    }

    /// Both amounts by the same period where both name one, else as they stand.
    pub(crate) fn amounts(&self, asked: &Price) -> (f64, f64) {
        let plain = (self.promised.cents as f64, asked.cents as f64);
        match (self.promised.per, asked.per) {
            (Some(a), Some(b)) if a != b => (plain.0 / f64::from(a.days()), plain.1 / f64::from(b.days())),
            _ => plain,
        }
    }
}

/// Whether the ad itself says that more is to be paid after the first period.
pub(crate) fn tells_more_later(promised: &Price, sides: &Sides<'_>) -> bool {
    // 「7天阅读营」 tells that it is for a while.
    if sides.ad.statements.iter().any(|statement| sides.words.says("free-trial", &statement.normal.text)) {
        return true;
    }
    sides.ad.sums().any(|sum| sum.price.role == PriceRole::Recurring && sum.price.cents > promised.cents)
}
