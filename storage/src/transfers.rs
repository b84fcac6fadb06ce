//! Clues that were handed over to other authorities (线索移送): which case, to whom, by which clauses, with which bundle.

use chrono::{DateTime, Utc};
use model::evidence::EvidenceId;

use crate::store::{CaseId, StoreError};

pub(crate) mod sql;

#[cfg(test)]
pub(crate) mod suite;

pub(crate) use sql::transfers;

/// Where it is kept what was handed over. Its promises are the tests in `transfers/suite.rs`.
pub trait Transfers: Send + Sync {
    /// Keeps that a case was handed over. None, and nothing is done, where there is a record of this number.
    fn hand_over(&self, transfer: &Transfer) -> impl Future<Output = Result<Option<u64>, StoreError>> + Send;

    /// What was handed over of a case, or of every one, in order, each with its number.
    fn transfers(&self, case: Option<&CaseId>)
    -> impl Future<Output = Result<Vec<(u64, Transfer)>, StoreError>> + Send;
}

/// One hand-over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    pub case_id: CaseId,
    /// The advertiser; the ad where none is known.
    pub subject: String,
    /// Its id in `policies/documents.toml`.
    pub authority: String,
    /// The number of the record.
    pub document: String,
    /// Ids of the clauses that it rests on.
    pub basis: Vec<String>,
    /// SHA-256 of the bundle's `SHA256SUMS`.
    pub sums: EvidenceId,
    pub by: String,
    pub at: DateTime<Utc>,
}
