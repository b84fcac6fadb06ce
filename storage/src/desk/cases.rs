//! Cases as they are listed, and which of them.

use chrono::{DateTime, Utc};

use crate::store::CaseId;

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
    /// Of what its violations come to.
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

/// What was decided of a case: of all its violations, or of the whole where it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    Undecided,
    Confirm,
    Reject,
    Again,
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
    /// None while a violation waits; `confirm` where one was confirmed, `again` where another visit was asked for, `reject`
    /// where all were rejected. Of a case without violations, the latest word on the whole.
    pub decision: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
}

/// How many cases there are of each verdict: above [`super::COUNTED`], more than that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub violating: u64,
    pub inconclusive: u64,
    pub clean: u64,
}
