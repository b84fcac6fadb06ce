//! Measures labels and noise on complaints that others wrote: `cargo run --release -p governance --example eval -- FILE`.
//!
//! With `--mistakes` behind it, each line that came out otherwise is told; never those of a file that is called `test`: what is learnt
//! from them is worth nothing any more.

#[path = "eval/counts.rs"]
mod counts;

use std::path::Path;

use chrono::{DateTime, Utc};
use counts::{Calibration, Kinds, Share};
use governance::label::Labels;
use governance::noise::{Bounds, Heeded, Rules, Said, noise};
use model::complaint::{Age, Kind, Labelled, Scenario};
use model::violation::Severity;
use serde::Deserialize;

/// A complaint with what a careful reader says of it.
#[derive(Deserialize)]
struct Written {
    id: String,
    at: DateTime<Utc>,
    user: String,
    ad: String,
    text: String,
    age: Option<Age>,
    converted: bool,
    truth: Truth,
}

#[derive(Deserialize)]
struct Truth {
    noise: Option<String>,
    scenario: Option<Scenario>,
    kind: Kind,
    severity: Severity,
    why: String,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let file = arguments.first().expect("name a file of JSON Lines, such as tests/bench/complaints/dev.jsonl");
    let is_test = Path::new(file).file_stem().is_some_and(|name| name.to_string_lossy().contains("test"));
    let mistakes = arguments.iter().any(|one| one == "--mistakes");
    assert!(!(mistakes && is_test), "the mistakes of a test file are shown to nobody");
    let text = std::fs::read_to_string(file).expect("the file is read");
    let written: Vec<Written> =
        text.lines().map(|line| serde_json::from_str(line).expect("a complaint a line")).collect();
    let rules = Labels::built_in();
    let labels: Vec<Labelled> = written.iter().map(|one| rules.label(&one.text, one.age)).collect();
    let heeded = heeded(&written);
    tell_labels(&written, &labels);
    tell_noise(&written, &heeded);
    if mistakes {
        tell_mistakes(&written, &labels, &heeded);
    }
}

fn heeded(written: &[Written]) -> Vec<Heeded> {
    let said: Vec<Said<'_>> = written
        .iter()
        .map(|one| Said {
            id: &one.id,
            at: one.at,
            text: &one.text,
            user: Some(&one.user),
            ad: Some(&one.ad),
            converted: one.converted,
        })
        .collect();
    noise(&said, &Rules::built_in(), &Bounds::default())
}

/// What labels say of what is no noise.
fn tell_labels(written: &[Written], labels: &[Labelled]) {
    let honest = || written.iter().zip(labels).filter(|(one, _)| one.truth.noise.is_none());
    let kinds: Kinds = honest().map(|(one, label)| (one.truth.kind, label.kind)).collect();
    println!("kind       {}", kinds.right());
    println!("macro-F1   {:.3}", kinds.macro_f1());
    for (kind, precision, recall) in kinds.each() {
        println!("  {kind:?}: precision {precision}, recall {recall}");
    }
    println!("other      {}", Share::of(honest().map(|(_, label)| label.kind == Kind::Other)));
    println!("scenario   {}", Share::of(honest().map(|(one, label)| label.scenario == one.truth.scenario)));
    println!("severity   {}", Share::of(honest().map(|(one, label)| label.severity == one.truth.severity)));
    println!(
        "  within one step: {}",
        Share::of(honest().map(|(one, label)| is_near(label.severity, one.truth.severity)))
    );
    let calibration: Calibration =
        honest().map(|(one, label)| (label.confidence, label.kind == one.truth.kind)).collect();
    for (from, to, right) in calibration.each() {
        println!("confidence {from:.2} to {to:.2}: {right}");
    }
}

fn is_near(a: Severity, b: Severity) -> bool {
    (a as i64 - b as i64).abs() <= 1
}

fn tell_noise(written: &[Written], heeded: &[Heeded]) {
    let all = || written.iter().zip(heeded).map(|(one, heeded)| (one.truth.noise.is_some(), heeded));
    let excluded = |heeded: &Heeded| matches!(heeded, Heeded::Excluded(_));
    println!("noise precision  {}", Share::of(all().filter(|(_, heeded)| excluded(heeded)).map(|(noise, _)| noise)));
    println!("noise recall     {}", Share::of(all().filter(|(noise, _)| *noise).map(|(_, heeded)| excluded(heeded))));
    let seen = |heeded: &Heeded| !matches!(heeded, Heeded::Kept);
    println!("  with doubtful  {}", Share::of(all().filter(|(noise, _)| *noise).map(|(_, heeded)| seen(heeded))));
    println!("honest excluded  {}", Share::of(all().filter(|(noise, _)| !*noise).map(|(_, heeded)| excluded(heeded))));
    let doubtful = |heeded: &Heeded| matches!(heeded, Heeded::Doubtful(_));
    println!("honest doubtful  {}", Share::of(all().filter(|(noise, _)| !*noise).map(|(_, heeded)| doubtful(heeded))));
}

fn tell_mistakes(written: &[Written], labels: &[Labelled], heeded: &[Heeded]) {
    for ((one, label), heeded) in written.iter().zip(labels).zip(heeded) {
        let Truth { noise, scenario, kind, severity, why } = &one.truth;
        let excluded = matches!(heeded, Heeded::Excluded(_));
        if excluded != noise.is_some() {
            println!("NOISE {noise:?} {heeded:?} {} {}", one.id, one.text);
        }
        if noise.is_none() && (label.kind, label.scenario, label.severity) != (*kind, *scenario, *severity) {
            println!("LABEL {kind:?} {scenario:?} {severity:?} ({why})\n   by {label:?} {} {}", one.id, one.text);
        }
    }
}
