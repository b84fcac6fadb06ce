//! Which step comes next against an advertiser or an account: ladders are data (`governance/data/ladders.toml`), people decide.

use chrono::{DateTime, Utc};
use model::measure::Measure;
use model::violation::Severity;
use serde::{Deserialize, Serialize};

/// The ladders, by id: `platform` (警示教育 → 引导整改 → 暂停合作 → 平台清退) and `publisher` (1, 7, 15 days, for good).
#[derive(Clone, Debug, PartialEq)]
pub struct Ladders {}

/// Why ladders cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LadderError {
    #[error("these ladders cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    #[error("the ladder `{ladder}` {wrong}")]
    Wrong { ladder: String, wrong: String },
    #[error("there is no ladder `{asked}`: these are {known}")]
    Unknown { asked: String, known: String },
}

/// What was done wrong, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offence {
    pub platform: Option<String>,
    pub advertiser: String,
    pub severity: Severity,
    pub cases: Vec<String>,
    pub at: DateTime<Utc>,
    pub circumstances: Vec<Circumstance>,
}

/// What makes an offence graver, or less grave. Repetition is no circumstance: it is read from what was done before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Circumstance {
    /// Shown to minors or the elderly.
    Vulnerable,
    /// Another page for reviewers, written around filters.
    Evasion,
    /// Money was charged.
    Charged,
    /// The account was opened by false papers.
    CheatingRegistration,
    /// The same from several accounts.
    SeveralAccounts,
    /// Corrected before it was asked for, or within the time that was set.
    CorrectedInTime,
}

/// What is proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Reasons are in the language that was asked for. Its id is empty: whoever keeps it names it.
    pub measure: Measure,
    /// Whether a person has to decide it before it holds.
    pub decide: bool,
}

impl Ladders {
    /// Those that are built in.
    pub fn built_in() -> Self {
        todo!()
    }

    /// Those of a text like `governance/data/ladders.toml`.
    pub fn read(text: &str) -> Result<Self, LadderError> {
        let _ = text;
        todo!()
    }

    /// The step that an offence comes to on a ladder, with what was done before: all measures against this advertiser, of which those
    /// that were lifted, refused or not yet decided count for nothing. `language`: `zh-CN` or `en`.
    pub fn propose(
        &self,
        ladder: &str,
        offence: &Offence,
        before: &[Measure],
        language: &str,
    ) -> Result<Proposal, LadderError> {
        let _ = (ladder, offence, before, language);
        todo!()
    }
}
