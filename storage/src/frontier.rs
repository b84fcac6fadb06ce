//! Which host may be visited when, and which jobs wait for it: the truth behind every worker and every broker.
//!
//! A host is visited by one job at a time, whoever works: a job holds the host that is asked first, and the one where the last
//! look ended. Where a first look ends nobody knows before. A job is held by a lease with a deadline and a token: what comes
//! after the deadline, or with an older token, counts for nothing. A broker carries granted jobs out and outcomes back; what
//! it loses is granted again when the lease has ended.

use chrono::{DateTime, TimeDelta, Utc};

use crate::store::{CaseId, StoreError};

mod sql;

#[cfg(any(test, feature = "suite"))]
pub mod suite;

pub(crate) use sql::frontier;

/// Where jobs wait. Its promises are the tests in `frontier/suite.rs`.
pub trait Frontier: Send + Sync {
    /// Adds jobs, each id once; gives back how many were new.
    fn enqueue(&self, jobs: &[NewJob]) -> impl Future<Output = Result<usize, StoreError>> + Send;

    /// Leases of up to so many jobs of a pool, the most urgent first, each of hosts that are free.
    fn grant(
        &self,
        pool: &str,
        now: DateTime<Utc>,
        lasts: TimeDelta,
        most: usize,
    ) -> impl Future<Output = Result<Vec<Lease>, StoreError>> + Send;

    /// How many leases of a pool hold.
    fn under_way(&self, pool: &str) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Records what came of a lease, and frees its host after a pause.
    fn complete(&self, done: &Done, now: DateTime<Utc>) -> impl Future<Output = Result<Recorded, StoreError>> + Send;

    /// Records that a lease came to nothing: the job is tried again later, or dead.
    fn fail(&self, failed: &Failed, now: DateTime<Utc>) -> impl Future<Output = Result<Recorded, StoreError>> + Send;

    /// Ends the leases whose deadline lies before a moment; gives back the jobs that were lost so, some at a time.
    fn reap(
        &self,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Vec<Lost>, StoreError>> + Send;

    /// Keeps the waiting jobs of a round from being granted.
    fn hold(&self, round: &str) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Lets them be granted again.
    fn release(&self, round: &str) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Gives up what has not been done of a round, also what is under way: its outcome will be late.
    fn cancel(&self, round: &str, now: DateTime<Utc>) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Jobs that are dead, and whose ads were not told so yet.
    fn given_up(&self, most: usize) -> impl Future<Output = Result<Vec<GivenUp>, StoreError>> + Send;

    /// Says that the ads of a dead job have been told.
    fn settle(&self, job: &str, outcome: &str) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// What a job is about, as [`NewJob::work`] has it.
    fn work(&self, job: &str) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;

    /// What came of a job that is done, as [`Done::outcome`] has it.
    fn outcome(&self, job: &str) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;

    /// The cases of a round, by their ads' ids.
    fn cases_of_round(&self, round: &str) -> impl Future<Output = Result<Vec<CaseId>, StoreError>> + Send;

    /// How many cases of a round have which verdict.
    fn verdicts(&self, round: &str) -> impl Future<Output = Result<Vec<(String, u64)>, StoreError>> + Send;

    /// Takes up a role, or goes on with it; false while another one has it.
    fn lead(
        &self,
        role: &str,
        holder: &str,
        now: DateTime<Utc>,
        lasts: TimeDelta,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// How far a round is.
    fn progress(&self, round: &str) -> impl Future<Output = Result<Progress, StoreError>> + Send;

    /// Every attempt at a job, the first first.
    fn attempts(&self, job: &str) -> impl Future<Output = Result<Vec<Attempt>, StoreError>> + Send;
}

/// A job to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// The same for what must be done once: the landing and the round.
    pub job_id: String,
    pub round: String,
    /// The host that is asked first.
    pub host: String,
    /// A second one that nobody else may visit meanwhile, if it is known where the first one leads.
    pub also: Option<String>,
    /// Region and device of the workers that can do it.
    pub pool: String,
    /// Larger goes first.
    pub priority: i64,
    pub ready_at: DateTime<Utc>,
    pub most_attempts: u32,
    /// What the worker is to do, JSON.
    pub work: String,
}

/// A worker's hold on a job, and on its host.
#[derive(Clone, Debug, PartialEq)]
pub struct Lease {
    pub job_id: String,
    pub host: String,
    pub token: Token,
    /// 1 for the first.
    pub attempt: u32,
    /// The worker has stopped by then, whatever it was doing.
    pub until: DateTime<Utc>,
    pub work: String,
}

/// Grows with each lease that is given, whatever it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub i64);

/// What came of a lease.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    pub job_id: String,
    pub token: Token,
    pub worker: String,
    /// JSON.
    pub outcome: String,
    /// How long the host is left alone now.
    pub pause: TimeDelta,
}

/// A lease that came to nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Failed {
    pub job_id: String,
    pub token: Token,
    pub worker: String,
    pub reason: String,
    /// When to try again; none when that would not help.
    pub retry_in: Option<TimeDelta>,
    /// Whether the host is to blame: after several in a row it is left alone for longer and longer.
    pub by_host: bool,
    /// How long the host is left alone at least, as it asked or as is its pace.
    pub pause: TimeDelta,
}

/// Whether an outcome counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    Recorded,
    /// It was recorded before, under the same token.
    Known,
    /// The lease had ended, or the job was cancelled: it counts for nothing.
    Late,
}

/// A job whose lease ended without a word.
#[derive(Clone, Debug, PartialEq)]
pub struct Lost {
    pub job_id: String,
    pub pool: String,
    pub token: Token,
    pub attempt: u32,
    /// Whether it is not tried again.
    pub dead: bool,
}

/// A job that is not tried again, and came to nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenUp {
    pub job_id: String,
    pub pool: String,
    pub round: String,
    pub work: String,
    pub reason: String,
    pub attempts: u32,
}

/// How many jobs of a round are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub ready: u64,
    pub held: u64,
    pub leased: u64,
    pub done: u64,
    /// Dead, and not all of their ads have been told.
    pub given_up: u64,
    pub dead: u64,
    pub cancelled: u64,
}

impl Progress {
    /// Whether nothing is left to do.
    pub fn is_over(&self) -> bool {
        self.ready + self.held + self.leased + self.given_up == 0
    }
}

/// One lease of a job, and how it ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    pub token: Token,
    pub attempt: u32,
    pub granted_at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub worker: Option<String>,
    /// `done`, `failed`, `expired`, `cancelled`; none while it lasts.
    pub ended: Option<String>,
    pub reason: Option<String>,
    /// When an outcome came that counted for nothing.
    pub late_at: Option<DateTime<Utc>>,
}

/// Failures in a row by a host's fault after which its circuit breaker opens.
const BREAKS_AFTER: i64 = 3;
/// How long it is left alone then, twice as long each further time, and at most.
const FIRST_BREAK: TimeDelta = TimeDelta::minutes(1);
const LONGEST_BREAK: TimeDelta = TimeDelta::hours(6);

/// How long a host is left alone after so many failures in a row.
pub(crate) fn pause_after(failures: i64, pause: TimeDelta) -> TimeDelta {
    let Ok(further) = u32::try_from(failures - BREAKS_AFTER) else { return pause };
    // Doubled no further than the longest needs.
    let broken = FIRST_BREAK * (1 << further.min(16));
    broken.min(LONGEST_BREAK).max(pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_fails_again_and_again_is_left_alone_for_longer_and_longer() {
        let pause = TimeDelta::seconds(2);
        let pauses: Vec<_> =
            [0, 1, 2, 3, 4, 5, 11, 12, 400].map(|failures| pause_after(failures, pause).num_seconds()).into();
        assert_eq!(pauses, [2, 2, 2, 60, 120, 240, 15_360, 21_600, 21_600]);
        assert_eq!(pause_after(3, TimeDelta::hours(9)), TimeDelta::hours(9), "what it asked for is given");
    }
}
