//! What the console and the API list: cases, ads, the review queue, and figures of them, each for those who may see it.
//!
//! Every question is asked for a [`Sight`], and the database itself leaves out what is outside of it. Lists are walked by the key
//! of the last row, so that what comes in meanwhile neither repeats a row nor loses one. Times are whole milliseconds.

use chrono::{DateTime, NaiveDate, Utc};
use model::account::Sight;
use model::evidence::EvidenceId;

use crate::store::{CaseId, Kept, StoreError};

mod ads;
mod cases;
mod figures;
mod queue;
pub(crate) mod sql;

#[cfg(test)]
pub(crate) mod suite;

pub use ads::{AdRow, LatestCase, WantedAds};
pub use cases::{CaseRow, Counts, Decided, Wanted};
pub use figures::{Agreement, Coverage};
pub use queue::{QueueMark, Queued, Waiting};

pub(crate) use ads::title_of;
pub(crate) use queue::{gravity, severity_of};
pub(crate) use sql::desk;

/// As far as the violations like one are counted, and decided about at once: a row of the queue must not cost more than a list.
pub const LIKE: u64 = 200;

/// As far as cases are counted: one more means that there are more.
pub const COUNTED: u64 = 10_000;

/// What is listed. Its promises are the tests in `desk/suite.rs`.
pub trait Desk: Send + Sync {
    /// Cases, the newest first: so many behind the number that is given.
    fn list(
        &self,
        sight: &Sight,
        wanted: &Wanted,
        behind: Option<u64>,
        most: u64,
    ) -> impl Future<Output = Result<Vec<CaseRow>, StoreError>> + Send;

    /// How many there are of each verdict, counted to [`COUNTED`] and one.
    fn counts(&self, sight: &Sight, wanted: &Wanted) -> impl Future<Output = Result<Counts, StoreError>> + Send;

    /// A case; none where it is out of sight, was deleted, or never was.
    fn case_in_sight(
        &self,
        sight: &Sight,
        case: &CaseId,
    ) -> impl Future<Output = Result<Option<CaseRow>, StoreError>> + Send;

    /// The cases of an ad, the newest first.
    fn cases_of_ad(
        &self,
        sight: &Sight,
        ad: &str,
        most: u64,
    ) -> impl Future<Output = Result<Vec<CaseRow>, StoreError>> + Send;

    /// An artefact that this very case rests on; none where it does not, or the case is out of sight.
    fn evidence_in_sight(
        &self,
        sight: &Sight,
        case: &CaseId,
        id: EvidenceId,
    ) -> impl Future<Output = Result<Option<Kept>, StoreError>> + Send;

    /// Undecided violations of the latest case of each ad: the gravest first, then those of the most ads, then the oldest.
    fn queue(
        &self,
        sight: &Sight,
        wanted: &Wanted,
        behind: Option<&QueueMark>,
        most: u64,
    ) -> impl Future<Output = Result<Vec<Queued>, StoreError>> + Send;

    /// The further violations of the queue that are nearly identical to one, in the order of their cases.
    fn like(
        &self,
        sight: &Sight,
        case: &CaseId,
        violation: u64,
        most: u64,
    ) -> impl Future<Output = Result<Vec<(CaseId, u64)>, StoreError>> + Send;

    /// The ads that were imported, by id: so many behind the one that is given.
    fn ads(
        &self,
        sight: &Sight,
        wanted: &WantedAds,
        behind: Option<&str>,
        most: u64,
    ) -> impl Future<Output = Result<Vec<AdRow>, StoreError>> + Send;

    /// An ad; none where it is out of sight, or was never imported.
    fn ad_in_sight(&self, sight: &Sight, ad: &str) -> impl Future<Output = Result<Option<AdRow>, StoreError>> + Send;

    /// How far the ads that run now are checked, by the advertiser's id and its platform: so many behind the ones that are given.
    /// Ads that name no advertiser are in the total alone.
    fn coverage(
        &self,
        sight: &Sight,
        behind: Option<(&str, &str)>,
        most: u64,
    ) -> impl Future<Output = Result<Vec<Coverage>, StoreError>> + Send;

    /// How far all ads that run now are checked.
    fn coverage_total(&self, sight: &Sight) -> impl Future<Output = Result<Coverage, StoreError>> + Send;

    /// Violations of the cases that were sealed in a span, by the day of a time zone and the trade, in that order: what an ad
    /// was found with before counts no more, nor what people rejected.
    fn by_day(
        &self,
        sight: &Sight,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
        offset_minutes: i32,
    ) -> impl Future<Output = Result<Vec<(NaiveDate, Option<String>, u64)>, StoreError>> + Send;

    /// How much waits for a decision, the gravest first: each severity that does. What was found at a moment or before it is overdue.
    fn waiting(
        &self,
        sight: &Sight,
        overdue: DateTime<Utc>,
    ) -> impl Future<Output = Result<Vec<Waiting>, StoreError>> + Send;

    /// How often people agree with each check, by its id.
    fn agreement(&self, sight: &Sight) -> impl Future<Output = Result<Vec<Agreement>, StoreError>> + Send;
}

pub(crate) fn moment(at: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at).unwrap_or_default()
}

pub(crate) fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// What is kept of a text has no NUL in it.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "")
}
