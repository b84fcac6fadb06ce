//! All hostile pages twenty times in one process: `cargo run -p postlink-tests --example soak [ROUNDS]` prints what the
//! process and its browser hold after each round, as rows for `docs/benchmarks.md`.

use std::time::Instant;

use anyhow::{Context, Result, ensure};

#[path = "../suite/soak.rs"]
mod soak;

const ROUNDS: usize = 20;
/// From here on nothing may grow: allocators and the browser have what they keep.
const WARM: usize = 3;

#[tokio::main]
async fn main() -> Result<()> {
    let rounds = std::env::args().nth(1).map_or(Ok(ROUNDS), |rounds| rounds.parse())?;
    let soak = soak::Soak::start(soak::worlds()?).await?;
    println!(
        "| round | s | slowest | gaps | faults | targets | contexts | processes | descriptors | threads | MiB | MiB of the browser |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    let mut pulses = Vec::new();
    for round in 1..=rounds {
        let began = Instant::now();
        let outcomes = soak.round(|_| ()).await?;
        let took = began.elapsed().as_secs();
        let slowest = outcomes.iter().max_by_key(|outcome| outcome.took).context("there are hostile pages")?;
        let gaps: usize = outcomes.iter().map(|outcome| outcome.gaps.len()).sum();
        let faults: Vec<_> = outcomes.iter().flat_map(|outcome| &outcome.faults).collect();
        faults.iter().for_each(|fault| eprintln!("{fault}"));
        let (id, longest) = (&slowest.id, slowest.took.as_secs_f64());
        let p = soak.pulse().await?;
        println!(
            "| {round} | {took} | {id} {longest:.1} | {gaps} | {} | {} | {} | {} | {} | {} | {:.0} | {:.0} |",
            faults.len(),
            p.targets,
            p.contexts,
            p.processes,
            p.descriptors,
            p.threads,
            p.own,
            p.browser
        );
        pulses.push(p);
    }
    let after = soak.stop().await?;
    println!("stopped: {} processes, {} folders", after.processes, after.folders);
    let (Some(warm), Some(last)) = (pulses.get(WARM.min(pulses.len()) - 1), pulses.last()) else { return Ok(()) };
    let growth = last.growth_since(warm);
    ensure!(growth.is_empty(), "from round {WARM} on: {}", growth.join("; "));
    Ok(())
}
