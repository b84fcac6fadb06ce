//! `postlink schedule`: what runs next, and when.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use governance::cadence;
use governance::chance::Chance;
use model::sweep::{Round, RoundCounts, Sweep, SweepState};
use model::units::Clock;
use storage::frontier::Frontier;
use storage::kin::Kin;
use storage::library::Library;
use storage::sweeps::Sweeps;

use super::sweep::{cadence_told, costs, moment_told, opened};
use crate::cli::Schedule;
use crate::exit::Ended;
use crate::round::{Costs, open_round};
use crate::stores::on;

pub(crate) async fn run(schedule: Schedule) -> anyhow::Result<Ended> {
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let stored = opened(&schedule.place, Arc::clone(&clock)).await?;
    let costs = costs(schedule.config.as_deref())?;
    let opened = if schedule.open { on!(&stored, store => open_due(store, &costs, &clock).await) } else { Ok(()) };
    let sweeps = on!(&stored, store => store.sweeps().await);
    stored.close().await;
    opened?;
    let now = clock();
    let mut runs = Vec::new();
    for sweep in sweeps?.iter().filter(|sweep| sweep.state == SweepState::Running) {
        let next = next_runs(sweep, usize::from(schedule.next))?;
        runs.extend(next.into_iter().map(|at| (at, sweep.name.clone(), cadence_told(&sweep.cadence))));
    }
    runs.sort();
    for (at, name, cadence) in &runs {
        let late = if *at <= now { " (due)" } else { "" };
        println!("{}{late}  {name}  {cadence}", moment_told(*at));
    }
    if runs.is_empty() {
        println!("nothing will run");
    }
    Ok(Ended::Clean)
}

/// Opens each round that is due.
async fn open_due(
    store: &(impl Library + Sweeps + Frontier + Kin),
    costs: &Costs,
    clock: &Clock,
) -> anyhow::Result<()> {
    for sweep in store.due(clock()).await? {
        let due = sweep.next_at.unwrap_or_else(|| clock());
        let Round { id, counts, .. } = open_round(store, &sweep, due, costs, clock()).await?;
        let RoundCounts { ads, landings, left_out, jobs } = counts;
        println!("opened {id}: {ads} ads, {landings} landings, {jobs} jobs, {left_out} left out");
    }
    Ok(())
}

/// The next runs of a sweep, the one that is due included.
fn next_runs(sweep: &Sweep, many: usize) -> anyhow::Result<Vec<DateTime<Utc>>> {
    let chance = Chance::of(&sweep.secret);
    let mut runs = Vec::new();
    let mut at = sweep.next_at;
    while let Some(run) = at.filter(|_| runs.len() < many) {
        runs.push(run);
        at = cadence::next(&sweep.cadence, &chance, run)?;
    }
    Ok(runs)
}
