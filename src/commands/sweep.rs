//! `postlink sweep`: what is looked at when, as whom, and for how much.

use std::path::Path;
use std::sync::Arc;

use chrono::Utc;
use governance::sweeping::TurnError;
use model::sweep::{Sweep, SweepState};
use model::units::Clock;
use storage::frontier::Frontier;
use storage::sweeps::Sweeps;

use crate::cli::{self, Place, SweepCommand};
use crate::config;
use crate::exit::{Ended, Refused};
use crate::round::{Costs, Turned, preview, turn as turn_round};
use crate::stores::{self, Opened, on};

mod create;
mod run;
mod told;

pub(super) use told::{cadence as cadence_told, moment as moment_told};

/// Rounds of a sweep that are told.
const LATEST: usize = 10;

pub(crate) async fn run(sweep: cli::Sweep) -> anyhow::Result<Ended> {
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    match sweep.command {
        SweepCommand::Create(asked) => create::run(*asked, clock).await?,
        SweepCommand::List { place } => {
            let stored = opened(&place, clock).await?;
            let sweeps = on!(&stored, store => store.sweeps().await);
            stored.close().await;
            print!("{}", told::list(&sweeps?));
        }
        SweepCommand::Show { name, place } => {
            let stored = opened(&place, clock).await?;
            let shown = on!(&stored, store => show(store, &name).await);
            stored.close().await;
            print!("{}", shown?);
        }
        SweepCommand::Pause { name, place } => turn(&name, &place, clock, SweepState::Paused).await?,
        SweepCommand::Resume { name, place } => turn(&name, &place, clock, SweepState::Running).await?,
        SweepCommand::Cancel { name, place } => turn(&name, &place, clock, SweepState::Cancelled).await?,
        SweepCommand::Run { name, config, place } => return run::run(&name, config.as_deref(), &place, clock).await,
        SweepCommand::Preview { name, config, place } => {
            let costs = costs(config.as_deref())?;
            let stored = opened(&place, Arc::clone(&clock)).await?;
            let seen = on!(&stored, store => async {
                preview(store, &named(store, &name).await?, &costs, clock()).await
            }.await);
            stored.close().await;
            println!("{}", seen?);
        }
    }
    Ok(Ended::Clean)
}

/// What visits cost, as far as the configuration says.
pub(crate) fn costs(config: Option<&Path>) -> anyhow::Result<Costs> {
    let config = config::load(config)?;
    Ok(Costs { assumed: config.sweep, pages_behind: config.crawl.follow.max_pages as u64 })
}

/// A store that is there: none is made by looking into it.
pub(crate) async fn opened(place: &Place, clock: Clock) -> anyhow::Result<Opened> {
    // Of the evidence nothing is asked.
    opened_with(place, storage::evidence::Place::Folder(place.data.clone()), clock).await
}

/// The same, with its evidence.
async fn opened_with(place: &Place, evidence: storage::evidence::Place, clock: Clock) -> anyhow::Result<Opened> {
    if place.database.is_none() && !place.data.join("postlink.db").is_file() {
        let data = place.data.display();
        let refusal = format!("{data} holds no postlink.db: name the folder that was given to `import --data`");
        return Err(Refused::Usage(refusal).into());
    }
    stores::begin(place.database.as_deref(), &place.data, evidence, clock).await
}

async fn named(store: &impl Sweeps, name: &str) -> anyhow::Result<Sweep> {
    match store.sweep(name).await? {
        Some(sweep) => Ok(sweep),
        None => {
            let known: Vec<_> = store.sweeps().await?.into_iter().map(|sweep| sweep.name).collect();
            let known = if known.is_empty() { "there is none yet".to_owned() } else { known.join(", ") };
            Err(Refused::Usage(format!("there is no sweep `{name}`; known: {known}")).into())
        }
    }
}

async fn show(store: &(impl Sweeps + Frontier), name: &str) -> anyhow::Result<String> {
    let sweep = named(store, name).await?;
    let mut rounds = Vec::new();
    for round in store.rounds(name, LATEST).await? {
        let progress = store.progress(&round.id).await?;
        let verdicts = store.verdicts(&round.id).await?;
        rounds.push((round, progress, verdicts));
    }
    Ok(told::whole(&sweep, &rounds))
}

/// Brings a sweep and its open rounds into another state.
async fn turn(name: &str, place: &Place, clock: Clock, to: SweepState) -> anyhow::Result<()> {
    let stored = opened(place, Arc::clone(&clock)).await?;
    let turned = on!(&stored, store => turned(store, name, &clock, to).await);
    stored.close().await;
    println!("{}", turned?);
    Ok(())
}

async fn turned(store: &(impl Sweeps + Frontier), name: &str, clock: &Clock, to: SweepState) -> anyhow::Result<String> {
    let sweep = named(store, name).await?;
    let jobs = match turn_round(store, sweep, to, clock()).await {
        Ok(jobs) => jobs,
        Err(Turned::Not(error @ TurnError::Already { .. })) => return Ok(error.to_string()),
        Err(Turned::Not(error)) => return Err(Refused::Usage(error.to_string()).into()),
        Err(Turned::Store(error)) => return Err(error.into()),
    };
    Ok(match to {
        SweepState::Paused => format!("{name} is paused; {jobs} jobs are held"),
        SweepState::Running => format!("{name} runs again; {jobs} jobs go on"),
        SweepState::Cancelled | SweepState::Done => format!("{name} is cancelled; {jobs} jobs are given up"),
    })
}
