//! Each model as its formula says, what no model may lose or make, and the chain of the Markov model solved anew.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::chance::Chance;

const ALL: [Model; 8] = [
    Model::LastTouch,
    Model::LastNonDirect { direct: 0 },
    Model::LastPerChannel,
    Model::First,
    Model::Linear,
    Model::TimeDecay { half_life: TimeDelta::days(7) },
    Model::Position,
    Model::Markov,
];

fn at(days: f64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time") + TimeDelta::milliseconds((days * 86_400_000.0) as i64)
}

fn touch(key: u32, days: f64) -> Touch {
    Touch { key, channel: key, at: at(days) }
}

/// Credits of keys, by one model, over paths that converted at day 0 with contacts at days before it.
fn credits(model: Model, paths: &[&[(u32, f64)]]) -> Credits {
    let mut tally = Tally::new(model);
    for path in paths {
        let touches: Vec<Touch> = path.iter().map(|(key, before)| touch(*key, -before)).collect();
        tally.add(&Path { touches: &touches, end: End::Converted(at(0.0)), weight: 1.0 }).expect("it is a path");
    }
    tally.credits().expect("it ends")
}

fn close(told: &[f64], expected: &[f64]) {
    assert_eq!(told.len(), expected.len(), "{told:?} {expected:?}");
    assert!(told.iter().zip(expected).all(|(told, expected)| (told - expected).abs() < 1e-12), "{told:?} {expected:?}");
}

#[test]
fn each_model_shares_as_its_formula_says() {
    // Direct is 0; 1, 2, 1, 0 from three weeks before on.
    let path: &[(u32, f64)] = &[(1, 21.0), (2, 14.0), (1, 7.0), (0, 0.0)];
    let of = |model| credits(model, &[path]).by_key;
    close(&of(Model::LastTouch), &[1.0]);
    close(&of(Model::LastNonDirect { direct: 0 }), &[0.0, 1.0]);
    close(&of(Model::LastPerChannel), &[1.0, 1.0, 1.0]);
    close(&of(Model::First), &[0.0, 1.0]);
    close(&of(Model::Linear), &[0.25, 0.5, 0.25]);
    // 1/8, 1/4, 1/2, 1 of 15/8.
    close(&of(Model::TimeDecay { half_life: TimeDelta::days(7) }), &[8.0 / 15.0, 5.0 / 15.0, 2.0 / 15.0]);
    close(&of(Model::Position), &[0.4, 0.5, 0.1]);
    // Without 2, one of two walks from 1 still goes on to 0 and converts: 1, 1 and a half are lost.
    close(&of(Model::Markov), &[0.4, 0.4, 0.2]);
}

#[test]
fn the_examples_of_the_articles_come_out() {
    // Three of four contacts of Baidu: 75 % by the linear model.
    close(&credits(Model::Linear, &[&[(0, 3.0), (0, 2.0), (1, 1.0), (0, 0.5)]]).by_key, &[0.75, 0.25]);
    // Facebook and Google each claim the same conversion.
    let both = credits(Model::LastPerChannel, &[&[(0, 2.0), (1, 1.0)]]);
    assert_eq!((both.by_key.iter().sum::<f64>(), both.converted), (2.0, 1.0));
    // Seven days before it half of what the last one weighs, fourteen a quarter.
    let decay = credits(Model::TimeDecay { half_life: TimeDelta::days(7) }, &[&[(0, 14.0), (1, 7.0), (2, 0.0)]]).by_key;
    assert!((decay[1] / decay[2] - 0.5).abs() < 1e-12 && (decay[0] / decay[2] - 0.25).abs() < 1e-12);
}

#[test]
fn short_paths_and_empty_ones_are_shared_or_counted_apart() {
    for model in ALL {
        close(&credits(model, &[&[(0, 1.0)]]).by_key, &[1.0]);
        let empty = credits(model, &[&[]]);
        assert_eq!((empty.by_key.len(), empty.converted, empty.without_contact), (0, 0.0, 1.0), "{model:?}");
        let none = Tally::new(model).credits().expect("it ends");
        assert_eq!(none, Credits { by_key: vec![], converted: 0.0, without_contact: 0.0 });
    }
    close(&credits(Model::Position, &[&[(0, 2.0), (1, 1.0)]]).by_key, &[0.5, 0.5]);
    // All direct: the last of them.
    close(&credits(Model::LastNonDirect { direct: 0 }, &[&[(0, 2.0), (0, 1.0)]]).by_key, &[1.0]);
    // Ten years ago all of them, and all at once.
    let old = credits(Model::TimeDecay { half_life: TimeDelta::days(7) }, &[&[(0, 20_000.0), (1, 20_000.0)]]);
    close(&old.by_key, &[0.5, 0.5]);
    close(&credits(Model::TimeDecay { half_life: TimeDelta::zero() }, &[&[(0, 1.0), (1, 0.0)]]).by_key, &[0.0, 1.0]);
}

#[test]
fn removal_says_what_is_lost_without_a_key() {
    // start ─► 0 ─► conversion; start ─► 1 ─► 0 ─► conversion; start ─► 1 ─► nothing; start ─► 2 ─► nothing.
    let mut tally = Tally::new(Model::Markov);
    for (keys, end) in
        [(&[0][..], End::Converted(at(0.0))), (&[1, 0], End::Converted(at(0.0))), (&[1], End::Lost), (&[2], End::Lost)]
    {
        let touches: Vec<Touch> = keys.iter().map(|key| touch(*key, -1.0)).collect();
        tally.add(&Path { touches: &touches, end, weight: 1.0 }).expect("it is a path");
    }
    // P = 1/4 + 1/2·1/2 = 1/2. Without 0 nothing is left; without 1 a quarter; without 2 all.
    close(&tally.removal_effects().expect("it ends"), &[1.0, 0.5, 0.0]);
    close(&tally.credits().expect("it ends").by_key, &[4.0 / 3.0, 2.0 / 3.0, 0.0]);
}

#[test]
fn where_nothing_converts_nothing_is_credited() {
    let mut tally = Tally::new(Model::Markov);
    let touches = [touch(0, 0.0), touch(1, 0.5), touch(0, 0.7)];
    tally.add(&Path { touches: &touches, end: End::Lost, weight: 3.0 }).expect("it is a path");
    close(&tally.credits().expect("it ends").by_key, &[0.0, 0.0]);
    // Weighing nothing is not having been.
    tally.add(&Path { touches: &touches, end: End::Converted(at(1.0)), weight: 0.0 }).expect("it is a path");
    close(&tally.credits().expect("it ends").by_key, &[0.0, 0.0]);
}

/// Paths of people who come again and again, by chance.
fn generated(seed: &str, many: i64) -> Vec<(Vec<Touch>, End, f64)> {
    let chance = Chance::of(seed);
    (0..many)
        .map(|number| {
            let draw = |many: u32, what: &str| chance.below(many, what, number);
            let length = draw(7, "length");
            let mut day = -40.0;
            let touches = (0..length)
                .map(|step| {
                    day += chance.unit(&format!("gap {step}"), number) * 5.0;
                    let key = draw(9, &format!("key {step}"));
                    Touch { key, channel: key / 2, at: at(day) }
                })
                .collect();
            let end = if draw(3, "end") == 0 { End::Lost } else { End::Converted(at(0.0)) };
            (touches, end, f64::from(1 + draw(4, "weight")))
        })
        .collect()
}

#[test]
fn no_credit_is_lost_or_made() {
    for seed in 0..40 {
        let paths = generated(&format!("conserve {seed}"), 60);
        for model in ALL {
            let mut tally = Tally::new(model);
            for (touches, end, weight) in &paths {
                tally.add(&Path { touches, end: *end, weight: *weight }).expect("it is a path");
            }
            let told = tally.credits().expect("it ends");
            assert!(told.by_key.iter().all(|credit| *credit >= 0.0), "{model:?}");
            let channels = |touches: &[Touch]| {
                touches.iter().map(|touch| touch.channel).collect::<std::collections::BTreeSet<_>>().len()
            };
            let expected: f64 = paths
                .iter()
                .filter(|(touches, end, _)| *end != End::Lost && !touches.is_empty())
                .map(|(touches, _, weight)| {
                    weight * if model == Model::LastPerChannel { channels(touches) as f64 } else { 1.0 }
                })
                .sum();
            let sum: f64 = told.by_key.iter().sum();
            assert!((sum - expected).abs() < 1e-9 * expected.max(1.0), "{model:?}, {seed}: {sum} of {expected}");
        }
    }
}

#[test]
fn weights_are_paths_that_came_as_often() {
    let paths = generated("weights", 120);
    for model in ALL {
        let (mut whole, mut repeated) = (Tally::new(model), Tally::new(model));
        for (touches, end, weight) in &paths {
            let path = Path { touches, end: *end, weight: *weight };
            whole.add(&path).expect("it is a path");
            for _ in 0..*weight as usize {
                repeated.add(&Path { weight: 1.0, ..path }).expect("it is a path");
            }
        }
        let told = whole.credits().expect("it ends").by_key;
        let others = repeated.credits().expect("it ends").by_key;
        assert!(told.iter().zip(&others).all(|(a, b)| (a - b).abs() < 1e-9), "{model:?}: {told:?} {others:?}");
    }
}

#[test]
fn removal_is_what_taking_the_key_out_and_solving_again_says() {
    for seed in 0..10 {
        let paths = generated(&format!("removal {seed}"), 80);
        let mut tally = Tally::new(Model::Markov);
        for (touches, end, weight) in &paths {
            tally.add(&Path { touches, end: *end, weight: *weight }).expect("it is a path");
        }
        let effects = tally.removal_effects().expect("it ends");
        let all = ends_well(&paths, None);
        for (key, effect) in effects.iter().enumerate() {
            let expected = 1.0 - ends_well(&paths, Some(key as u32)) / all;
            assert!((effect - expected).abs() < 1e-9, "{seed}, {key}: {effect} {expected}");
        }
    }
}

/// How likely a walk over the chain of paths ends well, by stepping it two thousand times; whoever comes to `without` is lost.
fn ends_well(paths: &[(Vec<Touch>, End, f64)], without: Option<u32>) -> f64 {
    let mut counts: BTreeMap<i64, BTreeMap<i64, f64>> = BTreeMap::new();
    for (touches, end, weight) in paths.iter().filter(|(touches, ..)| !touches.is_empty()) {
        let mut states = vec![-1];
        states.extend(touches.iter().map(|touch| i64::from(touch.key)));
        states.push(if *end == End::Lost { -3 } else { -2 });
        for pair in states.windows(2) {
            *counts.entry(pair[0]).or_default().entry(pair[1]).or_default() += weight;
        }
    }
    let (mut there, mut well) = (BTreeMap::from([(-1, 1.0)]), 0.0);
    for _ in 0..2_000 {
        let mut next: BTreeMap<i64, f64> = BTreeMap::new();
        for (state, mass) in there {
            let Some(row) = counts.get(&state) else { continue };
            let sum: f64 = row.values().sum();
            for (to, weight) in row {
                match *to {
                    -2 => well += mass * weight / sum,
                    to if Some(to) == without.map(i64::from) => {}
                    to => *next.entry(to).or_default() += mass * weight / sum,
                }
            }
        }
        there = next;
    }
    well
}

#[test]
fn a_path_that_cannot_be_is_named_and_counts_nothing() {
    let mut tally = Tally::new(Model::Linear);
    let (sorted, unsorted) = ([touch(0, 0.0), touch(1, 1.0)], [touch(0, 0.0), touch(1, 1.0), touch(2, 0.5)]);
    let mut add = |touches, end, weight| tally.add(&Path { touches, end, weight });
    assert_eq!(add(&unsorted[..], End::Lost, 1.0), Err(PathError::Unsorted { number: 2 }));
    let early = End::Converted(at(0.9));
    assert_eq!(add(&sorted[..], early, 1.0), Err(PathError::AfterConversion { number: 2, converted: at(0.9) }));
    assert_eq!(add(&sorted[..], End::Lost, -1.0), Err(PathError::Weight(-1.0)));
    assert!(add(&sorted[..], End::Lost, f64::NAN).is_err() && add(&sorted[..], End::Lost, f64::INFINITY).is_err());
    assert_eq!(tally.credits().expect("it ends"), Tally::new(Model::Linear).credits().expect("it ends"));
}

#[test]
fn names_get_numbers_in_their_order() {
    let mut names = Names::default();
    assert_eq!(["feed", "search", "feed"].map(|name| names.number(name)), [0, 1, 0]);
    assert_eq!((names.name(1), names.name(2), names.len(), names.is_empty()), (Some("search"), None, 2, false));
}
