//! What advertisers say of what was found in their ads: that they have mended it, or that it is not so.
//!
//! An appeal has no outcome of its own: the first decision behind it that confirms or rejects what it is about ends it. So it stands
//! in the log, is told to others, and cannot say anything else than the decision does.

use chrono::{DateTime, Utc};
use model::account::Sight;
use model::evidence::EvidenceId;

use crate::decisions::Decided;
use crate::desk::CaseRow;
use crate::store::{CaseId, StoreError};

pub(crate) mod sql;

#[cfg(test)]
pub(crate) mod suite;

pub(crate) use sql::{ENDED, appeals};

/// Where appeals are kept. Its promises are the tests in `appeals/suite.rs`.
pub trait Appeals: Send + Sync {
    /// Keeps an appeal. None, and nothing is done, while another one about the same is open.
    fn appeal(&self, appeal: &NewAppeal) -> impl Future<Output = Result<Option<Appeal>, StoreError>> + Send;

    /// Whether an appeal about this would be kept: before anything is kept of it.
    fn may_appeal(
        &self,
        case: &CaseId,
        violation: Option<u64>,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// The appeals against a case, in order.
    fn appeals_of(&self, case: &CaseId) -> impl Future<Output = Result<Vec<Appeal>, StoreError>> + Send;

    /// Appeals that wait for a decision, the oldest first: so many behind the number that is given.
    fn open_appeals(
        &self,
        sight: &Sight,
        behind: Option<u64>,
        most: u64,
    ) -> impl Future<Output = Result<Vec<(CaseRow, Appeal)>, StoreError>> + Send;

    /// How appeals against each check came out, by its id. One against a whole case is one against each of its violations.
    fn outcomes(&self, sight: &Sight) -> impl Future<Output = Result<Vec<Outcomes>, StoreError>> + Send;

    /// Keeps that an advertiser says to have mended what a case found, and makes its landing due, in one transaction. False where that
    /// was said before.
    fn say_corrected(&self, case: &CaseId, by: &str) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Who said so of a case, and when.
    fn correction_of(
        &self,
        case: &CaseId,
    ) -> impl Future<Output = Result<Option<(String, DateTime<Utc>)>, StoreError>> + Send;
}

/// What is said against a case, or one violation of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAppeal {
    pub case_id: CaseId,
    /// The number of the violation in its case; none where it is about the whole case.
    pub violation: Option<u64>,
    pub said: String,
    /// The account.
    pub by: String,
    /// Blobs that are kept.
    pub files: Vec<Attached>,
}

/// A file that was sent with an appeal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    pub evidence: EvidenceId,
    /// Told by its bytes.
    pub media_type: String,
    pub bytes: u64,
}

/// An appeal that is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Appeal {
    /// 1, 2, 3, … in the order of appealing.
    pub number: u64,
    pub appeal: NewAppeal,
    pub at: DateTime<Utc>,
    /// The decision that ended it: what rejects the violation upholds the appeal, what confirms it dismisses it.
    pub ended: Option<Decided>,
}

/// How appeals against a check came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    pub check: String,
    pub upheld: u64,
    pub dismissed: u64,
    pub open: u64,
}
