//! What the console and the API list: cases, ads, the review queue, and figures of them, each for those who may see it.
//!
//! Every question is asked for a [`Sight`], and the database itself leaves out what is outside of it. Lists are walked by the key
//! of the last row, so that what comes in meanwhile neither repeats a row nor loses one. Times are whole milliseconds.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use model::account::Sight;
use model::evidence::EvidenceId;

use crate::store::{CaseId, Kept, StoreError};

pub(crate) mod sql;

#[cfg(test)]
pub(crate) mod suite;

pub(crate) use sql::desk;

/// Within which a violation is to be decided.
pub const DECIDED_WITHIN: TimeDelta = TimeDelta::hours(72);

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

    /// How far the ads that run now are checked, by the advertiser's id: so many behind the one that is given.
    /// Ads that name no advertiser are in the total alone.
    fn coverage(
        &self,
        sight: &Sight,
        behind: Option<&str>,
        most: u64,
    ) -> impl Future<Output = Result<Vec<Coverage>, StoreError>> + Send;

    /// How far all ads that run now are checked.
    fn coverage_total(&self, sight: &Sight) -> impl Future<Output = Result<Coverage, StoreError>> + Send;

    /// Violations of the cases that were sealed in a span, by the day of a time zone and the trade, in that order.
    fn by_day(
        &self,
        sight: &Sight,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
        offset_minutes: i32,
    ) -> impl Future<Output = Result<Vec<(NaiveDate, Option<String>, u64)>, StoreError>> + Send;

    /// How much waits for a decision at a moment, the gravest first: each severity that does.
    fn waiting(
        &self,
        sight: &Sight,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<Vec<Waiting>, StoreError>> + Send;

    /// How often people agree with each check, by its id.
    fn agreement(&self, sight: &Sight) -> impl Future<Output = Result<Vec<Agreement>, StoreError>> + Send;
}

/// Which cases: those for which everything holds that is given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    pub verdict: Option<String>,
    /// Of the gravest violation; in the queue, of the violation.
    pub severity: Option<String>,
    pub check: Option<String>,
    pub rule: Option<String>,
    pub platform: Option<String>,
    pub advertiser: Option<String>,
    pub trade: Option<String>,
    pub ad: Option<String>,
    /// In the ad's id, title or advertiser's name.
    pub text: Option<String>,
    /// Of the latest word on the whole case.
    pub decision: Option<Decided>,
    /// Of this round of a sweep.
    pub round: Option<String>,
    /// Sealed at this moment or later.
    pub since: Option<DateTime<Utc>>,
    /// Sealed before this moment.
    pub until: Option<DateTime<Utc>>,
    /// Only the latest case of each ad.
    pub latest_only: bool,
}

/// What was said last about a whole case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    Undecided,
    Confirm,
    Reject,
    Again,
}

/// A case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseRow {
    /// 1, 2, 3, … in the order of sealing.
    pub number: u64,
    pub case_id: CaseId,
    pub ad_id: String,
    pub platform: Option<String>,
    /// The advertiser's id on its platform.
    pub advertiser: Option<String>,
    pub advertiser_name: Option<String>,
    pub trade: Option<String>,
    pub title: Option<String>,
    /// `violating`, `clean` or `inconclusive`.
    pub verdict: String,
    /// Of the gravest violation.
    pub severity: Option<String>,
    pub violations: u64,
    /// Why something could not be seen, each reason once.
    pub gaps: Vec<String>,
    pub opened_at: DateTime<Utc>,
    pub sealed_at: DateTime<Utc>,
    /// The latest word on the whole case: `confirm`, `reject` or `again`.
    pub decision: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
}

/// How many cases there are of each verdict: above [`COUNTED`], more than that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub violating: u64,
    pub inconclusive: u64,
    pub clean: u64,
}

/// A violation that waits for somebody to decide it.
#[derive(Clone, Debug, PartialEq)]
pub struct Queued {
    pub case: CaseRow,
    /// Of the violation in its case.
    pub number: u64,
    pub check: String,
    pub rule: String,
    pub pack: String,
    pub severity: String,
    pub confidence: String,
    pub scope: String,
    pub promised: String,
    pub delivered: String,
    pub url: String,
    /// Ads that led to the same landing when the case was sealed.
    pub exposure: u64,
    pub due_at: DateTime<Utc>,
    /// Further violations of the queue that are nearly identical, within sight.
    pub like: u64,
}

impl Queued {
    /// Where the queue goes on behind it.
    pub fn mark(&self) -> QueueMark {
        QueueMark {
            severity: self.severity.clone(),
            exposure: self.exposure,
            sealed_at: self.case.sealed_at,
            case: self.case.number,
            number: self.number,
        }
    }
}

/// A place in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueMark {
    pub severity: String,
    pub exposure: u64,
    pub sealed_at: DateTime<Utc>,
    /// The case's number.
    pub case: u64,
    pub number: u64,
}

/// Which ads: those for which everything holds that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WantedAds {
    /// In the ad's id or host, or in the title or the advertiser's name of its latest case.
    pub text: Option<String>,
    pub platform: Option<String>,
    pub advertiser: Option<String>,
    pub trade: Option<String>,
    /// Of the latest case; `never` for ads that have none.
    pub verdict: Option<String>,
    pub tag: Option<String>,
}

/// An ad as it was imported last.
#[derive(Clone, Debug, PartialEq)]
pub struct AdRow {
    pub ad_id: String,
    pub platform: Option<String>,
    pub advertiser: Option<String>,
    pub trade: Option<String>,
    /// The host that its click asks first.
    pub host: String,
    pub title: Option<String>,
    pub imported_at: DateTime<Utc>,
    pub ends_at: Option<DateTime<Utc>>,
    pub latest: Option<LatestCase>,
}

/// The case that looked at an ad last.
#[derive(Clone, Debug, PartialEq)]
pub struct LatestCase {
    pub case_id: CaseId,
    pub verdict: String,
    pub severity: Option<String>,
    pub sealed_at: DateTime<Utc>,
}

/// How far ads that run are checked, by the latest case of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// Its id; none in the total.
    pub advertiser: Option<String>,
    /// Ads that run.
    pub running: u64,
    /// Of those: that have a case.
    pub examined: u64,
    /// Of those: whose case saw a page behind the landing page.
    pub reached_level_2: u64,
    /// Of those: whose case is inconclusive.
    pub inconclusive: u64,
    /// Why: each reason, and how many ads have it, by reason. An ad may have several.
    pub reasons: Vec<(String, u64)>,
    /// Ads that run and have no case.
    pub never: u64,
    /// When the one whose latest case is the oldest was examined.
    pub oldest_look: Option<DateTime<Utc>>,
}

/// Violations of one severity that wait for somebody to decide them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub severity: String,
    pub open: u64,
    /// Of those: longer than [`DECIDED_WITHIN`].
    pub overdue: u64,
}

/// How often people agree with a check: by the latest word on each violation, where a word on the whole case is one on each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    pub check: String,
    pub confirmed: u64,
    pub rejected: u64,
    /// Nothing was said, or another visit asked for.
    pub undecided: u64,
}

impl Decided {
    /// As it stands in the rows.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::Confirm => "confirm",
            Self::Reject => "reject",
            Self::Again => "again",
        }
    }
}

pub(crate) fn moment(at: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at).unwrap_or_default()
}

pub(crate) fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Its place among severities, as the queue has it: the gravest is 0.
pub(crate) fn gravity(severity: &str) -> i64 {
    match severity {
        "S4" => 0,
        "S3" => 1,
        "S2" => 2,
        "S1" => 3,
        _ => 4,
    }
}

/// The severity that has this place; what has none of ours is told as the mildest.
pub(crate) fn severity_of(gravity: i64) -> &'static str {
    match gravity {
        0 => "S4",
        1 => "S3",
        2 => "S2",
        _ => "S1",
    }
}

/// What is kept of a text has no NUL in it.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "")
}

pub(crate) fn title_of(ad: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Titled {
        title: Option<String>,
    }
    serde_json::from_str::<Titled>(ad).ok()?.title
}
