//! Works off jobs: follows one click, reads every ad of the job beside it, and brings back a case for each.
//!
//! A worker speaks with the courier and the evidence, and with no database. What it does not end by the deadline of its lease
//! it drops: somebody else is told to do it then.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::TimeDelta;
use crawler::guard::Pasted;
use futures_util::future::join_all;
use model::ad::Ad;
use model::case::{Gap, Step};
use model::evidence::EvidenceId;
use storage::chest::Chest;
use storage::courier::{Courier, End, FORMAT, Parcel, Presence, Report};
use tokio::sync::watch;
use tracing::{Instrument as _, debug, info, info_span, warn};

use super::allowed::Allowed;
use super::brought::{Brought, BroughtCase};
use super::errand::{AdOfErrand, Errand};
use super::meter::Meter;
use super::once::Once;
use super::told_off;
use super::unseen::{opened, unseen};
use crate::closing::{Closing, Keep as _};
use crate::config::Config;
use crate::creatives;
use crate::pipeline::{self, Visited};
use crate::reconfirm::{self, Limits};
use crate::sealing::Sealing;
use crate::telemetry::context;
use crate::telemetry::metrics::Metrics;
use crate::tools::{Looking, Tools};

/// Between two words of being there.
const ANNOUNCED_EVERY: Duration = Duration::from_secs(5);
/// How long a worker waits for a job before it looks whether it is to stop.
const WAIT: Duration = Duration::from_secs(2);
/// What is left of a lease when a worker drops its job: time for the word that it did.
const BEFORE_DEADLINE: TimeDelta = TimeDelta::seconds(5);
/// After a broker that is away, before it is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// Why an ad was passed over whose advertiser uses as much room as it may.
const NO_ROOM: &str = "no-room";

/// Says when to end: after the jobs that are under way.
pub(crate) type Stop = watch::Receiver<bool>;

/// One process that works, several jobs at once.
pub(crate) struct Worker<C> {
    /// Host and process.
    pub(crate) name: String,
    pub(crate) pool: String,
    pub(crate) at_once: u32,
    pub(crate) courier: Arc<C>,
    pub(crate) chest: Arc<Chest>,
    pub(crate) config: Config,
    pub(crate) tools: Arc<Tools>,
    pub(crate) sealing: Sealing,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) working: AtomicU32,
    pub(crate) done: AtomicU64,
}

impl<C: Courier> Worker<C> {
    /// Ends the browser.
    pub(crate) async fn end(self) {
        if let Some(tools) = Arc::into_inner(self.tools) {
            tools.crawler.stop().await;
        }
    }

    /// Works until it is told to stop; jobs that are under way then come to their end.
    pub(crate) async fn run(&self, stop: Stop) {
        let slots = join_all((0..self.at_once).map(|_| self.slot(stop.clone())));
        tokio::select! {
            _ = slots => {}
            () = self.announce(stop.clone()) => {}
        }
        info!(jobs = self.done.load(Relaxed), "Worker {} is done", self.name);
    }

    /// Says again and again that it is there; when it is to stop, or has no room, that it takes nothing more.
    async fn announce(&self, mut stop: Stop) {
        loop {
            let takes = !*stop.borrow() && self.chest.has_room().await.is_ok();
            let at_once = if takes { self.at_once } else { 0 };
            let version = concat!("postlink ", env!("CARGO_PKG_VERSION")).to_owned();
            let presence = Presence { worker: self.name.clone(), pool: self.pool.clone(), at_once, version };
            if let Err(error) = self.courier.announce(&presence).await {
                warn!(%error, "Could not say that worker {} is there", self.name);
            }
            tokio::select! {
                () = tokio::time::sleep(ANNOUNCED_EVERY) => {}
                changed = stop.changed() => if changed.is_err() {
                    tokio::time::sleep(ANNOUNCED_EVERY).await;
                },
            }
        }
    }

    async fn slot(&self, stop: Stop) {
        while !*stop.borrow() {
            // A job that is not taken costs no attempt: whoever has room does it, or this worker when it has.
            if let Err(error) = self.chest.has_room().await {
                warn!(%error, "No job is taken");
                tokio::time::sleep(ANNOUNCED_EVERY).await;
                continue;
            }
            match self.courier.next(&self.pool, WAIT).await {
                Ok(Some(parcel)) => {
                    self.working.fetch_add(1, Relaxed);
                    self.metrics.worker_busy(&self.pool, 1.0);
                    self.traced(parcel).await;
                    self.metrics.worker_busy(&self.pool, -1.0);
                    self.working.fetch_sub(1, Relaxed);
                    let done = self.done.fetch_add(1, Relaxed) + 1;
                    if done.is_multiple_of(self.config.fleet.renew_browser_jobs.max(1)) {
                        self.tools.crawler.renew().await;
                    }
                }
                Ok(None) => {}
                Err(error) => {
                    warn!(%error, "No job can be had just now");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Goes on with the trace that began when the job was granted.
    async fn traced(&self, parcel: Parcel) {
        let (attempt, empty) = (parcel.attempt, tracing::field::Empty);
        let span = info_span!("work", job.id = %parcel.job_id, attempt, worker = %self.name, host = %parcel.host, trace.id = empty);
        context::go_on(&span, parcel.trace.as_deref());
        context::name_in_logs(&span);
        self.work(parcel).instrument(span).await;
    }

    async fn work(&self, parcel: Parcel) {
        let began = Instant::now();
        let left = parcel.until - (self.tools.clock)() - BEFORE_DEADLINE;
        let Ok(left) = left.to_std() else {
            warn!(job.id = %parcel.job_id, until = %parcel.until, "Job `{}` came after its time; are the clocks right?", parcel.job_id);
            return;
        };
        let end = match tokio::time::timeout(left, self.end_of(&parcel)).await {
            Ok(Ok(end)) => end,
            Ok(Err(error)) => self.failed(&format!("{error:#}"), &parcel),
            Err(_) => self.failed(&format!("it was not done within {} s", left.as_secs()), &parcel),
        };
        let how = if matches!(end, End::Done { .. }) { "done" } else { "failed" };
        self.metrics.worker_ended(&self.pool, how, began.elapsed());
        match &end {
            End::Done { .. } => info!(job.id = %parcel.job_id, attempt = parcel.attempt, "Did job `{}`", parcel.job_id),
            End::Failed { reason, .. } => {
                warn!(job.id = %parcel.job_id, attempt = parcel.attempt, reason, "Job `{}` failed", parcel.job_id);
            }
        }
        let report = Report {
            format: FORMAT,
            job_id: parcel.job_id.clone(),
            token: parcel.token,
            worker: self.name.clone(),
            pool: self.pool.clone(),
            errand: Errand::laid_down(&parcel),
            end,
            trace: context::written(),
        };
        // A broker that is away is asked again, for as long as the word is worth something.
        while let Err(error) = self.courier.report(&report).await {
            warn!(%error, job.id = %parcel.job_id, "What came of job `{}` is not carried yet", parcel.job_id);
            if (self.tools.clock)() > parcel.until {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn failed(&self, reason: &str, parcel: &Parcel) -> End {
        let retry = self.config.fleet.retry_secs.saturating_mul(1_000) << (parcel.attempt.saturating_sub(1)).min(6);
        End::Failed { reason: reason.to_owned(), retry_ms: Some(retry), by_host: false, pause_ms: self.pace() }
    }

    /// Milliseconds between two visits to one host.
    fn pace(&self) -> u64 {
        (self.config.sweep.host_pause_secs * 1_000.0) as u64
    }

    async fn end_of(&self, parcel: &Parcel) -> anyhow::Result<End> {
        let errand = Errand::unpacked(parcel, &self.chest).await.context("read what is to be done")?;
        // The lease is another's then, whatever kept this process from noticing.
        let left = (parcel.until - (self.tools.clock)()).to_std().unwrap_or_default();
        let until = Some(Instant::now() + left);
        let pasted = self.pasted(&errand).await?;
        let looking = Looking { visitors: errand.work.visitors.clone(), levels: errand.work.depth, until, pasted };
        let meter = Meter::start();
        let once = Once::into(&self.chest);
        let mut brought = Brought { cases: Vec::new(), seen: None, took: None, visit: None };
        let mut pause_ms = self.pace();
        let mut allowed = Allowed::default();
        // The first one that is examined has its click followed.
        if let Some(first) = errand.ads.iter().find(|one| allowed.refuses(one).is_none()) {
            let (mut visited, looked) = self.visited(&errand, &first.ad, &looking).await?;
            let took = meter.took(&visited, self.working.load(Relaxed));
            if looked {
                pause_ms = pause_ms.max(told_off::pause_ms(&visited, (self.tools.clock)()));
                if let Some(why) = told_off::try_again(&visited, &looking)
                    && parcel.attempt < errand.most_attempts
                {
                    let End::Failed { reason, retry_ms, .. } = self.failed(&why.reason, parcel) else {
                        unreachable!("internal error: a failure is one")
                    };
                    return Ok(End::Failed { reason, retry_ms, by_host: why.by_host, pause_ms });
                }
                // The cases rest on it, too: as long as one of them is kept, a cheap look can go on from it.
                let artefact = visited.artefact();
                (brought.visit, brought.took) = (Some(artefact.id()), Some(took));
                visited.kept.keep_all(vec![artefact]);
                for evidence in visited.kept.all() {
                    once.keep(evidence).await?;
                }
            } else {
                brought.visit = errand.visit;
                pause_ms = 0;
            }
            let mut bad = false;
            for one in &errand.ads {
                let span = info_span!("ad", ad.id = %one.ad.ad_id);
                let case = match allowed.refuses(one) {
                    Some(why) => self.passed_over(parcel, one, why, &once).instrument(span).await?,
                    None => {
                        let (case, found) = self.case(parcel, one, &visited, &looking, &once).instrument(span).await?;
                        bad |= found;
                        case
                    }
                };
                allowed.took(one, &case.outcome.evidence);
                brought.cases.push(case);
            }
            brought.seen = brought.visit.filter(|_| looked).and_then(|visit| reconfirm::seen(&visited, visit, bad));
        } else {
            pause_ms = 0;
            for one in &errand.ads {
                let why = allowed.refuses(one).unwrap_or_default();
                brought.cases.push(self.passed_over(parcel, one, why, &once).await?);
            }
        }
        let outcome = self.chest.lay_down(parcel.token(), &serde_json::to_vec(&brought)?).await?;
        Ok(End::Done { outcome, pause_ms })
    }

    /// The page that was given in place of an address: an ad that has one is alone in its job, since nothing else leads there.
    async fn pasted(&self, errand: &Errand) -> anyhow::Result<Option<Pasted>> {
        for one in &errand.ads {
            if let Some(id) = one.files.get(creatives::PASTED) {
                let page = self.chest.read(*id).await.context("fetch the page that was pasted")?;
                return Ok(Pasted::at(&one.ad.click_url, page));
            }
        }
        Ok(None)
    }

    /// What the click of an ad meets, or met before and does still, or what another job met; and whether somebody
    /// looked now.
    async fn visited(&self, errand: &Errand, ad: &Ad, looking: &Looking) -> anyhow::Result<(Visited, bool)> {
        if let Some(id) = errand.visit {
            let read = |id: EvidenceId| async move { Ok(self.chest.read(id).await?) };
            return Ok((Visited::recalled(id, read).await.context("read what another job met")?, false));
        }
        if let Some(last) = &errand.work.last {
            let read = |id: EvidenceId| async move { Ok(self.chest.read(id).await?) };
            let limits = Limits::of(&self.config);
            let again = info_span!("reconfirm", ad.id = %ad.ad_id);
            let same = reconfirm::same(last, ad, &limits, looking, &self.tools, read);
            if let Some(same) = same.instrument(again).await {
                return Ok((same, true));
            }
        }
        let visit = info_span!("visit", ad.id = %ad.ad_id);
        Ok((pipeline::visit(ad, looking, &self.tools).instrument(visit).await, true))
    }

    /// The case of an ad whose advertiser uses as much room as it may.
    async fn passed_over(
        &self,
        parcel: &Parcel,
        one: &AdOfErrand,
        why: String,
        once: &Once<'_>,
    ) -> anyhow::Result<BroughtCase> {
        let (step, reason) = (Step::Keep, NO_ROOM.to_owned());
        let gap = Gap { step, reason, visitor: None, hop: None, retry: true, detail: why };
        let (opened, outcome) = unseen(&parcel.job_id, one.ad.clone(), gap, once, (self.tools.clock)()).await?;
        Ok(BroughtCase { opened, outcome })
    }

    /// One ad held against what was met; and whether something was found.
    async fn case(
        &self,
        parcel: &Parcel,
        one: &AdOfErrand,
        visited: &Visited,
        looking: &Looking,
        once: &Once<'_>,
    ) -> anyhow::Result<(BroughtCase, bool)> {
        let AdOfErrand { ad, files, earlier, .. } = one;
        let read = |id: EvidenceId| async move { Ok(self.chest.read(id).await?) };
        let laid_out = creatives::lay_out(ad, files, read).await?;
        let opened = opened(&parcel.job_id, ad, (self.tools.clock)());
        let folder: &Path = laid_out.folder.path();
        let seen =
            pipeline::read(laid_out.ad, visited.clone(), folder, &self.tools).instrument(info_span!("read")).await;
        let examined = pipeline::say(seen, earlier.clone(), &self.tools).instrument(info_span!("say")).await;
        let closing = Closing { config: &self.config, tools: &self.tools, looking, sealing: &self.sealing };
        let closed = closing.close(examined, earlier.clone(), &opened.case_id, once);
        let (case, outcome) = closed.instrument(info_span!("keep")).await?;
        debug!(ad.id = %case.ad.ad_id, verdict = outcome.verdict, "Examined ad `{}`", case.ad.ad_id);
        Ok((BroughtCase { opened, outcome }, !case.violations.is_empty()))
    }
}
