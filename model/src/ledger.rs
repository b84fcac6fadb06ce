//! The ledger (台账): what was found, decided, done, and what came of it, each entry naming the one before it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::evidence::EvidenceId;

/// What an entry says, before it has its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub at: DateTime<Utc>,
    pub act: Act,
    pub subject: String,
    pub what: String,
    pub follows: Option<String>,
    pub by: Option<String>,
    pub body: serde_json::Value,
}

/// One line of the ledger. Nothing is changed or taken away: what is taken back is an entry more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// 1, 2, 3, … without a gap.
    pub number: u64,
    pub at: DateTime<Utc>,
    pub act: Act,
    /// What it is about: an advertiser, an account, an ad.
    pub subject: String,
    /// The finding (case), decision, measure or outcome that it tells of.
    pub what: String,
    /// What it follows from: the `what` of the finding of a decision, of the decision of a measure, of the measure of an outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
    /// The account that did it; none: postlink by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Whatever else is to be kept of it.
    pub body: serde_json::Value,
    /// The hash of the entry before; none for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<EvidenceId>,
    /// SHA-256 of everything above in canonical JSON.
    pub hash: EvidenceId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    Finding,
    Decision,
    Measure,
    Outcome,
}

impl Act {
    pub const ALL: [Self; 4] = [Self::Finding, Self::Decision, Self::Measure, Self::Outcome];

    pub fn word(self) -> &'static str {
        match self {
            Self::Finding => "finding",
            Self::Decision => "decision",
            Self::Measure => "measure",
            Self::Outcome => "outcome",
        }
    }
}
