//! The sweeps, and the rounds that they have come to.

use chrono::{DateTime, Utc};
use model::sweep::{Round, Sweep};
use serde::Serialize;

use crate::store::StoreError;

mod sight;
mod sql;

#[cfg(any(test, feature = "suite"))]
pub mod suite;

pub use sight::SweepsInSight;
pub(crate) use sight::sweeps_in_sight;
pub(crate) use sql::sweeps;

/// Where sweeps and rounds are kept. Its promises are the tests in `sweeps/suite.rs`.
pub trait Sweeps: Send + Sync {
    /// Adds a sweep; false, and nothing is done, when there is one of its name.
    fn create(&self, sweep: &Sweep) -> impl Future<Output = Result<bool, StoreError>> + Send;

    fn sweep(&self, name: &str) -> impl Future<Output = Result<Option<Sweep>, StoreError>> + Send;

    /// All of them but those of previews, by name.
    fn sweeps(&self) -> impl Future<Output = Result<Vec<Sweep>, StoreError>> + Send;

    /// Keeps a sweep as it is now.
    fn save(&self, sweep: &Sweep) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Sweeps whose next round is to be opened, the one that has waited longest first.
    fn due(&self, now: DateTime<Utc>) -> impl Future<Output = Result<Vec<Sweep>, StoreError>> + Send;

    /// Begins a round, and gives it back as it is kept: whoever began it first.
    fn begin_round(&self, round: &Round) -> impl Future<Output = Result<Round, StoreError>> + Send;

    /// Keeps a round as it is now.
    fn save_round(&self, round: &Round) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Notes how far the jobs of a round are made, JSON: whoever goes on with it begins there. What is opened forgets it.
    fn note_so_far(&self, round: &str, so_far: &str) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// How far the jobs of a round are made; none before the first were.
    fn so_far(&self, round: &str) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;

    fn round(&self, id: &str) -> impl Future<Output = Result<Option<Round>, StoreError>> + Send;

    /// Rounds of a sweep, the latest first.
    fn rounds(&self, sweep: &str, most: usize) -> impl Future<Output = Result<Vec<Round>, StoreError>> + Send;

    /// Rounds that are not over, the oldest first.
    fn open_rounds(&self) -> impl Future<Output = Result<Vec<Round>, StoreError>> + Send;
}

/// The word by which a state is written.
pub(crate) fn word(state: &impl Serialize) -> String {
    let word = serde_json::to_value(state).ok().and_then(|value| value.as_str().map(ToOwned::to_owned));
    word.expect("internal error: a state is one word")
}
