//! What people look for among cases: lists, page by page, of what an account may see. Nothing here writes.

use chrono::{DateTime, Utc};
use model::account::Sight;
use model::evidence::EvidenceId;

use crate::store::{CaseId, Kept, StoreError};

mod asked;
mod rows;

pub(crate) use asked::{Asked, Bound};
pub(crate) use rows::{CASES, desk_rows};

/// What is asked by those who look. Each question says which ads they see, and the database is asked for no others.
pub trait Desk: Send + Sync {
    /// Cases, the latest first: so many that are older than a number.
    fn list(
        &self,
        sight: &Sight,
        wanted: &Wanted,
        behind: Option<u64>,
        most: u64,
    ) -> impl Future<Output = Result<Vec<CaseRow>, StoreError>> + Send;

    /// A case; none where there is none, where it was deleted, and where it is not to be seen.
    fn case_in_sight(
        &self,
        sight: &Sight,
        case: &CaseId,
    ) -> impl Future<Output = Result<Option<CaseRow>, StoreError>> + Send;

    /// All cases of an ad, the latest first.
    fn cases_of_ad(
        &self,
        sight: &Sight,
        ad: &str,
        most: u64,
    ) -> impl Future<Output = Result<Vec<CaseRow>, StoreError>> + Send;

    /// What a case rests on, if it is this: an artefact is seen as part of a case, and never by its name alone.
    fn evidence_in_sight(
        &self,
        sight: &Sight,
        case: &CaseId,
        id: EvidenceId,
    ) -> impl Future<Output = Result<Option<Kept>, StoreError>> + Send;
}

/// What people have said of a case, by their last word on the whole of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Undecided,
    Confirm,
    Reject,
    Again,
}

impl Decision {
    pub const ALL: [Self; 4] = [Self::Undecided, Self::Confirm, Self::Reject, Self::Again];

    pub fn word(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::Confirm => "confirm",
            Self::Reject => "reject",
            Self::Again => "again",
        }
    }

    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// Which cases: those for which everything holds that is given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    pub verdict: Option<String>,
    /// Of the gravest violation.
    pub severity: Option<String>,
    /// One of the violations is of this check, or by this rule.
    pub check: Option<String>,
    pub rule: Option<String>,
    pub platform: Option<String>,
    /// The advertiser's id on its platform.
    pub advertiser: Option<String>,
    pub trade: Option<String>,
    pub ad: Option<String>,
    /// In the ad's id, its title or the advertiser's name.
    pub text: Option<String>,
    pub decision: Option<Decision>,
    /// Examined then or later, and before.
    pub since: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    /// Of each ad the latest case alone.
    pub latest_only: bool,
}

/// A case as lists show it.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseRow {
    pub number: u64,
    pub case_id: CaseId,
    pub ad_id: String,
    pub platform: Option<String>,
    pub advertiser: Option<String>,
    pub advertiser_name: Option<String>,
    pub trade: Option<String>,
    pub title: Option<String>,
    pub verdict: String,
    pub severity: Option<String>,
    pub violations: u64,
    /// Why something could not be seen, each reason once.
    pub gaps: Vec<String>,
    pub opened_at: DateTime<Utc>,
    pub sealed_at: DateTime<Utc>,
    /// The last word on the whole case.
    pub decision: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
}
