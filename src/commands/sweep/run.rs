//! `postlink sweep run`: a round, here and now, to its end.

use std::path::Path;
use std::sync::Arc;

use model::sweep::{Round, RoundState, SweepState};
use model::units::Clock;
use storage::courier::InProcess;
use storage::frontier::Progress as Jobs;
use storage::sqlite::SqliteStore;
use tokio::sync::watch;

use super::{costs, named, opened_with};
use crate::cases_file;
use crate::cli::Place;
use crate::commands::serve::{embedded, place, side_by_side, take_back};
use crate::commands::work::{name_here, until_told};
use crate::config::{self, Config};
use crate::exit::{Ended, Refused};
use crate::fleet::{Base, Between, Served, Worker, until_over};
use crate::progress::Progress;
use crate::report;
use crate::round::{Costs, open_round};
use crate::sealing::Sealing;
use crate::stores::{Opened, limits};
use crate::telemetry::metrics::Metrics;
use crate::tools::Tools;

pub(super) async fn run(name: &str, config_file: Option<&Path>, at: &Place, clock: Clock) -> anyhow::Result<Ended> {
    let config = config::load(config_file)?;
    let costs = costs(config_file)?;
    let evidence = place(at.database.as_deref(), &at.data, &config)?;
    let limits = limits(&config.evidence);
    match opened_with(at, evidence.clone(), Arc::clone(&clock)).await? {
        Opened::Folder(store) => {
            take_back(&store, &evidence, clock()).await?;
            let store = Arc::new(store.limited(limits));
            let (worker, ended) = to_the_end(Arc::clone(&store), name, &config, &costs, at, clock).await?;
            let written = write_down(&store, &worker.tools, &config).await;
            worker.end().await;
            written?;
            println!("report: {}", at.data.join("report.html").display());
            ended
        }
        Opened::Database(store) => {
            let (worker, ended) = to_the_end(Arc::new(store.limited(limits)), name, &config, &costs, at, clock).await?;
            worker.end().await;
            ended
        }
    }
}

async fn to_the_end(
    store: Arc<impl Base>,
    name: &str,
    config: &Config,
    costs: &Costs,
    at: &Place,
    clock: Clock,
) -> anyhow::Result<(Worker<InProcess>, anyhow::Result<Ended>)> {
    let sweep = named(&*store, name).await?;
    let open = store.open_rounds().await?.into_iter().find(|round| round.sweep == name);
    let round = match open {
        Some(round) if round.state == RoundState::Open => round,
        Some(Round { state: RoundState::Paused, .. }) => return Err(refused(name, "is paused: resume it first")),
        _ if sweep.state == SweepState::Paused => return Err(refused(name, "is paused: resume it first")),
        _ if sweep.state == SweepState::Cancelled => return Err(refused(name, "is cancelled: create another")),
        Some(opening) => {
            open_round(&*store, &sweep, Round::due(&opening.id).unwrap_or_else(|| clock()), costs, clock()).await?
        }
        None => open_round(&*store, &sweep, clock(), costs, clock()).await?,
    };
    let id = round.id.clone();
    let counts = round.counts;
    println!(
        "{id}: {} ads, {} landings, {} jobs, {} left out",
        counts.ads, counts.landings, counts.jobs, counts.left_out
    );
    let courier = Arc::new(InProcess::default());
    let place = place(at.database.as_deref(), &at.data, config)?;
    let metrics = Arc::new(Metrics::new());
    let worker = embedded(Arc::clone(&courier), &sweep.pool, config, &place, &metrics, Arc::clone(&clock)).await?;
    let sealing = Arc::new(Sealing::ready(config, Arc::clone(&clock))?);
    let between = Between { store: Arc::clone(&store), courier, chest: Arc::clone(&worker.chest) };
    let served = Served::new(name_here(), between, config, sealing, metrics, clock).opening_none();
    let (tell, stop) = watch::channel(false);
    let mut told = until_told();
    let over = async {
        let progress = Progress::over_jobs();
        let over = tokio::select! {
            over = until_over(&*store, &id, |jobs| progress.jobs(finished(&jobs), all(&jobs))) => over.map(Some),
            _ = told.wait_for(|told| *told) => Ok(None),
        };
        progress.end();
        tell.send_replace(true);
        over
    };
    let (over, ()) = tokio::join!(over, side_by_side(&served, &worker, stop));
    let ended = match over {
        Ok(Some(_)) => told_of(&*store, &id).await,
        Ok(None) => Err(anyhow::anyhow!("interrupted; what is finished is kept: run it again to go on")),
        Err(error) => Err(error),
    };
    Ok((worker, ended))
}

fn refused(name: &str, why: &str) -> anyhow::Error {
    Refused::Usage(format!("{name} {why}")).into()
}

fn finished(jobs: &Jobs) -> u64 {
    jobs.done + jobs.dead + jobs.cancelled
}

fn all(jobs: &Jobs) -> u64 {
    finished(jobs) + jobs.given_up + jobs.ready + jobs.held + jobs.leased
}

/// Says what came out, and gives the exit code's reason.
async fn told_of(store: &impl Base, round: &str) -> anyhow::Result<Ended> {
    let verdicts = store.verdicts(round).await?;
    let count = |word: &str| verdicts.iter().find(|(verdict, _)| verdict == word).map_or(0, |(_, count)| *count);
    let (violating, inconclusive, clean) = (count("violating"), count("inconclusive"), count("clean"));
    println!("{violating} violating, {inconclusive} inconclusive, {clean} clean");
    Ok(match (violating, inconclusive) {
        (0, 0) => Ended::Clean,
        (0, _) => Ended::Inconclusive,
        _ => Ended::Violations,
    })
}

/// The outputs of the folder, as after `check`.
async fn write_down(store: &SqliteStore, tools: &Tools, config: &Config) -> anyhow::Result<()> {
    cases_file::write(store).await?;
    let lines = report::lines(store).await?;
    report::write(&lines, store, tools, config.report.max_pictures).await
}
