//! Measures a re-check: `cargo run --release -p postlink-tests --example recheck -- LOOKS [TIMES]` keeps each ad that
//! `postlink eval` has seen (`OUT/looks`) so many times, runs `postlink recheck` over that folder, and prints what it cost.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use checker::Words;
use chrono::TimeDelta;
use model::case::Case;
use postlink_tests::postlink::Postlink;

#[path = "../../suite/stored.rs"]
#[expect(dead_code, reason = "tests ask what became of a case that was kept")]
mod stored;

use stored::{How, Stored};

/// Cases that a platform compares anew each night, for the figure beside the goal.
const MANY: f64 = 1e6;
/// Of `/proc/self/stat`: what Linux counts in, whatever the machine.
const TICKS_A_SECOND: f64 = 100.0;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("name the folder `looks` that postlink eval wrote")?);
    let times: usize = arguments.next().map_or(Ok(1), |times| times.parse())?;
    let postlink = Postlink::new()?;
    let cases = keep(&folder, times, &postlink.folder().join("out")).await?;
    let (began, cpu) = (Instant::now(), children_s()?);
    let run = postlink.run(&["recheck", "--data", "out"])?;
    let (took, cpu) = (began.elapsed().as_secs_f64(), children_s()? - cpu);
    ensure!(run.code == Some(0), "{run:?}");
    // Before it begins it learns its words; that it does once.
    let empty = children_s()?;
    postlink.run(&["recheck", "--data", "out", "--since", "2200-01-01"])?;
    let start = children_s()? - empty;
    let each = (cpu - start) / cases as f64;
    println!("{cases} cases, {} build", if cfg!(debug_assertions) { "debug" } else { "release" });
    println!("{:.1} cases a second, {took:.1} s in all, with {start:.2} s CPU to begin", cases as f64 / took);
    println!("{:.1} ms CPU a case; a million cases: {:.1} CPU hours", each * 1000.0, each * MANY / 3600.0);
    Ok(())
}

async fn keep(folder: &Path, times: usize, out: &Path) -> Result<usize> {
    let words = Words::compile(&policies::lexicon()?, policies::senses())?;
    let mut stored = Stored::open(out, &words).await?;
    let mut cases = 0;
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let mut case: Case = serde_json::from_slice(&std::fs::read(entry?.path())?)?;
        for _ in 0..times {
            stored.keep(&case, How::default()).await?;
            case.opened_at += TimeDelta::hours(1);
            cases += 1;
        }
    }
    stored.close().await;
    ensure!(cases > 0, "{} holds no ads", folder.display());
    Ok(cases)
}

/// CPU seconds of the processes that this one started and that have ended.
fn children_s() -> Result<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").context("Linux tells it there")?;
    // Behind the name, which may have blanks in it; `cutime` and `cstime` are the 16th and the 17th of all.
    let (_, numbers) = text.rsplit_once(')').context("the name is in brackets")?;
    let mut numbers = numbers.split_whitespace().skip(13);
    let mut next = || numbers.next().context("it is there")?.parse::<f64>().context("it is a number");
    Ok((next()? + next()?) / TICKS_A_SECOND)
}
