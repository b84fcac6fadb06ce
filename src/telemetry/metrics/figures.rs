//! Figures that stand in the database: read now and then by `serve`, whichever of several; all of them tell the same.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use storage::courier::Presence;
use storage::figures::Queued;
use storage::frontier::Progress;
use storage::outbox::Backlog;

use super::Metrics;

/// What was read at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Figures {
    pub(crate) queues: Vec<Queued>,
    /// By the name of the sweep.
    pub(crate) rounds: Vec<(String, Progress)>,
    pub(crate) workers: Vec<Presence>,
    /// Hosts with their failures in a row.
    pub(crate) worst_hosts: Vec<(String, u64)>,
    pub(crate) stamps_waiting: u64,
    pub(crate) stamp_wanted_at: Option<DateTime<Utc>>,
    /// None where they are not counted.
    pub(crate) evidence_bytes: Option<u64>,
    /// Events that have not come to their destinations.
    pub(crate) backlog: Vec<Backlog>,
    /// What people should have done by now, by kind.
    pub(crate) overdue: Vec<(&'static str, u64)>,
}

impl Metrics {
    /// Tells figures in place of those before.
    pub(crate) fn figures(&self, figures: &Figures, now: DateTime<Utc>) {
        let since = |at: DateTime<Utc>| (now - at).num_milliseconds().max(0) as f64 / 1_000.0;
        let mut jobs = Vec::new();
        let mut oldest: BTreeMap<&str, f64> = BTreeMap::new();
        let mut workers: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for queued in &figures.queues {
            jobs.push((vec![queued.pool.clone(), queued.state.clone()], queued.jobs as f64));
            // What is rare begins with 0: how much it grew by its first one could not be said else.
            self.jobs_given_up.with(&[&queued.pool], |_| ());
            self.jobs_ended.with(&[&queued.pool, "expired"], |_| ());
            // A pool that has jobs is told of also when nobody is there, and when none of them is ready.
            workers.entry(&queued.pool).or_default();
            let waits = if queued.state == "ready" { since(queued.ready_at) } else { 0.0 };
            let longest = oldest.entry(&queued.pool).or_default();
            *longest = longest.max(waits);
        }
        for worker in &figures.workers {
            let (there, slots) = workers.entry(&worker.pool).or_default();
            *there += 1.0;
            *slots += f64::from(worker.at_once);
        }
        let rows = |all: BTreeMap<&str, f64>| -> Vec<_> {
            all.into_iter().map(|(pool, number)| (vec![pool.to_owned()], number)).collect()
        };
        self.queue_jobs.only(&jobs);
        self.queue_oldest.only(&rows(oldest));
        self.workers.only(&rows(workers.iter().map(|(pool, (there, _))| (*pool, *there)).collect()));
        self.worker_slots.only(&rows(workers.iter().map(|(pool, (_, slots))| (*pool, *slots)).collect()));
        self.round_progress.only(&figures.rounds.iter().flat_map(progress).collect::<Vec<_>>());
        let hosts = figures.worst_hosts.iter().take(10);
        self.worst_hosts.only(&hosts.map(|(host, failed)| (vec![host.clone()], *failed as f64)).collect::<Vec<_>>());
        self.stamps_waiting.with(&[], |gauge| gauge.set(figures.stamps_waiting as f64));
        self.stamps_oldest.with(&[], |gauge| gauge.set(figures.stamp_wanted_at.map_or(0.0, since)));
        self.evidence_bytes
            .only(&figures.evidence_bytes.map(|bytes| (Vec::new(), bytes as f64)).into_iter().collect::<Vec<_>>());
        let mut events = Vec::new();
        let mut event_oldest = Vec::new();
        for of in &figures.backlog {
            for (state, count) in [("waiting", of.waiting), ("dead", of.dead)] {
                events.push((vec![of.destination.clone(), state.to_owned()], count as f64));
            }
            event_oldest.push((vec![of.destination.clone()], of.since.map_or(0.0, since)));
        }
        let overdue = figures.overdue.iter().map(|(kind, items)| (vec![(*kind).to_owned()], *items as f64));
        self.overdue_items.only(&overdue.collect::<Vec<_>>());
        self.feed_events.only(&events);
        self.feed_oldest.only(&event_oldest);
        self.figures_at.with(&[], |gauge| gauge.set(now.timestamp() as f64));
    }
}

/// The series of one round.
fn progress((sweep, progress): &(String, Progress)) -> [(Vec<String>, f64); 7] {
    let Progress { ready, held, leased, done, given_up, dead, cancelled } = *progress;
    [
        ("ready", ready),
        ("held", held),
        ("leased", leased),
        ("done", done),
        ("given-up", given_up),
        ("dead", dead),
        ("cancelled", cancelled),
    ]
    .map(|(state, jobs)| (vec![sweep.clone(), state.to_owned()], jobs as f64))
}
