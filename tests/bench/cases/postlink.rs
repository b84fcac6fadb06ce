//! Measures what comparing and judging costs: `cargo run --release -p postlink-tests --example compare -- LOOKS [ROUNDS]`
//! runs every check over each ad that `postlink eval` has seen (`OUT/looks`), again and again, and prints CPU seconds.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use checker::Words;
use model::case::Case;
use policies::Circumstances;

/// Ads that a platform checks again each night, for the figure beside the goal.
const MANY: f64 = 1e6;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("name the folder `looks` that postlink eval wrote")?);
    let rounds: u32 = arguments.next().map_or(Ok(5), |rounds| rounds.parse())?;
    let words = Words::compile(&policies::lexicon()?, policies::senses())?;
    let checks = checker::checks::ALL.iter().map(|check| check.id()).collect();
    let packs = policies::Packs::built_in(&checks)?;
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let case: Case = serde_json::from_slice(&std::fs::read(entry?.path())?)?;
        cases.push(case);
    }
    ensure!(!cases.is_empty(), "{} holds no ads", folder.display());
    let mut each: Vec<f64> = Vec::with_capacity(cases.len());
    let began = cpu_s()?;
    for case in &cases {
        let one = cpu_s()?;
        for _ in 0..rounds {
            let compared = checker::compare(case, &words);
            std::hint::black_box(policies::judge(&compared.findings, &packs, &circumstances(case, &words)));
        }
        each.push((cpu_s()? - one) / f64::from(rounds));
    }
    let mean = (cpu_s()? - began) / (cases.len() as f64 * f64::from(rounds));
    each.sort_by(f64::total_cmp);
    let at = |share: f64| each[((each.len() - 1) as f64 * share) as usize] * 1000.0;
    println!("{} ads, {rounds} rounds, CPU of this process, one thread", cases.len());
    println!(
        "mean {:.2} ms, median {:.1} ms, 95 % {:.1} ms, slowest {:.1} ms an ad",
        mean * 1000.0,
        at(0.5),
        at(0.95),
        at(1.0)
    );
    println!("a million ads: {:.1} CPU hours", mean * MANY / 3600.0);
    Ok(())
}

/// As a case is judged that says nothing of where its ad runs.
fn circumstances(case: &Case, words: &Words) -> Circumstances {
    let markets = ["CN".to_owned()].into();
    Circumstances { kinds: checker::kinds(case, words), ..Circumstances::of(case, &markets) }
}

/// CPU seconds that this process has used, in steps of a nanosecond.
fn cpu_s() -> Result<f64> {
    let text = std::fs::read_to_string("/proc/self/schedstat").context("Linux tells it there")?;
    let ns: f64 = text.split_whitespace().next().context("its first number")?.parse()?;
    Ok(ns / 1e9)
}
