//! What is done about advertisers: steps of a ladder that are proposed, taken or refused, and taken back.
//!
//! A case leads to one step of a ladder, whoever proposes it twice; and to another one where something graver is confirmed in it than
//! that step was for, or where postlink took the step back itself. What a measure turned to is kept turn by turn: of two who decide at
//! once one does, and the other is shown what stands.

use chrono::{DateTime, Utc};
use model::account::Sight;
use model::measure::{Measure, MeasureState};
use model::violation::Severity;

use crate::store::StoreError;

pub(crate) mod sql;

#[cfg(test)]
pub(crate) mod suite;

pub(crate) use sql::measures;

/// Where measures are kept. Its promises are the tests in `measures/suite.rs`.
pub trait Measures: Send + Sync {
    /// Cases with violations that are confirmed, and that no measure of this ladder answers, in the order of sealing. As long as a
    /// violation of a case waits in the queue the case is left out: the gravest may be the last to be confirmed.
    fn unanswered(&self, ladder: &str) -> impl Future<Output = Result<Vec<Confirmed>, StoreError>> + Send;

    /// Keeps a measure as it is proposed, or taken where nobody has to decide it. None, and nothing is done, where a measure of this
    /// ladder answers one of its cases by now.
    fn propose(&self, proposed: &Proposed) -> impl Future<Output = Result<Option<KeptMeasure>, StoreError>> + Send;

    /// Measures in sight, in the order of proposing.
    fn measures(
        &self,
        sight: &Sight,
        state: Option<MeasureState>,
    ) -> impl Future<Output = Result<Vec<KeptMeasure>, StoreError>> + Send;

    /// The measure of this id.
    fn measure(&self, id: &str) -> impl Future<Output = Result<Option<KeptMeasure>, StoreError>> + Send;

    /// Turns a measure, if it can turn to that from where it stands.
    fn turn(&self, id: &str, turn: &Turn) -> impl Future<Output = Result<Turned, StoreError>> + Send;

    /// Measures that are proposed or taken, and rest on nothing any more: all their cases are there, and none is confirmed.
    fn unfounded(&self) -> impl Future<Output = Result<Vec<KeptMeasure>, StoreError>> + Send;
}

/// A case of which people said that it is as it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirmed {
    pub case_id: String,
    pub ad_id: String,
    pub platform: Option<String>,
    /// None where the ad names none: nothing can be done about it.
    pub advertiser: Option<String>,
    /// Of the gravest violation that is confirmed.
    pub severity: Severity,
    pub sealed_at: DateTime<Utc>,
    /// Checks whose findings are confirmed, each once.
    pub checks: Vec<String>,
}

/// A measure that nobody has named yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposed {
    /// Its id is left out of account.
    pub measure: Measure,
    /// Whether a person has to decide it before it holds; else it is taken with this.
    pub to_decide: bool,
}

/// A measure with what it turned to, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptMeasure {
    /// Who decided last, and when, as the last of `turns` has it.
    pub measure: Measure,
    pub to_decide: bool,
    pub turns: Vec<Turn>,
}

/// What a measure turns to.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    pub state: MeasureState,
    /// The account; none: postlink by itself.
    pub by: Option<String>,
    pub at: DateTime<Utc>,
    pub why: Option<String>,
}

/// What became of a turn.
#[derive(Clone, Debug, PartialEq)]
pub enum Turned {
    Done(KeptMeasure),
    /// It cannot turn to that: this is how it stands.
    Stands(KeptMeasure),
    /// There is none of this id.
    Unknown,
}
