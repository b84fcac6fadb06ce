//! A budget of visits is shared out: so that switches are found soonest on the whole, and no landing starves.
//!
//! With `h` switches a day and a look every `i` days, a switch waits `i / 2` on average. The sum over all landings is least,
//! for the same cost `c / i` in all, where the looks a day are as the square root of `h / c`.

/// What a landing must get, by the mean of all: so its switches wait a few times as long at most.
const LEAST: f64 = 0.3;
/// Looks a day at one landing: more would be a burden to its host.
const MOST_A_DAY: f64 = 8.0;

const MADE_GOOD_IN_DAYS: f64 = 5.0;

/// By how much a budget goes round.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Share {
    factor: f64,
    least: f64,
}

/// Shares out a budget over landings, each with its hazard (switches a day) and the cost of a look; the budget is of a day,
/// in the unit of the costs.
pub fn share(landings: impl Iterator<Item = (f64, f64)> + Clone, budget: f64) -> Share {
    let all_costs: f64 = landings.clone().map(|(_, cost)| cost).sum();
    let least = (LEAST * budget / all_costs.max(f64::MIN_POSITIVE)).min(MOST_A_DAY);
    let spent = |factor: f64| {
        let share = Share { factor, least };
        landings.clone().map(|(hazard, cost)| share.looks_a_day(hazard, cost) * cost).sum::<f64>()
    };
    // What is spent grows with the factor: halve until it is the budget, to a ten-thousandth.
    let (mut low, mut high) = (1e-9, 1e9);
    while high / low > 1.000_1 {
        let middle = f64::sqrt(low * high);
        *if spent(middle) > budget { &mut high } else { &mut low } = middle;
    }
    Share { factor: low, least }
}

/// What is shared out today of a budget a day, when so much more than it was spent before: looks that come close after a
/// switch, and those at landings that became suspect, are saved elsewhere within a few days.
pub fn today(budget: f64, overspent: f64) -> f64 {
    (budget - overspent / MADE_GOOD_IN_DAYS).clamp(budget / 2.0, budget * 1.5)
}

impl Share {
    pub fn looks_a_day(&self, hazard: f64, cost: f64) -> f64 {
        (self.factor * (hazard / cost.max(f64::MIN_POSITIVE)).sqrt()).clamp(self.least, MOST_A_DAY)
    }
}
