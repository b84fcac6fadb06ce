//! The review queue: what waits for a decision, in its order.

use chrono::{DateTime, Utc};

use super::CaseRow;

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
    /// When it was found, by this case or one before it.
    pub found_since: DateTime<Utc>,
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

/// Violations of one severity that wait for somebody to decide them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub severity: String,
    pub open: u64,
    /// Of those: found at the moment that was asked for, or before it.
    pub overdue: u64,
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
