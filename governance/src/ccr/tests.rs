//! Rates, intervals, trends and alarms on counts that are known, and on generated ones without end.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;
use model::complaint::Kind;

use super::*;
use crate::chance::Chance;

fn counts(complaints: u64, conversions: u64) -> Counts {
    Counts { complaints, conversions }
}

fn near(told: f64, expected: f64, by: f64) {
    assert!((told - expected).abs() < by, "{told} is not {expected}");
}

#[test]
fn a_week_is_that_of_shanghai_and_of_iso_8601() {
    let week = |at: &str| Week::of(at.parse().expect("a time"), Shanghai).to_string();
    assert_eq!(week("2026-01-04T15:59:59Z"), "2026-W01");
    assert_eq!(week("2026-01-04T16:00:00Z"), "2026-W02", "midnight of Monday in Shanghai");
    assert_eq!(week("2024-12-30T00:00:00Z"), "2025-W01", "of the year of its Thursday");
    assert_eq!(week("2027-01-01T00:00:00Z"), "2026-W53");
    let last = Week { year: 2026, week: 53 };
    assert_eq!(last.next(), Some(Week { year: 2027, week: 1 }));
    assert_eq!(last.monday().map(|day| day.to_string()).as_deref(), Some("2026-12-28"));
}

#[test]
fn the_interval_is_wilsons() {
    let of =
        |complaints, conversions, level| wilson(counts(complaints, conversions), level).expect("something converted");
    // R: binom::binom.confint(10, 100, method = "wilson").
    near(of(10, 100, 0.95).low, 0.055_229_1, 1e-6);
    near(of(10, 100, 0.95).high, 0.174_365_7, 1e-6);
    assert_eq!(of(0, 20, 0.95).low, 0.0);
    near(of(0, 20, 0.95).high, 0.161_125_2, 1e-6);
    assert_eq!(of(20, 20, 0.95).high, 1.0);
    assert!(of(10, 100, 0.99).high > of(10, 100, 0.95).high && of(10, 100, 0.8).high < of(10, 100, 0.95).high);
    assert_eq!(wilson(counts(3, 0), 0.95), None);
    // More complaints than conversions: (k + z²/2 ± z·√(k + z²/4)) / n.
    near(of(12, 10, 0.95).low, 0.686_476_0, 1e-6);
    near(of(12, 10, 0.95).high, 2.097_669_9, 1e-6);
}

#[test]
fn the_interval_holds_the_truth_as_often_as_it_says() {
    for (conversions, rate) in [(50, 0.02), (200, 0.1), (1_000, 0.003)] {
        let held = (0..2_000)
            .filter(|round| {
                let chance = Chance::of(&format!("{conversions} {round}"));
                let complaints = (0..conversions).filter(|n| chance.unit("who", *n) < rate).count() as u64;
                let told = wilson(counts(complaints, conversions as u64), 0.95).expect("something converted");
                told.low <= rate && rate <= told.high
            })
            .count();
        assert!((1_840..=2_000).contains(&held), "{conversions}, {rate}: {held} of 2000");
    }
}

#[test]
fn groups_tell_how_much_they_differ() {
    // Beta(2, 98): sums of exponentials. Its mean is 0.02, and it weighs 100 conversions.
    let chance = Chance::of("groups");
    let gamma = |shape: i64, group: i64| -> f64 {
        (0..shape).map(|n| -(1.0 - chance.unit(&format!("{shape} {group}"), n)).ln()).sum()
    };
    let groups: Vec<Counts> = (0..400)
        .map(|group| {
            let (a, b) = (gamma(2, group), gamma(98, group));
            let conversions = 20 + i64::from(chance.below(2_000, "size", group));
            let complaints =
                (0..conversions).filter(|n| chance.unit(&format!("who {group}"), *n) < a / (a + b)).count();
            counts(complaints as u64, conversions as u64)
        })
        .collect();
    let told = prior(&groups).expect("something converted");
    near(told.mean, 0.02, 0.002);
    assert!((70.0..140.0).contains(&told.conversions), "{told:?}");
}

#[test]
fn groups_that_are_alike_weigh_much_and_those_that_are_not_little() {
    let alike = prior(&[counts(10, 1_000), counts(11, 1_000), counts(9, 1_000)]).expect("something converted");
    assert_eq!((alike.mean, alike.conversions), (0.01, 100_000.0));
    let apart = prior(&[counts(0, 1_000), counts(1_000, 1_000)]).expect("something converted");
    assert_eq!((apart.mean, apart.conversions), (0.5, 1.0));
    assert_eq!(prior(&[counts(3, 0)]), None);
    assert_eq!(prior(&[]), None);
}

#[test]
fn few_counts_are_drawn_towards_the_prior_and_many_are_not() {
    let prior = Prior { mean: 0.02, conversions: 100.0 };
    let few = smoothed(counts(1, 2), &prior, 0.95);
    near(few.rate, 3.0 / 102.0, 1e-12);
    // scipy.stats.beta.ppf([0.025, 0.975], 3, 99)
    near(few.interval.low, BETA_3_99.0, 1e-9);
    near(few.interval.high, BETA_3_99.1, 1e-9);
    near(smoothed(counts(5_000, 10_000), &prior, 0.95).rate, 0.5, 0.006);
    assert_eq!(smoothed(counts(0, 0), &prior, 0.95).rate, 0.02);
    let none = smoothed(counts(0, 10), &Prior { mean: 0.0, conversions: 100.0 }, 0.95);
    assert_eq!((none.rate, none.interval), (0.0, Interval { low: 0.0, high: 0.0 }));
}

const BETA_3_99: (f64, f64) = (0.006_167_859_543_564_683, 0.069_705_089_794_924_4);

#[test]
fn a_trend_is_the_median_slope_and_knows_chance() {
    let weeks = |rates: &[u64]| rates.iter().map(|rate| counts(*rate, 1_000)).collect::<Vec<_>>();
    let rising = trend(&weeks(&[10, 12, 14, 16, 18, 20, 22, 24])).expect("eight weeks");
    near(rising.a_week, 0.002, 1e-12);
    // S = 28 of 8·7·21/18: z = 27/√65.333.
    near(rising.p, 0.000_836_6, 1e-6);
    let falling = trend(&weeks(&[24, 22, 20, 18, 16, 14, 12, 10])).expect("eight weeks");
    assert_eq!((falling.a_week, falling.p), (-rising.a_week, rising.p));
    let outlier = trend(&weeks(&[10, 12, 14, 900, 18, 20, 22, 24])).expect("eight weeks");
    assert!((0.001..0.003).contains(&outlier.a_week), "one bad week: {outlier:?}");
    let flat = trend(&weeks(&[10; 8])).expect("eight weeks");
    assert_eq!((flat.a_week, flat.p), (0.0, 1.0));
    // A week without conversions keeps its place and says nothing.
    let mut gap = weeks(&[10, 12, 14, 16, 18, 20, 22, 24]);
    gap[3] = counts(5, 0);
    let gap = trend(&gap).expect("seven weeks");
    near(gap.a_week, 0.002, 1e-12);
    assert_eq!((gap.weeks, trend(&weeks(&[1, 2, 3, 4]))), (7, None));
}

#[test]
fn no_trend_is_told_of_more_often_than_chance_does() {
    let told = (0..1_000)
        .filter(|round| {
            let weeks = history(&format!("flat {round}"), 20, 0.01, 0.01, 20, 0.3);
            trend(&weeks).expect("twenty weeks").p < 0.05
        })
        .count();
    assert!((20..=75).contains(&told), "{told} of 1000 at p < 0.05");
}

/// Weeks with a rate that changes at one of them, sizes from 300 to 3000, and weeks that vary beyond their counts.
fn history(seed: &str, weeks: i64, before: f64, behind: f64, change: i64, beyond: f64) -> Vec<Counts> {
    let chance = Chance::of(seed);
    (0..weeks)
        .map(|week| {
            let conversions = 300 + u64::from(chance.below(2_700, "size", week));
            let normal: f64 = (0..12).map(|n| chance.unit(&format!("n{n}"), week)).sum::<f64>() - 6.0;
            let varied = (beyond * normal - beyond * beyond / 2.0).exp();
            let rate = varied * if week < change { before } else { behind };
            counts(poisson(rate * conversions as f64, chance.unit("count", week)), conversions)
        })
        .collect()
}

/// The count of a Poisson distribution that has so much below it.
fn poisson(mean: f64, below: f64) -> u64 {
    let (mut count, mut term) = (0, (-mean).exp());
    let mut sum = term;
    while sum < below && count < 100_000 {
        count += 1;
        term *= mean / count as f64;
        sum += term;
    }
    count
}

/// How many of `many` histories give an alarm from week 8 to `until`, and how long after the change those that do.
fn noticed(many: usize, times: f64, rate: f64, beyond: f64) -> (usize, Vec<usize>) {
    let (change, weeks) = (30, 60);
    let (mut early, mut delays) = (0, Vec::new());
    for round in 0..many {
        let weeks = history(&format!("{times} {rate} {beyond} {round}"), weeks, rate, rate * times, change, beyond);
        match alarm(&weeks, &Watch::default()) {
            Some(told) if (told.noticed as i64) < change => early += 1,
            Some(told) => delays.push(told.noticed - change as usize),
            None => {}
        }
    }
    delays.sort_unstable();
    (early, delays)
}

#[test]
fn without_a_change_there_is_hardly_an_alarm() {
    for (rate, beyond) in [(0.01, 0.0), (0.002, 0.0), (0.05, 0.0), (0.01, 0.2)] {
        let false_alarms = (0..400)
            .filter(|round| {
                let weeks = history(&format!("quiet {rate} {beyond} {round}"), 60, rate, rate, 60, beyond);
                alarm(&weeks, &Watch::default()).is_some()
            })
            .count();
        println!("rate {rate}, beyond counts {beyond}: {false_alarms} of 400 histories of a year gave a false alarm");
        assert!(false_alarms <= 40, "{rate}, {beyond}: {false_alarms} of 400 in 52 weeks, both ways");
    }
}

#[test]
fn a_change_is_noticed_within_weeks() {
    for (times, rate, within) in [(3.0, 0.01, 2), (2.0, 0.01, 4), (1.5, 0.01, 9), (0.4, 0.01, 6), (2.0, 0.002, 12)] {
        let (early, delays) = noticed(200, times, rate, 0.0);
        let median = delays.get(100 - early / 2).copied();
        println!("{times} times {rate}: {early} early, {} noticed of 200, median after {median:?} weeks", delays.len());
        assert!(early <= 10 && median.is_some_and(|median| median <= within), "{times}, {rate}: {early}, {delays:?}");
    }
}

#[test]
fn a_change_says_since_when_and_from_what_to_what() {
    let weeks: Vec<Counts> = (0..20).map(|week| counts(if week < 12 { 10 } else { 30 }, 1_000)).collect();
    let told = alarm(&weeks, &Watch::default()).expect("it is seen");
    assert_eq!((told.since, told.from, told.to), (12, 0.01, 0.03));
    assert!(told.noticed <= 13);
    let better: Vec<Counts> = (0..20).map(|week| counts(if week < 12 { 30 } else { 8 }, 1_000)).collect();
    assert_eq!(alarm(&better, &Watch::default()).map(|told| told.since), Some(12));
    let sunk: Vec<Counts> =
        (0..26).map(|week| counts([30, 10, 60][(week >= 12) as usize + (week >= 20) as usize], 1_000)).collect();
    let told: Vec<_> = alarms(&sunk, &Watch::default()).iter().map(|told| (told.since, told.from, told.to)).collect();
    assert_eq!(told, [(12, 0.03, 0.01), (20, 0.01, 0.06)], "the first change hides no later one");
    assert_eq!(alarm(&weeks[..8], &Watch::default()), None);
    assert_eq!(alarm(&[], &Watch::default()), None);
    assert_eq!(alarm(&[counts(3, 0); 20], &Watch::default()), None);
}

/// The sums say what the weeks say one by one: χ² over the degrees of freedom, drawn towards 1 as by four weeks.
#[test]
fn weeks_that_vary_more_than_counts_do_are_alarmed_less() {
    let even: Vec<Counts> = (0..24).map(|week| counts(if week < 20 { 10 } else { 22 }, 1_000)).collect();
    let uneven: Vec<Counts> =
        (0..24).map(|week| counts(if week < 20 { [2, 18][week % 2] } else { 22 }, 1_000)).collect();
    assert!(alarm(&even, &Watch::default()).is_some_and(|told| told.since == 20));
    assert_eq!(alarm(&uneven, &Watch::default()), None);
}

#[test]
fn one_user_has_one_vote_and_only_who_converted_before_has_it() {
    let at = |hours: i64| DateTime::<Utc>::from_timestamp(1_790_000_000, 0).expect("a time") + TimeDelta::hours(hours);
    let one = |hours, user, kind| Heard {
        at: at(hours),
        platform: "feed",
        user: Some(user),
        ad: Some("a"),
        kind,
        excluded: false,
        converted_at: Some(at(0)),
    };
    let heard = [
        one(1, "u", Kind::Content),
        one(2, "u", Kind::Content),
        one(3, "u", Kind::Fulfilment),
        Heard { ad: Some("b"), ..one(4, "u", Kind::Content) },
        one(5, "v", Kind::Content),
        Heard { excluded: true, ..one(6, "w", Kind::Content) },
        one(7, "w", Kind::Content),
        Heard { converted_at: Some(at(9)), ..one(8, "x", Kind::Content) },
        Heard { converted_at: None, ..one(9, "x", Kind::Content) },
        Heard { user: None, ..one(10, "", Kind::Content) },
        Heard { ad: None, excluded: true, ..one(11, "y", Kind::Content) },
        Heard { converted_at: Some(at(12)), ..one(12, "z", Kind::Content) },
        Heard { platform: "search", ..one(13, "u", Kind::Content) },
    ];
    use Standing::*;
    let expected = [
        Counts,
        Again,
        Counts,
        Counts,
        Counts,
        Excluded,
        Counts,
        NotConverted,
        NotConverted,
        NotConverted,
        NoAd,
        Counts,
        Counts,
    ];
    assert_eq!(standings(heard).collect::<Vec<_>>(), expected);
}
