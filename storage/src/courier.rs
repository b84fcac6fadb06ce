//! Carries granted jobs to workers, and what came of them back: within one process, or over NATS JetStream.
//!
//! A courier may lose anything, and bring anything twice: the frontier grants again what nobody spoke of, and fences what
//! comes late or twice. So nothing is kept here that is not in the database as well.

use std::time::Duration;

use chrono::{DateTime, Utc};
use model::evidence::EvidenceId;
use serde::{Deserialize, Serialize};

use crate::frontier::{Lease, Token};

mod in_process;
mod jetstream;
mod roll;

#[cfg(test)]
mod suite;

pub use in_process::InProcess;
pub use jetstream::JetStream;

/// The form of parcels and reports that this program writes. It reads those of its own number; fields it does not know are
/// passed over, so that workers and recorder need not be brought up to date in one moment.
pub const FORMAT: u32 = 1;

/// Carries parcels and reports. Its promises are the tests in `courier/suite.rs`.
pub trait Courier: Send + Sync {
    /// Hands a job to whichever worker of its pool asks first.
    fn send(&self, pool: &str, parcel: &Parcel) -> impl Future<Output = Result<(), CourierError>> + Send;

    /// The next job of a pool; none when none came for so long. It is this worker's now: nobody else gets it.
    fn next(&self, pool: &str, wait: Duration) -> impl Future<Output = Result<Option<Parcel>, CourierError>> + Send;

    /// Tells what came of a job.
    fn report(&self, report: &Report) -> impl Future<Output = Result<(), CourierError>> + Send;

    /// The next report; none when none came for so long. It comes again until it is confirmed.
    fn hear(&self, wait: Duration) -> impl Future<Output = Result<Option<(Report, Receipt)>, CourierError>> + Send;

    /// Says that a report is recorded.
    fn confirm(&self, receipt: Receipt) -> impl Future<Output = Result<(), CourierError>> + Send;

    /// Says that a worker is there, and how much it can take; to be said again well within [`PRESENT_FOR`].
    fn announce(&self, presence: &Presence) -> impl Future<Output = Result<(), CourierError>> + Send;

    /// The workers that said so lately.
    fn present(&self) -> impl Future<Output = Result<Vec<Presence>, CourierError>> + Send;
}

/// A worker that was not heard of for so long is not counted on.
pub const PRESENT_FOR: Duration = Duration::from_secs(15);

/// A worker that is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Presence {
    /// Differs from worker to worker: host and process.
    pub worker: String,
    pub pool: String,
    /// Jobs that it does side by side; 0 when it is about to leave.
    pub at_once: u32,
    /// `postlink 0.1.0`
    pub version: String,
}

/// A lease on its way to a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parcel {
    pub format: u32,
    pub job_id: String,
    pub host: String,
    pub token: i64,
    pub attempt: u32,
    /// The worker has stopped by then, whatever it was doing.
    pub until: DateTime<Utc>,
    pub work: String,
    /// The trace that the worker goes on with, as `traceparent`.
    #[serde(default)]
    pub trace: Option<String>,
}

impl Parcel {
    pub fn of(lease: &Lease) -> Self {
        let Lease { job_id, host, token, attempt, until, work } = lease.clone();
        Self { format: FORMAT, job_id, host, token: token.0, attempt, until, work, trace: None }
    }

    pub fn token(&self) -> Token {
        Token(self.token)
    }
}

/// What came of a lease, on its way to the recorder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub format: u32,
    pub job_id: String,
    pub token: i64,
    pub worker: String,
    /// The pool that the worker works for.
    #[serde(default)]
    pub pool: String,
    /// What was told of the job beside the message, where it was too long for one.
    #[serde(default)]
    pub errand: Option<EvidenceId>,
    pub end: End,
    /// The trace that the recorder goes on with, as `traceparent`.
    #[serde(default)]
    pub trace: Option<String>,
}

impl Report {
    pub fn token(&self) -> Token {
        Token(self.token)
    }
}

/// How a lease ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "how")]
pub enum End {
    Done {
        /// The cases and what they rest on: laid down under the lease, since messages are small.
        outcome: EvidenceId,
        /// Milliseconds for which the host is left alone now.
        pause_ms: u64,
    },
    Failed {
        reason: String,
        /// Milliseconds after which to try again; none when that would not help.
        retry_ms: Option<u64>,
        by_host: bool,
        pause_ms: u64,
    },
}

/// What confirms one report.
pub struct Receipt(Kind);

enum Kind {
    InProcess(u64),
    JetStream(Box<async_nats::jetstream::Message>),
}

/// Why nothing is carried just now.
#[derive(Debug, thiserror::Error)]
pub enum CourierError {
    #[error("NATS at {at} cannot be reached: {why}; is it running, with JetStream switched on?")]
    Unreachable { at: String, why: String },
    #[error("`{what}` was not carried by NATS at {at}: {why}; it is tried again")]
    NotCarried { what: String, at: String, why: String },
    #[error("`{0}` is no name of a pool: letters, digits, `-` and `_`, in parts that `.` separates")]
    Pool(String),
}

/// A pool's name is part of a subject: nothing in it may be a wildcard.
fn pool_is_plain(pool: &str) -> Result<(), CourierError> {
    let part =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if pool.len() <= 100 && pool.split('.').all(part) { Ok(()) } else { Err(CourierError::Pool(pool.to_owned())) }
}
