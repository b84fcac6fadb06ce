//! How much waits, and for how long: what those are told who watch from outside.

use chrono::{DateTime, Utc};

use crate::store::StoreError;

mod sql;

#[cfg(any(test, feature = "suite"))]
pub mod suite;

pub(crate) use sql::figures;

/// What a store tells of itself in figures. Its promises are the tests in `figures/suite.rs`.
pub trait Figures: Send + Sync {
    /// Jobs that are not over, by pool and state.
    fn queued(&self) -> impl Future<Output = Result<Vec<Queued>, StoreError>> + Send;

    /// The hosts with the most failures in a row, the worst first.
    fn worst_hosts(&self, most: usize) -> impl Future<Output = Result<Vec<(String, u64)>, StoreError>> + Send;

    /// How many time stamps wait, and since when the oldest of them is wanted.
    fn stamps_wanted(&self) -> impl Future<Output = Result<(u64, Option<DateTime<Utc>>), StoreError>> + Send;

    /// Bytes of all evidence; none where there is no limit to hold them against, as counting them means to list them all.
    fn evidence_bytes(&self) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// Whether the database answers.
    fn reached(&self) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Jobs of one pool in one state.
#[derive(Clone, Debug, PartialEq)]
pub struct Queued {
    pub pool: String,
    /// `ready`, `held` or `leased`.
    pub state: String,
    pub jobs: u64,
    /// When the first of them was ready.
    pub ready_at: DateTime<Utc>,
}
