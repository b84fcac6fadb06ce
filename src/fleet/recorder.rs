//! Records what workers bring back: the cases of a job, what its landing was like, and that it is done.
//!
//! Each step may be done again: a case is recorded once for its ad and round, whoever brings it, and a report comes again
//! until it is confirmed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use governance::chance::Chance;
use governance::revisit::{self, Share};
use model::case::Gap;
use model::evidence::EvidenceId;
use model::landing::Seen;
use model::sweep::{Cadence, Round, Sweep, Work};
use model::units::Clock;
use serde::Deserialize;
use storage::chest::Chest;
use storage::courier::{Courier, End, Report};
use storage::frontier::{Done, Failed, Recorded};
use storage::store::{Filed, OfJob, StoreError};
use storage::sweeps::Sweeps;
use tokio::sync::Mutex;
use tracing::{Instrument as _, info, info_span, warn};

use super::Base;
use super::brought::{Brought, BroughtCase, Remembered};
use super::worker::Stop;
use crate::round::{Costs, Took, looked, next_part, shared_out};
use crate::sealing::Sealing;
use crate::telemetry::context;
use crate::telemetry::metrics::Metrics;

/// How long a recorder waits for a report before it looks whether it is to stop.
const WAIT: Duration = Duration::from_secs(1);
/// After a database or a broker that is away, before it is asked again.
const PAUSE: Duration = Duration::from_secs(1);
/// How a budget is shared out over landings holds for so long.
const SHARE_LASTS: Duration = Duration::from_secs(3_600);

/// Hears reports, and records them. Several may do so at once.
pub(crate) struct Recorder<S, C> {
    pub(crate) store: Arc<S>,
    pub(crate) courier: Arc<C>,
    pub(crate) chest: Arc<Chest>,
    pub(crate) clock: Clock,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) sealing: Arc<Sealing>,
    pub(crate) costs: Costs,
    pub(crate) retry: TimeDelta,
    pub(crate) shares: Mutex<HashMap<String, (Instant, Share)>>,
}

impl<S: Base, C: Courier> Recorder<S, C> {
    /// Records until it is told to stop, and nothing is left to be heard.
    pub(crate) async fn run(&self, stop: Stop) {
        loop {
            match self.courier.hear(WAIT).await {
                Ok(Some((report, receipt))) => match self.traced(&report).await {
                    Ok(()) => match self.courier.confirm(receipt).await {
                        Ok(()) => self.clear(&report).await,
                        Err(error) => {
                            warn!(%error, job.id = %report.job_id, "A report was recorded, and will come again");
                        }
                    },
                    Err(error) => {
                        warn!(error = format!("{error:#}"), job.id = %report.job_id, "A report is not recorded yet");
                        if *stop.borrow() {
                            break;
                        }
                        tokio::time::sleep(PAUSE).await;
                    }
                },
                Ok(None) if *stop.borrow() => break,
                Ok(None) => {}
                Err(error) => {
                    warn!(%error, "No report can be had just now");
                    if *stop.borrow() {
                        break;
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Takes away what travelled for a job; what cannot be taken away now goes by age.
    async fn clear(&self, report: &Report) {
        let outcome = match report.end {
            End::Done { outcome, .. } => Some(outcome),
            End::Failed { .. } => None,
        };
        for id in report.errand.into_iter().chain(outcome) {
            if let Err(error) = self.chest.clear(report.token(), id).await {
                info!(%error, job.id = %report.job_id, "What travelled for job `{}` is taken away later", report.job_id);
            }
        }
    }

    /// Goes on with the trace of the worker.
    async fn traced(&self, report: &Report) -> anyhow::Result<()> {
        let span =
            info_span!("record", job.id = %report.job_id, worker = %report.worker, trace.id = tracing::field::Empty);
        context::go_on(&span, report.trace.as_deref());
        context::name_in_logs(&span);
        self.record(report).instrument(span).await
    }

    /// Counts how an attempt ended; what was told before is not told again.
    fn ended(&self, report: &Report, recorded: Recorded, how: &str) {
        match recorded {
            Recorded::Recorded => self.metrics.job_ended(&report.pool, how),
            Recorded::Late => self.metrics.job_ended(&report.pool, "late"),
            Recorded::Known => {}
        }
    }

    async fn record(&self, report: &Report) -> anyhow::Result<()> {
        match &report.end {
            End::Failed { reason, retry_ms, by_host, pause_ms } => {
                let failed = Failed {
                    job_id: report.job_id.clone(),
                    token: report.token(),
                    worker: report.worker.clone(),
                    reason: reason.clone(),
                    retry_in: retry_ms.map(millis),
                    by_host: *by_host,
                    pause: millis(*pause_ms),
                };
                let recorded = self.store.fail(&failed, (self.clock)()).await?;
                self.ended(report, recorded, "failed");
                if *by_host && recorded == Recorded::Recorded {
                    self.metrics.host_failed();
                }
                Ok(())
            }
            End::Done { outcome, pause_ms } => match self.file(report, *outcome, millis(*pause_ms)).await {
                // What a worker says that it kept is not there: somebody else is to look.
                Err(error) if is_lost(&error) => {
                    warn!(error = format!("{error:#}"), job.id = %report.job_id, "What came of job `{}` cannot be read", report.job_id);
                    let failed = Failed {
                        job_id: report.job_id.clone(),
                        token: report.token(),
                        worker: report.worker.clone(),
                        reason: format!("{error:#}"),
                        retry_in: Some(self.retry),
                        by_host: false,
                        pause: millis(*pause_ms),
                    };
                    let recorded = self.store.fail(&failed, (self.clock)()).await?;
                    self.ended(report, recorded, "failed");
                    Ok(())
                }
                ended => ended,
            },
        }
    }

    async fn file(&self, report: &Report, brought: EvidenceId, pause: TimeDelta) -> anyhow::Result<()> {
        let remembered = brought;
        let bytes = self.chest.pick_up(report.token(), brought).await.context("read what a worker brought back")?;
        let brought: Brought = serde_json::from_slice(&bytes)
            .map_err(|error| anyhow::Error::new(Unreadable(error)))
            .context("read what a worker brought back")?;
        let work = self.store.work(&report.job_id).await?;
        let Some(work) = work.and_then(|work| serde_json::from_str::<Work>(&work).ok()) else {
            warn!(job.id = %report.job_id, "Passed over a report of job `{}`, which nobody knows", report.job_id);
            return Ok(());
        };
        let round = Round::of_job(&report.job_id, &work).to_owned();
        let job = OfJob { job_id: report.job_id.clone(), round: round.clone(), token: Some(report.token()) };
        let (mut told, mut late) = (0, false);
        for BroughtCase { opened, outcome } in brought.cases {
            let (verdict, reasons) = (outcome.verdict.clone(), reasons(&outcome.line));
            match self.store.finish_for(&job, opened, outcome).await? {
                Filed::Recorded(_) => {
                    told += 1;
                    self.metrics.case(&verdict, &reasons);
                }
                Filed::Known => {}
                Filed::Late => {
                    info!(job.id = %report.job_id, "What came of job `{}` came late, and counts for nothing", report.job_id);
                    late = true;
                    break;
                }
            }
        }
        if told > 0 {
            self.sealing.after_case(&*self.store).await;
        }
        let known_round = if late { None } else { self.round(&round).await? };
        if let (Some((sweep, round)), Some(seen)) = (&known_round, brought.seen)
            // When others look again is not for those to say who know when this was looked at.
            && sweep.scope.ad.is_none()
        {
            self.remember(sweep, round, &work, seen, brought.took).await?;
        }
        if let Some((sweep, round)) = &known_round {
            // Where nobody looked, those that are left look for themselves.
            let look_of = brought.visit.map(|_| work.look_of.clone().unwrap_or_else(|| report.job_id.clone()));
            // Before the job is done: a round is over when nothing is left of it.
            if let Some(next) = next_part(&*self.store, sweep, &self.costs, round, &work, look_of).await? {
                self.store.enqueue(&[next]).await?;
            }
        }
        let outcome = serde_json::to_string(&Remembered { brought: remembered, visit: brought.visit })?;
        let done = Done {
            job_id: report.job_id.clone(),
            token: report.token(),
            worker: report.worker.clone(),
            outcome,
            pause,
        };
        let recorded = self.store.complete(&done, (self.clock)()).await?;
        self.ended(report, recorded, "done");
        if recorded == Recorded::Recorded {
            info!(job.id = %report.job_id, worker = %report.worker, cases = told, "Recorded job `{}`", report.job_id);
        }
        Ok(())
    }

    async fn round(&self, id: &str) -> anyhow::Result<Option<(Sweep, Round)>> {
        let Some(round) = self.store.round(id).await? else { return Ok(None) };
        Ok(Sweeps::sweep(&*self.store, &round.sweep).await?.map(|sweep| (sweep, round)))
    }

    /// What is known of a landing, with this look.
    async fn remember(
        &self,
        sweep: &Sweep,
        round: &Round,
        work: &Work,
        seen: Seen,
        took: Option<Took>,
    ) -> anyhow::Result<()> {
        let known = self.store.known(std::slice::from_ref(&work.landing.id)).await?;
        let Some(known) = known.into_iter().next() else { return Ok(()) };
        // It came before, and was not confirmed; or a later look was faster.
        if known.last.as_ref().is_some_and(|last| last.at >= seen.at) {
            return Ok(());
        }
        let share = self.share(sweep, round.opened_at).await?;
        let took = took.unwrap_or(Took { cpu_ms: 0.0, bytes: 0.0, ms: 0.0 });
        let known = looked(&known, seen, took, &share, &Chance::of(&sweep.secret));
        self.store.looked(&known).await?;
        Ok(())
    }

    /// How often the landings of a sweep are looked at; one that is not continuous has no say in that: a look a day.
    async fn share(&self, sweep: &Sweep, at: DateTime<Utc>) -> anyhow::Result<Share> {
        if sweep.cadence != Cadence::Continuous {
            return Ok(revisit::share(std::iter::once((1.0, 1.0)), 1.0));
        }
        let mut shares = self.shares.lock().await;
        if let Some((since, share)) = shares.get(&sweep.name)
            && since.elapsed() < SHARE_LASTS
        {
            return Ok(*share);
        }
        let share = shared_out(&*self.store, sweep, &self.costs, 0.0, at).await?;
        shares.insert(sweep.name.clone(), (Instant::now(), share));
        Ok(share)
    }
}

/// Why something of a case could not be seen.
fn reasons(line: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct Line {
        gaps: Vec<Gap>,
    }
    let line: Line = serde_json::from_str(line).unwrap_or(Line { gaps: Vec::new() });
    line.gaps.into_iter().map(|gap| gap.reason).collect()
}

fn millis(count: u64) -> TimeDelta {
    TimeDelta::milliseconds(i64::try_from(count).unwrap_or(i64::MAX / 1_000_000))
}

/// An outcome of another form than is known here.
#[derive(Debug, thiserror::Error)]
#[error("it is no outcome that this version knows: {0}")]
struct Unreadable(serde_json::Error);

/// Whether it is what was brought that is wrong, and not the database or the broker.
fn is_lost(error: &anyhow::Error) -> bool {
    let store = error.downcast_ref::<StoreError>();
    let lost = |error: &StoreError| {
        matches!(
            error,
            StoreError::NotKept { .. }
                | StoreError::Unreadable { .. }
                | StoreError::Changed { .. }
                | StoreError::NotOneLine(_)
        )
    };
    store.is_some_and(lost) || error.downcast_ref::<Unreadable>().is_some()
}
