//! What is counted and measured, one line each, in `Metrics::new`: docs/metrics.md is made from it.
//!
//! Names follow the conventions of Prometheus. A label's values are few: pools, states, words of ours. What grows with the
//! web, such as hosts, ads or addresses, is no label: each value would be a series of its own, for ever, in whatever keeps
//! them. Of hosts only the few worst are told.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::Histogram;

mod figures;
mod labelled;
mod process;
mod told;

pub(crate) use figures::Figures;
use labelled::{Labelled, Number};
use told::Telling;
pub(crate) use told::{About, By};

/// Seconds: a cheap look again, the seconds of one visitor, the minutes of many.
const JOB_SECONDS: [f64; 11] = [0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 60.0, 120.0, 300.0, 600.0];

/// Everything that this process tells in figures.
pub(crate) struct Metrics {
    telling: Telling,
    jobs_granted: Labelled<Counter>,
    jobs_ended: Labelled<Counter>,
    jobs_given_up: Labelled<Counter>,
    gaps: Labelled<Counter>,
    verdicts: Labelled<Counter>,
    host_failures: Labelled<Counter>,
    rounds_opened: Labelled<Counter>,
    queue_jobs: Labelled<Number>,
    queue_oldest: Labelled<Number>,
    round_progress: Labelled<Number>,
    workers: Labelled<Number>,
    worker_slots: Labelled<Number>,
    worst_hosts: Labelled<Number>,
    stamps_waiting: Labelled<Number>,
    stamps_oldest: Labelled<Number>,
    evidence_bytes: Labelled<Number>,
    feed_events: Labelled<Number>,
    feed_oldest: Labelled<Number>,
    feed_sent: Labelled<Counter>,
    overdue_items: Labelled<Number>,
    figures_at: Labelled<Number>,
    worker_busy: Labelled<Number>,
    worker_jobs: Labelled<Counter>,
    job_seconds: Labelled<Histogram>,
}

impl Metrics {
    #[rustfmt::skip] // one metric a line
    pub(crate) fn new() -> Self {
        let mut t = Telling::new();
        let seconds = || Histogram::new(JOB_SECONDS);
        let all = Self {
            jobs_granted: t.counter(By::Serve, "postlink_jobs_granted", &["pool"], "Jobs that were handed to workers, each attempt once"),
            jobs_ended: t.counter(By::Serve, "postlink_jobs_ended", &["pool", "how"], "Attempts that ended: `done`, `failed`, `expired` without a word, `late` and counted for nothing"),
            jobs_given_up: t.counter(By::Serve, "postlink_jobs_given_up", &["pool"], "Jobs that were dead after their last attempt: their ads are told as not visited"),
            gaps: t.counter(By::Serve, "postlink_gaps", &["reason"], "What could not be seen, by the reason that stands in the cases"),
            verdicts: t.counter(By::Serve, "postlink_verdicts", &["verdict"], "Cases that were recorded: `clean`, `violating`, `inconclusive`"),
            host_failures: t.counter(By::Serve, "postlink_host_failures", &[], "Attempts that failed by the host's fault: it was not reached, or sent us away"),
            rounds_opened: t.counter(By::Serve, "postlink_rounds_opened", &[], "Rounds of sweeps that began"),
            queue_jobs: t.gauge(By::Serve, "postlink_queue_jobs", &["pool", "state"], "Jobs that are not over: `ready`, `held` by a paused sweep, `leased` to a worker"),
            queue_oldest: t.gauge(By::Serve, "postlink_queue_oldest_seconds", &["pool"], "For how long the job has been ready that waits longest"),
            round_progress: t.gauge(By::Serve, "postlink_round_progress", &["sweep", "state"], "Jobs of the round that a sweep is in, by state; the 100 oldest rounds that are not over"),
            workers: t.gauge(By::Serve, "postlink_workers", &["pool"], "Workers that said lately that they are there; 0 for a pool that has jobs and nobody"),
            worker_slots: t.gauge(By::Serve, "postlink_worker_slots", &["pool"], "Jobs that those workers can do side by side"),
            worst_hosts: t.gauge(By::Serve, "postlink_host_failures_in_row", &["host"], "The ten hosts with the most failures in a row, and how many"),
            stamps_waiting: t.gauge(By::Serve, "postlink_stamps_waiting", &[], "Time stamps that no authority has given yet"),
            stamps_oldest: t.gauge(By::Serve, "postlink_stamps_oldest_seconds", &[], "For how long the time stamp has been wanted that waits longest"),
            evidence_bytes: t.gauge(By::Serve, "postlink_evidence_bytes", &[], "Bytes of all evidence; only where `evidence.max_bytes` sets a limit, since they are counted for it"),
            feed_events: t.gauge(By::Serve, "postlink_feed_events", &["destination", "state"], "Events that have not come to a destination: `waiting`, or `dead` after their last attempt"),
            feed_oldest: t.gauge(By::Serve, "postlink_feed_oldest_seconds", &["destination"], "How long ago the oldest event happened that waits for a destination"),
            feed_sent: t.counter(By::Serve, "postlink_feed_attempts", &["destination", "how"], "Attempts to tell a destination of an event: `sent`, `failed`, or `dead` after the last one"),
            overdue_items: t.gauge(By::Serve, "postlink_overdue_items", &["kind"], "What people should have done by now: a `decision` 72 hours after a case was found, a `complaint` settled in 5 or 7 working days"),
            figures_at: t.gauge(By::Serve, "postlink_figures_timestamp_seconds", &[], "When the figures above were read from the database, in seconds since 1970"),
            worker_busy: t.gauge(By::Work, "postlink_worker_jobs", &["pool"], "Jobs that this worker is doing"),
            worker_jobs: t.counter(By::Work, "postlink_worker_jobs_ended", &["pool", "how"], "Jobs that this worker brought back, `done` or `failed`"),
            job_seconds: t.histogram(By::Work, "postlink_job_duration_seconds", &["pool"], "From the moment a worker took a job until what came of it was known", seconds),
            telling: { process::tell(&mut t); t },
        };
        // Without labels there is one series, and it is told from the first moment on: 0 is something, too.
        for counter in [&all.host_failures, &all.rounds_opened] {
            counter.with(&[], |_| ());
        }
        all
    }

    /// In the text format of Prometheus.
    pub(crate) fn text(&self) -> String {
        self.telling.text()
    }

    /// Every metric there is, for docs/metrics.md.
    pub(crate) fn about(&self) -> &[About] {
        self.telling.all()
    }

    pub(crate) fn job_granted(&self, pool: &str) {
        self.jobs_granted.with(&[pool], |counter| counter.inc());
    }

    /// An attempt ended.
    pub(crate) fn job_ended(&self, pool: &str, how: &str) {
        self.jobs_ended.with(&[pool, how], |counter| counter.inc());
    }

    pub(crate) fn job_given_up(&self, pool: &str) {
        self.jobs_given_up.with(&[pool], |counter| counter.inc());
    }

    /// A case was recorded, with what could not be seen of it.
    pub(crate) fn case(&self, verdict: &str, reasons: &[String]) {
        self.verdicts.with(&[verdict], |counter| counter.inc());
        for reason in reasons {
            self.gaps.with(&[reason], |counter| counter.inc());
        }
    }

    pub(crate) fn host_failed(&self) {
        self.host_failures.with(&[], |counter| counter.inc());
    }

    /// An attempt to tell a destination ended.
    pub(crate) fn told(&self, destination: &str, how: &str) {
        self.feed_sent.with(&[destination, how], |counter| counter.inc());
    }

    pub(crate) fn round_opened(&self) {
        self.rounds_opened.with(&[], |counter| counter.inc());
    }

    /// A worker began (1) or ended (-1) a job.
    pub(crate) fn worker_busy(&self, pool: &str, by: f64) {
        self.worker_busy.with(&[pool], |gauge| gauge.inc_by(by));
    }

    pub(crate) fn worker_ended(&self, pool: &str, how: &str, took: Duration) {
        self.worker_jobs.with(&[pool, how], |counter| counter.inc());
        self.job_seconds.with(&[pool], |histogram| histogram.observe(took.as_secs_f64()));
    }
}

#[cfg(test)]
mod tests;
