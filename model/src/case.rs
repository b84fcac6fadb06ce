//! One ad examined once.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ad::Ad;
use crate::chain::Chain;
use crate::difference::Difference;
use crate::evidence::EvidenceId;
use crate::finding::Finding;
use crate::label::Label;
use crate::snapshot::Part;
use crate::statement::{Page, Statement};
use crate::violation::Violation;

/// One ad examined once: one chain per visitor, through to the notes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    pub ad: Ad,
    /// The ad as it was read, kept as evidence.
    pub ad_evidence: EvidenceId,
    pub opened_at: DateTime<Utc>,
    /// What the ad says, in every way it says it.
    pub promised: Vec<Statement>,
    pub chains: Vec<Chain>,
    /// What each visitor came to see.
    pub pages: Vec<Page>,
    /// What says of itself that a machine made it, on both sides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// In what visitors were shown different things.
    #[serde(default)]
    pub differences: Vec<Difference>,
    pub findings: Vec<Finding>,
    pub violations: Vec<Violation>,
    pub gaps: Vec<Gap>,
}

impl Case {
    pub fn open(ad: Ad, ad_evidence: EvidenceId, at: DateTime<Utc>) -> Self {
        Self {
            ad,
            ad_evidence,
            opened_at: at,
            promised: Vec::new(),
            chains: Vec::new(),
            pages: Vec::new(),
            labels: Vec::new(),
            differences: Vec::new(),
            findings: Vec::new(),
            violations: Vec::new(),
            gaps: Vec::new(),
        }
    }

    pub fn verdict(&self) -> Verdict {
        Verdict::of(self)
    }
}

/// What could not be seen, at which step, why, and whether to try again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    pub step: Step,
    /// A word for machines, kebab-case: `challenge-page`, `timeout`, `error-status`, `empty-page`, `address-refused`.
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visitor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hop: Option<u16>,
    /// Whether another attempt, later, could succeed.
    pub retry: bool,
    /// A sentence for people: what, where, what to do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// Which step of the flow left a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    Creative,
    Follow,
    Capture,
    Read,
    Compare,
    Judge,
    Keep,
}

/// The outcome of a case. What could not be seen is inconclusive, never clean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    Violating,
    Inconclusive,
    Clean(Seen),
}

/// Proof that everything was seen: only a look at the whole case can make one, so nobody else can call a case clean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seen(());

impl Verdict {
    fn of(case: &Case) -> Self {
        let seen_by_all = !case.chains.is_empty()
            && case
                .chains
                .iter()
                .all(|chain| case.pages.iter().any(|page| page.visitor == chain.visitor && page.part == Part::Landing));
        if !case.violations.is_empty() {
            Self::Violating
        } else if !case.gaps.is_empty() || !seen_by_all {
            Self::Inconclusive
        } else {
            Self::Clean(Seen(()))
        }
    }

    /// The word in `cases.jsonl`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Violating => "violating",
            Self::Inconclusive => "inconclusive",
            Self::Clean(_) => "clean",
        }
    }
}
