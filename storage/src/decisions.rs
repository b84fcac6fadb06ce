//! What people decide about cases and their violations: added, never changed, and told in the log and to others.

use chrono::{DateTime, Utc};
use model::event::Choice;
use serde::{Deserialize, Serialize};

use crate::store::{CaseId, StoreError};

mod rows;

pub(crate) use rows::decision_rows;

/// Where decisions are kept. Its promises are in `facts/suite.rs`.
pub trait Decisions: Send + Sync {
    /// Keeps a decision, in one transaction with its entry of the log and the event that tells others. Where another visit is
    /// asked for, the landing of the ad is due from now on.
    fn decide(&self, decision: &Decision) -> impl Future<Output = Result<Decided, StoreError>> + Send;

    /// What was decided about a case, in order: the last one counts.
    fn decisions_of(&self, case: &CaseId) -> impl Future<Output = Result<Vec<Decided>, StoreError>> + Send;
}

/// What a person decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    pub case_id: CaseId,
    /// The number of the violation in its case; none where it is about the whole case.
    pub violation: Option<u64>,
    pub choice: Choice,
    pub reason: Option<String>,
    /// As they were named.
    pub by: String,
}

/// A decision that is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// 1, 2, 3, … in the order of deciding.
    pub number: u64,
    pub decision: Decision,
    pub at: DateTime<Utc>,
    /// Its entry of the log.
    pub leaf_index: u64,
}

/// Whether the last word on a violation, or on its whole case, is that it is none; `decided` is in order.
pub fn is_rejected(decided: &[Decided], violation: u64) -> bool {
    let about = |one: &&Decided| one.decision.violation.is_none_or(|about| about == violation);
    decided.iter().rfind(about).is_some_and(|last| last.decision.choice == Choice::Reject)
}

/// What is hashed into the log, which names nobody: the row has the bytes for as long as its case is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    pub(crate) case_id: CaseId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) violation: Option<u64>,
    pub(crate) decision: Choice,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    pub(crate) by: String,
    pub(crate) at: DateTime<Utc>,
}

impl Record {
    pub(crate) fn of(decision: &Decision, at: DateTime<Utc>) -> Self {
        let Decision { case_id, violation, choice, reason, by } = decision.clone();
        Self { case_id, violation, decision: choice, reason, by, at }
    }

    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).expect("internal error: a record is plain data")
    }

    pub(crate) fn decision(self) -> Decision {
        let Self { case_id, violation, decision: choice, reason, by, .. } = self;
        Decision { case_id, violation, choice, reason, by }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its hash stands in logs: what makes its bytes may not change any more.
    #[test]
    fn a_record_has_the_same_bytes_each_time() {
        let case_id = CaseId("20261127T000000Z-0123456789ab".into());
        let whole = Decision { case_id, violation: None, choice: Choice::Confirm, reason: None, by: "Li".into() };
        let one =
            Decision { violation: Some(2), choice: Choice::Reject, reason: Some("不是".into()), ..whole.clone() };
        let text = |decision| Record::of(decision, DateTime::UNIX_EPOCH).text();
        let begin = r#"{"case_id":"20261127T000000Z-0123456789ab","#;
        let end = r#""by":"Li","at":"1970-01-01T00:00:00Z"}"#;
        assert_eq!(text(&whole), format!(r#"{begin}"decision":"confirm",{end}"#));
        assert_eq!(text(&one), format!(r#"{begin}"violation":2,"decision":"reject","reason":"不是",{end}"#));
    }
}
