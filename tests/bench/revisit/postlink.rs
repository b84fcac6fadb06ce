//! Measures looking again by risk: `cargo run --release -p governance --example revisit -- [SEED] [RACES]` races it against
//! fixed intervals of the same budget, over generated pasts of several kinds, and prints how long switches stayed unseen.

#[path = "../../suite/revisit/race.rs"]
mod race;
#[path = "../../suite/revisit/world.rs"]
mod world;

use race::{Outcome, Way, mean, median, race};
use world::{Kind, LIKELY, Making, SLEEPERS, WEAK_SIGNS, WITHOUT_SIGNS, world};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let seed = arguments.next().unwrap_or_else(|| "2026".to_owned());
    let races = arguments.next().and_then(|races| races.parse().ok()).unwrap_or(5);
    for (name, making) in
        [("likely", LIKELY), ("weak signs", WEAK_SIGNS), ("without signs", WITHOUT_SIGNS), ("sleepers", SLEEPERS)]
    {
        for mean_hours in [23.0, 71.0, 72.0, 167.0] {
            table(name, &making, mean_hours, &seed, races);
        }
    }
}

fn table(name: &str, making: &Making, mean_hours: f64, seed: &str, races: usize) {
    let mut sums = [Way::Fixed, Way::ByRisk].map(|_| Outcome::default());
    let mut ratios = Vec::new();
    for number in 0..races {
        let seed = format!("{seed}-{number}");
        let world = world(making, &seed);
        let outcomes = [Way::Fixed, Way::ByRisk].map(|way| race(&world, way, mean_hours, &seed));
        ratios.push(mean(&outcomes[1].all()) / mean(&outcomes[0].all()));
        for (sum, outcome) in sums.iter_mut().zip(outcomes) {
            add(sum, outcome);
        }
    }
    let [fixed, by_risk] = &sums;
    println!("\n## {name}, one look in {mean_hours} h on average, {races} races over {} landings", making.landings);
    println!(
        "looks: fixed {}, by risk {}; longest without a look: {:.0} h, {:.0} h",
        fixed.looks, by_risk.looks, fixed.longest, by_risk.longest
    );
    println!(
        "first bracket (last good to first bad look), median: {:.1} h, {:.1} h",
        median(&fixed.brackets),
        median(&by_risk.brackets)
    );
    println!(
        "| kind | switches | fixed: mean, median h (never seen) | by risk | mean by mean | median by median |\n|---|---|---|---|---|---|"
    );
    for kind in Kind::BAD {
        row(
            &format!("{kind:?}"),
            &fixed.delays[&kind],
            &by_risk.delays[&kind],
            missed(fixed, kind),
            missed(by_risk, kind),
        );
    }
    row("all", &fixed.all(), &by_risk.all(), fixed.missed.values().sum(), by_risk.missed.values().sum());
    ratios.sort_by(f64::total_cmp);
    println!("mean by mean of each race: {ratios:.2?}");
}

fn missed(outcome: &Outcome, kind: Kind) -> usize {
    outcome.missed.get(&kind).copied().unwrap_or_default()
}

fn row(name: &str, fixed: &[f64], by_risk: &[f64], missed_fixed: usize, missed: usize) {
    println!(
        "| {name} | {} | {:.1}, {:.1} ({missed_fixed}) | {:.1}, {:.1} ({missed}) | {:.2} | {:.2} |",
        fixed.len(),
        mean(fixed),
        median(fixed),
        mean(by_risk),
        median(by_risk),
        mean(by_risk) / mean(fixed),
        median(by_risk) / median(fixed),
    );
}

fn add(sum: &mut Outcome, outcome: Outcome) {
    sum.looks += outcome.looks;
    sum.longest = sum.longest.max(outcome.longest);
    sum.brackets.extend(outcome.brackets);
    for (kind, delays) in outcome.delays {
        sum.delays.entry(kind).or_default().extend(delays);
    }
    for (kind, missed) in outcome.missed {
        *sum.missed.entry(kind).or_insert(0) += missed;
    }
}
