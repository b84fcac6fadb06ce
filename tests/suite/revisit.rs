//! Looking again by risk finds switches sooner than looking again at fixed intervals, for the same budget.

mod race;
mod world;

use race::{Way, mean, median, race};
use world::{LIKELY, Making, SLEEPERS, WEAK_SIGNS, WITHOUT_SIGNS, world};

/// The budget: each landing once in so many hours, on average. Not whole days, which would favour nobody who tells the hour.
const MEAN_HOURS: f64 = 71.0;

/// Delays by risk, by those at fixed intervals: mean and median, and what was spent.
fn compared(making: &Making, seed: &str) -> (f64, f64, f64) {
    let world = world(&Making { landings: 700, ..*making }, seed);
    let [fixed, by_risk] = [Way::Fixed, Way::ByRisk].map(|way| race(&world, way, MEAN_HOURS, seed));
    let by = |of: fn(&[f64]) -> f64| of(&by_risk.all()) / of(&fixed.all());
    println!("{seed}: mean {:.2}, median {:.2}", by(mean), by(median));
    (by(mean), by(median), by_risk.looks as f64 / fixed.looks as f64)
}

#[test]
fn switches_are_seen_in_half_the_time_for_the_same_budget() {
    let (mut means, mut medians) = (0.0, 0.0);
    for seed in ["one", "two", "three", "four"] {
        let (mean, median, spent) = compared(&LIKELY, seed);
        assert!(spent < 1.03, "{seed}: {spent} of the budget");
        means += mean / 4.0;
        medians += median / 4.0;
    }
    assert!(means < 0.5 && medians < 0.5, "mean {means:.2}, median {medians:.2}");
}

#[test]
fn where_nothing_foretells_a_switch_it_is_seen_a_little_later_at_worst() {
    let (mean, _, spent) = compared(&WEAK_SIGNS, "weak");
    assert!(mean < 0.85 && spent < 1.03, "{mean} for {spent}");
    let (mean, _, spent) = compared(&WITHOUT_SIGNS, "none");
    assert!(mean < 1.0 && spent < 1.03, "{mean} for {spent}");
    // What is spent on the suspect is taken from the trusted: no more than what no landing may be denied.
    let (mean, _, spent) = compared(&SLEEPERS, "late");
    assert!(mean < 2.0 && spent < 1.03, "{mean} for {spent}");
}
