//! Measures attribution: `cargo run --release -p governance --example attribution -- [TOUCHPOINTS] [KEYS] [FILE]` shares the credit for
//! generated paths by each model, three times, and prints medians. With FILE it writes the same paths there, for `attribution.py`.

use std::io::Write as _;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use governance::attribution::{End, Model, Path, Tally, Touch};

/// Chance that costs nothing beside what is measured (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, many: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let bits = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % many
    }
}

/// More keys than that are creatives, of which a user sees those of one trade.
const NEAR: u64 = 60;

/// Paths one behind the other: as they come from a database, nothing of them is kept by a tally.
struct Paths {
    touches: Vec<Touch>,
    ends: Vec<(usize, bool)>,
    end: DateTime<Utc>,
}

fn paths(touchpoints: usize, keys: u64) -> Paths {
    let mut dice = Dice(2026);
    let end = DateTime::from_timestamp(1_790_000_000, 0).expect("a time");
    let mut told = Paths { touches: Vec::with_capacity(touchpoints), ends: Vec::new(), end };
    while told.touches.len() < touchpoints {
        let length = (1 + dice.below(7)).min((touchpoints - told.touches.len()) as u64);
        let mut minutes: Vec<u64> = (0..length).map(|_| dice.below(60 * 24 * 30)).collect();
        minutes.sort_unstable_by(|a, b| b.cmp(a));
        let trade = if keys > NEAR { dice.below(keys) as u32 } else { 0 };
        for minutes in minutes {
            // Small numbers come more often, as large channels do; of many keys those near each other follow each other, as ads of a trade do.
            let near = keys.min(NEAR);
            let key = (trade + dice.below(near).min(dice.below(near)) as u32) % keys as u32;
            told.touches.push(Touch { key, channel: key, at: end - TimeDelta::minutes(minutes as i64) });
        }
        told.ends.push((told.touches.len(), dice.below(10) < 3));
    }
    told
}

fn measured(model: Model, paths: &Paths) -> (Duration, f64) {
    let begun = Instant::now();
    let mut tally = Tally::new(model);
    let mut from = 0;
    for (to, converted) in &paths.ends {
        let end = if *converted { End::Converted(paths.end) } else { End::Lost };
        tally.add(&Path { touches: &paths.touches[from..*to], end, weight: 1.0 }).expect("it is a path");
        from = *to;
    }
    let credits = tally.credits().expect("it ends");
    (begun.elapsed(), credits.by_key.iter().sum())
}

fn written(paths: &Paths, file: &str) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    writeln!(out, "id,channels,hours,converted")?;
    let mut from = 0;
    for (number, (to, converted)) in paths.ends.iter().enumerate() {
        let touches = &paths.touches[from..*to];
        let joined = |one: &dyn Fn(&Touch) -> String| touches.iter().map(one).collect::<Vec<_>>().join(" > ");
        let hours = joined(&|touch| format!("{}", (paths.end - touch.at).num_minutes() as f64 / 60.0));
        writeln!(out, "{number},{},{hours},{converted}", joined(&|touch| format!("k{}", touch.key)))?;
        from = *to;
    }
    out.flush()
}

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let touchpoints = arguments.next().and_then(|many| many.parse().ok()).unwrap_or(10_000_000);
    let keys = arguments.next().and_then(|many| many.parse().ok()).unwrap_or(50);
    let paths = paths(touchpoints, keys);
    if let Some(file) = arguments.next() {
        return written(&paths, &file);
    }
    println!("{} touchpoints in {} paths, {keys} keys", paths.touches.len(), paths.ends.len());
    let mut all = Duration::ZERO;
    for (name, model) in [
        ("last touch", Model::LastTouch),
        ("last non-direct", Model::LastNonDirect { direct: 2 }),
        ("last per channel", Model::LastPerChannel),
        ("first", Model::First),
        ("linear", Model::Linear),
        ("time decay", Model::TimeDecay { half_life: TimeDelta::days(7) }),
        ("position", Model::Position),
        ("Markov", Model::Markov),
    ] {
        let mut runs: Vec<(Duration, f64)> = (0..3).map(|_| measured(model, &paths)).collect();
        runs.sort_by_key(|(took, _)| *took);
        all += runs[1].0;
        println!("{name}: {:.3} s, {:.3} of credit", runs[1].0.as_secs_f64(), runs[1].1);
    }
    println!("all eight: {:.2} s", all.as_secs_f64());
    Ok(())
}
