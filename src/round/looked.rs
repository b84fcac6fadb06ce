//! After a look: what is known of a landing then, and when to look again; and how a budget goes round.

use governance::revisit::{self, Share};
use model::landing::{Cost, Seen};
use serde::{Deserialize, Serialize};

use super::{Chance, Costs, DateTime, Groups, Known, Library, Sweep, Utc, is_drawn};

/// What one visit took.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Took {
    pub(crate) cpu_ms: f64,
    pub(crate) bytes: f64,
    pub(crate) ms: f64,
}

/// Costs of visits count so much at least: what a page costs changes with it.
const LATEST_COUNTS: f64 = 0.1;

/// What is known of a landing after a look at it, with when it is due again.
pub(crate) fn looked(known: &Known, seen: Seen, took: Took, share: &Share, chance: &Chance) -> Known {
    let history = revisit::noted(&known.history, known.last.as_ref(), &seen);
    let old = known.cost.unwrap_or_default();
    let weight = (1.0 / (old.visits + 1) as f64).max(LATEST_COUNTS);
    let mean = |old: f64, new: f64| old + weight * (new - old);
    let cost = Cost {
        visits: old.visits + 1,
        cpu_ms: mean(old.cpu_ms, took.cpu_ms),
        bytes: mean(old.bytes, took.bytes),
        took_ms: mean(old.took_ms, took.ms),
    };
    let at = seen.at;
    let known = Known { history, last: Some(seen), cost: Some(cost), ..known.clone() };
    let looks_a_day = share.looks_a_day(revisit::hazard(&known, at), 1.0);
    let next_due = revisit::next_due(&known.landing.id, &known.history, looks_a_day, at, chance);
    Known { next_due: Some(next_due), ..known }
}

/// How many looks a day each landing of a continuous sweep gets, by its budget of a day; without one, a look a day on average.
///
/// What was spent beyond the budget before, in looks, is made good within days.
pub(crate) async fn shared_out(
    store: &impl Library,
    sweep: &Sweep,
    costs: &Costs,
    overspent: f64,
    at: DateTime<Utc>,
) -> anyhow::Result<Share> {
    let (mut hazards, mut cpu_secs, mut bytes, mut pages) = (Vec::new(), 0.0, 0.0, 0.0);
    let mut groups = Groups::of(store, &sweep.scope, at);
    while let Some(group) = groups.next().await? {
        if is_drawn(sweep, "always", &group.known.landing.id) {
            let cost = costs.of(sweep, &group);
            cpu_secs += cost.cpu_secs;
            bytes += cost.bytes;
            pages += cost.pages;
            hazards.push((revisit::hazard(&group.known, at), 1.0));
        }
    }
    // The tightest limit says how many looks a day at all of them together it allows.
    let rounds = |limit: Option<u64>, factor: f64, all: f64| limit.map(|limit| limit as f64 * factor / all.max(1.0));
    let limits = [
        rounds(sweep.budget.cpu_minutes, 60.0, cpu_secs),
        rounds(sweep.budget.bytes, 1.0, bytes),
        rounds(sweep.budget.pages, 1.0, pages),
    ];
    let rounds = limits.into_iter().flatten().reduce(f64::min).unwrap_or(1.0);
    let looks = rounds * hazards.len() as f64;
    Ok(revisit::share(hazards.iter().copied(), revisit::today(looks, overspent)))
}
