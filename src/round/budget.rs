//! What a round may cost: the landings that are worth most for it, without all of them in memory.

use model::sweep::Budget;
use serde::{Deserialize, Serialize};

use super::{DateTime, Group, Groups, Library, Sweep, Utc, is_drawn, is_due, worth};
use crate::config;

/// What a visit costs where none was measured, and what that is in money.
#[derive(Clone, Debug)]
pub(crate) struct Costs {
    pub(crate) assumed: config::Sweep,
    /// Pages behind the landing page that are opened at most.
    pub(crate) pages_behind: u64,
}

/// What looking at one landing costs, for all its visitors.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Cost {
    pub(super) cpu_secs: f64,
    pub(super) bytes: f64,
    pub(super) pages: f64,
    /// From the click to the end; its visitors look side by side.
    pub(super) secs: f64,
    /// Whether visits were measured.
    pub(super) measured: bool,
}

impl Costs {
    pub(super) fn of(&self, sweep: &Sweep, group: &Group) -> Cost {
        let visitors = sweep.visitors.len() as f64;
        let behind = if sweep.depth == 0 { 0 } else { self.pages_behind };
        let measured = group.known.cost.filter(|cost| cost.visits > 0);
        let (cpu_secs, bytes, secs) = match measured {
            Some(cost) => (cost.cpu_ms / 1_000.0, cost.bytes, cost.took_ms / 1_000.0),
            None => (self.assumed.visit_cpu_secs, self.assumed.visit_bytes as f64, self.assumed.visit_secs),
        };
        Cost {
            cpu_secs: cpu_secs * visitors + self.assumed.ad_cpu_secs * group.count as f64,
            bytes: bytes * visitors,
            pages: visitors * (1 + behind) as f64,
            secs,
            measured: measured.is_some(),
        }
    }
}

/// Steps in which worth is told apart: by ratio, from e^-20 to 1.
const STEPS: usize = 1_024;
const LEAST: f64 = -20.0;

fn step(worth: f64) -> usize {
    let share = (worth.max(1e-12).ln() - LEAST) / -LEAST;
    ((share.clamp(0.0, 1.0) * (STEPS - 1) as f64).round() as usize).min(STEPS - 1)
}

/// What the landings of each step cost together.
pub(super) struct Weighed(Vec<Cost>);

impl Weighed {
    /// Goes over a scope once; without a budget there is nothing to weigh.
    pub(super) async fn over(
        store: &impl Library,
        sweep: &Sweep,
        round: &str,
        costs: &Costs,
        at: DateTime<Utc>,
    ) -> anyhow::Result<Self> {
        let mut weighed = vec![Cost::default(); STEPS];
        if sweep.budget == Budget::default() {
            return Ok(Self(weighed));
        }
        let mut groups = Groups::of(store, &sweep.scope, at);
        while let Some(group) = groups.next().await? {
            if is_drawn(sweep, round, &group.known.landing.id) && is_due(sweep, &group.known, at) {
                let (cost, sum) = (costs.of(sweep, &group), &mut weighed[step(worth(&group.known, at))]);
                sum.cpu_secs += cost.cpu_secs;
                sum.bytes += cost.bytes;
                sum.pages += cost.pages;
            }
        }
        Ok(Self(weighed))
    }
}

/// What is left of a budget.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Allowed {
    cpu_secs: f64,
    bytes: f64,
    pages: f64,
    /// The step that the budget does not allow whole, and the share of it that it does.
    last: (usize, f64),
}

impl Allowed {
    pub(super) fn new(budget: &Budget, weighed: &Weighed) -> Self {
        let limit = |limit: Option<u64>, factor: f64| limit.map_or(f64::MAX, |limit| limit as f64 * factor);
        let mut allowed = Self {
            cpu_secs: limit(budget.cpu_minutes, 60.0),
            bytes: limit(budget.bytes, 1.0),
            pages: limit(budget.pages, 1.0),
            last: (0, 1.0),
        };
        let mut left = [allowed.cpu_secs, allowed.bytes, allowed.pages];
        for (step, sum) in weighed.0.iter().enumerate().rev() {
            let costs = [sum.cpu_secs, sum.bytes, sum.pages];
            let share = left.iter().zip(costs).map(|(left, cost)| if cost > 0.0 { left / cost } else { 1.0 });
            let share = share.fold(1.0, f64::min);
            if share < 1.0 {
                allowed.last = (step, share);
                break;
            }
            for (left, cost) in left.iter_mut().zip(costs) {
                *left -= cost;
            }
        }
        allowed
    }

    /// Takes a landing in, if it is worth it and there is enough left; of those worth the same chance chooses.
    pub(super) fn takes(&mut self, worth: f64, cost: &Cost, draw: f64) -> bool {
        let (last, share) = self.last;
        let step = step(worth);
        let enough = cost.cpu_secs <= self.cpu_secs && cost.bytes <= self.bytes && cost.pages <= self.pages;
        if step < last || (step == last && draw >= share) || !enough {
            return false;
        }
        self.cpu_secs -= cost.cpu_secs;
        self.bytes -= cost.bytes;
        self.pages -= cost.pages;
        true
    }
}

#[cfg(test)]
mod tests {
    use governance::chance::Chance;

    use super::*;

    #[test]
    fn worth_is_told_apart_over_its_whole_range() {
        assert!(step(1.0) > step(0.9) && step(0.9) > step(0.5) && step(1e-6) > step(1e-8));
        assert_eq!((step(0.0), step(1.0)), (0, STEPS - 1));
    }

    #[test]
    fn what_is_worth_most_is_taken_and_never_more_than_is_allowed() {
        let cost = Cost { pages: 2.0, cpu_secs: 1.0, ..Cost::default() };
        let mut weighed = Weighed(vec![Cost::default(); STEPS]);
        let worths: Vec<f64> = (0..1_000).map(|n| if n % 2 == 0 { 0.9 } else { 0.1 }).collect();
        for worth in &worths {
            weighed.0[step(*worth)].pages += cost.pages;
        }
        for (pages, most) in [(400, 200), (1_000, 500), (1_400, 700), (9_000, 1_000)] {
            let mut allowed = Allowed::new(&Budget { pages: Some(pages), ..Budget::default() }, &weighed);
            let chance = Chance::of("s");
            let taken: Vec<_> = worths
                .iter()
                .enumerate()
                .filter(|(n, worth)| allowed.takes(**worth, &cost, chance.unit("draw", *n as i64)))
                .map(|(_, worth)| *worth)
                .collect();
            let high = taken.iter().filter(|worth| **worth > 0.5).count();
            assert!(taken.len() <= most && taken.len() + 60 > most, "{pages}: {}", taken.len());
            assert!(high + 60 > most.min(500), "{pages}: {high} of the high ones");
        }
    }
}
