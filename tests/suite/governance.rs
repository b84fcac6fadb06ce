//! The figures of governance against what others compute of the same input, and what its priorities are worth on generated histories.

mod ahead;
mod reference;

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};
use governance::attribution::{End, Model, Names, Path, Tally, Touch};
use governance::ccr::{Counts, Prior, smoothed, trend, wilson};
use governance::chance::Chance;
use governance::deadlines::Calendar;
use serde_json::{Value, json};

/// A channel goes by this name where nobody was led by an ad.
const DIRECT: &str = "direct";
const CHANNELS: [&str; 9] = ["feed", "search", DIRECT, "video", "短视频", "e-mail", "banner", "live", "lost only"];

/// One generated path: channels, minutes before its end, whether it converted.
struct Gone {
    channels: Vec<usize>,
    minutes: Vec<u32>,
    converted: bool,
}

/// Paths by chance, in which channels follow each other more or less often, and lead more or less to a conversion.
fn paths(many: i64, seed: &str) -> Vec<Gone> {
    let chance = Chance::of(seed);
    (0..many)
        .map(|number| {
            let draw = |many: u32, what: &str| chance.below(many, what, number);
            let length = 1 + draw(if draw(10, "long") == 0 { 30 } else { 6 }, "length");
            let converted = draw(5, "converted") < 2;
            let mut channels: Vec<usize> = Vec::new();
            for step in 0..length {
                let stays = step > 0 && draw(4, &format!("stays {step}")) == 0;
                let next = draw(if converted { 8 } else { 9 }, &format!("channel {step}")) as usize;
                channels.push(if stays { channels[step as usize - 1] } else { next * next / CHANNELS.len().max(next) });
            }
            let mut minutes: Vec<u32> = (0..length).map(|step| draw(60 * 24 * 45, &format!("minute {step}"))).collect();
            minutes.sort_by(|a, b| b.cmp(a));
            Gone { channels, minutes, converted }
        })
        .collect()
}

fn tallied(model: Model, paths: &[Gone]) -> Tally {
    let end = DateTime::<Utc>::from_timestamp(1_790_000_000, 0).expect("a time");
    let mut tally = Tally::new(model);
    for path in paths {
        let touches: Vec<Touch> = path
            .channels
            .iter()
            .zip(&path.minutes)
            .map(|(channel, minutes)| {
                let channel = *channel as u32;
                Touch { key: channel, channel, at: end - TimeDelta::minutes(i64::from(*minutes)) }
            })
            .collect();
        let end = if path.converted { End::Converted(end) } else { End::Lost };
        tally.add(&Path { touches: &touches, end, weight: 1.0 }).expect("it is a path");
    }
    tally
}

/// What we say, by channel, is what others say, to 1e-9 of it.
fn same(what: &str, ours: &[f64], theirs: &Value) {
    let theirs = theirs.as_object().unwrap_or_else(|| panic!("{what}: {theirs}"));
    for (channel, ours) in CHANNELS.iter().zip(ours) {
        let theirs = theirs.get(*channel).and_then(Value::as_f64).unwrap_or_default();
        assert!((ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0), "{what}, {channel}: {ours} is not {theirs}");
    }
    assert!(theirs.keys().all(|channel| CHANNELS.contains(&channel.as_str())), "{what}: {theirs:?}");
}

#[test]
fn attribution_says_what_a_library_of_others_says() {
    let mut names = Names::default();
    for channel in CHANNELS {
        names.number(channel);
    }
    let direct = names.number(DIRECT);
    for (many, seed) in [(4_000, "many"), (40, "few"), (3, "three")] {
        let mut gone = paths(many, seed);
        gone[0].converted = true;
        let told: Vec<Value> = gone
            .iter()
            .map(|path| {
                let channels: Vec<&str> = path.channels.iter().map(|channel| CHANNELS[*channel]).collect();
                json!({ "channels": channels, "minutes": path.minutes, "converted": path.converted })
            })
            .collect();
        let theirs = reference::asked("attribution", &json!(told));
        for (name, model) in [
            ("last_touch", Model::LastTouch),
            ("last_non_direct", Model::LastNonDirect { direct }),
            ("last_per_channel", Model::LastPerChannel),
            ("first", Model::First),
            ("linear", Model::Linear),
            ("position", Model::Position),
            ("time_decay", Model::TimeDecay { half_life: TimeDelta::days(7) }),
        ] {
            same(name, &tallied(model, &gone).credits().expect("it ends").by_key, &theirs[name]);
        }
        let markov = tallied(Model::Markov, &gone);
        let effects = markov.removal_effects().expect("it ends");
        same("removal effects", &effects, &theirs["removal_effects"]);
        // Staying where one is changes nothing, whether it is left out of the chain or not.
        same("removal effects", &effects, &theirs["removal_effects_with_loops"]);
        let credits = markov.credits().expect("it ends");
        let sum: f64 =
            theirs["removal_effects"].as_object().expect("by channel").values().filter_map(Value::as_f64).sum();
        for (channel, credit) in CHANNELS.iter().zip(&credits.by_key) {
            let expected = theirs["removal_effects"][channel].as_f64().unwrap_or_default() / sum * credits.converted;
            assert!((credit - expected).abs() <= 1e-9 * expected.max(1.0), "{channel}: {credit} is not {expected}");
        }
    }
}

#[test]
fn each_day_is_worked_as_two_calendars_of_others_say() {
    let theirs = reference::asked("calendar", &json!({ "first": 2023, "last": 2026 }));
    let calendar = Calendar::cn();
    let mut days = BTreeMap::new();
    for (day, worked) in theirs.as_object().expect("by day") {
        let day: NaiveDate = day.parse().expect("a day");
        let ours = calendar.is_worked(day);
        assert_eq!(worked, &json!([ours, ours]), "{day}");
        *days.entry(day.year()).or_insert(0) += 1;
    }
    assert_eq!(days, BTreeMap::from([(2023, 365), (2024, 366), (2025, 365), (2026, 365)]));
}

#[test]
fn rates_and_trends_are_those_of_scipy() {
    let wilsons =
        [(0, 1, 0.95), (1, 1, 0.95), (3, 40, 0.9), (12, 1_000, 0.95), (999, 1_000, 0.99), (7, 2_000_000, 0.95)];
    let betas = [(0.5, 99.5), (3.0, 7.0), (2.02, 101.0), (900.0, 100_000.0), (40.0, 1.5)];
    let chance = Chance::of("slopes");
    let rates: Vec<Vec<f64>> = (5..25)
        .map(|weeks| (0..weeks).map(|week| f64::from(chance.below(60, &weeks.to_string(), week)) / 1_000.0).collect())
        .collect();
    let theirs = reference::asked("figures", &json!({ "wilson": wilsons, "beta": betas, "rates": rates }));
    let near = |ours: f64, theirs: &Value, what: &str| {
        let theirs = theirs.as_f64().expect("a number");
        assert!((ours - theirs).abs() <= 1e-9 * theirs.abs().max(1e-3), "{what}: {ours} is not {theirs}");
    };
    for ((complaints, conversions, level), theirs) in wilsons.iter().zip(theirs["wilson"].as_array().expect("a list")) {
        let counts = Counts { complaints: *complaints, conversions: *conversions };
        let ours = wilson(counts, *level).expect("something converted");
        near(ours.low, &theirs[0], &format!("low of {counts:?}"));
        near(ours.high, &theirs[1], &format!("high of {counts:?}"));
    }
    for ((a, b), theirs) in betas.iter().zip(theirs["beta"].as_array().expect("a list")) {
        let prior = Prior { mean: a / (a + b), conversions: a + b };
        let ours = smoothed(Counts::default(), &prior, 0.95).interval;
        near(ours.low, &theirs[0], &format!("low of {a}, {b}"));
        near(ours.high, &theirs[1], &format!("high of {a}, {b}"));
    }
    for (rates, theirs) in rates.iter().zip(theirs["slopes"].as_array().expect("a list")) {
        let weeks: Vec<Counts> = rates
            .iter()
            .map(|rate| Counts { complaints: (rate * 1_000.0).round() as u64, conversions: 1_000 })
            .collect();
        near(trend(&weeks).expect("five weeks").a_week, theirs, &format!("{rates:?}"));
    }
}
