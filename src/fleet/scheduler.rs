//! Opens rounds when they are due, ends them when nothing is left to do, and tells ads whose job was given up.

use std::sync::Arc;

use model::case::{Gap, Step};
use model::sweep::{Cadence, Round, RoundState, SweepState, Work};
use model::units::Clock;
use storage::frontier::GivenUp;
use storage::stamp::Which;
use storage::store::{Filed, OfJob};
use storage::sweeps::Sweeps;
use tracing::{info, warn};

use super::Base;
use super::unseen::unseen;
use crate::round::{Costs, next_part, open_round};
use crate::sealing::Sealing;
use crate::telemetry::metrics::Metrics;

/// Jobs that were given up, of one look.
const GIVEN_UP_AT_ONCE: usize = 100;

/// Why an ad whose job was given up could not be seen.
const NOT_VISITED: &str = "not-visited";

/// One of several leads.
pub(crate) struct Scheduler<S> {
    pub(crate) store: Arc<S>,
    pub(crate) clock: Clock,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) sealing: Arc<Sealing>,
    pub(crate) costs: Costs,
}

impl<S: Base> Scheduler<S> {
    /// Opens the rounds that are due.
    pub(crate) async fn open_due(&self) -> anyhow::Result<()> {
        for sweep in Sweeps::due(&*self.store, (self.clock)()).await? {
            let now = (self.clock)();
            let round = open_round(&*self.store, &sweep, sweep.next_at.unwrap_or(now), &self.costs, now).await?;
            let counts = round.counts;
            self.metrics.round_opened();
            info!(round = %round.id, ads = counts.ads, landings = counts.landings, jobs = counts.jobs, "Opened {}", round.id);
        }
        Ok(())
    }

    /// Tells the ads of jobs that were given up, and ends the rounds of which nothing is left.
    pub(crate) async fn settle(&self) -> anyhow::Result<()> {
        loop {
            let given_up = self.store.given_up(GIVEN_UP_AT_ONCE).await?;
            for job in &given_up {
                self.tell(job).await?;
            }
            if given_up.len() < GIVEN_UP_AT_ONCE {
                break;
            }
        }
        for round in self.store.open_rounds().await? {
            if round.state == RoundState::Open && self.store.progress(&round.id).await?.is_over() {
                self.end(round).await?;
            }
        }
        Ok(())
    }

    async fn end(&self, round: Round) -> anyhow::Result<()> {
        let now = (self.clock)();
        info!(round = %round.id, "{} is over", round.id);
        let sweep = Sweeps::sweep(&*self.store, &round.sweep).await?;
        self.store.save_round(&Round { state: RoundState::Done, ended_at: Some(now), ..round }).await?;
        if let Some(mut sweep) = sweep
            && matches!(sweep.cadence, Cadence::Once { .. })
            && sweep.state == SweepState::Running
        {
            (sweep.state, sweep.next_at) = (SweepState::Done, None);
            self.store.save(&sweep).await?;
        }
        // A checkpoint stands for all that the round came to. No case is the worse where none can be made just now.
        match self.sealing.close(&*self.store, Which::Due).await {
            Ok(told) => told.warning().map_or((), |warning| warn!("{warning}")),
            Err(error) => warn!(%error, "The log has no new checkpoint"),
        }
        Ok(())
    }

    /// Gives each ad of a job that was given up a case that says so: what could not be seen is inconclusive.
    async fn tell(&self, job: &GivenUp) -> anyhow::Result<()> {
        let now = (self.clock)();
        self.metrics.job_given_up(&job.pool);
        warn!(job.id = %job.job_id, reason = %job.reason, "Gave up job `{}` after {} attempts", job.job_id, job.attempts);
        let Ok(work) = serde_json::from_str::<Work>(&job.work) else {
            warn!(job.id = %job.job_id, "Job `{}` cannot be read: no ad can be told", job.job_id);
            self.store.settle(&job.job_id, "{}").await?;
            return Ok(());
        };
        let of = OfJob { job_id: job.job_id.clone(), round: job.round.clone(), token: None };
        for known in self.store.ads(&work.ads).await? {
            let (opened, outcome) =
                unseen(&job.job_id, serde_json::from_str(&known.ad)?, not_visited(job), &*self.store, now).await?;
            let verdict = outcome.verdict.clone();
            if let Filed::Recorded(case) = self.store.finish_for(&of, opened, outcome).await? {
                self.metrics.case(&verdict, &[NOT_VISITED.to_owned()]);
                info!(ad.id = %case.ad_id, "Ad `{}` was not seen in {}", case.ad_id, job.round);
            }
        }
        if let Some(round) = self.store.round(&job.round).await?
            && let Some(sweep) = Sweeps::sweep(&*self.store, &round.sweep).await?
        {
            // There is no look for it to go on from.
            if let Some(next) = next_part(&*self.store, &sweep, &self.costs, &round, &work, None).await? {
                self.store.enqueue(&[next]).await?;
            }
        }
        let outcome = serde_json::json!({"given_up": job.reason}).to_string();
        Ok(self.store.settle(&job.job_id, &outcome).await?)
    }
}

fn not_visited(job: &GivenUp) -> Gap {
    Gap {
        step: Step::Follow,
        reason: NOT_VISITED.into(),
        visitor: None,
        hop: None,
        retry: true,
        detail: format!(
            "The click was not followed to its end in {} attempts; the last came to nothing because: {}. The next round tries again.",
            job.attempts, job.reason
        ),
    }
}
