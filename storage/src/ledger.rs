//! The ledger (台账): what was found, decided, done, and what came of it, each entry naming the one before it.
//!
//! It is written behind what happened, not with it: whoever follows asks what has no entry yet, and adds it in the order in which it
//! happened. So what stands in a store that is older than its ledger gets its entries as all else does, no transaction that seals a
//! case waits for another chain, and nothing is written down twice, since each thing has one name. Nothing is lost either: facts and
//! decisions only go with their case, and whoever deletes cases follows first. Previews have no facts, and so no entries.
//!
//! What an entry is about is written down beside it (`ledger_scopes`), so that who sees a part of the cases reads of that part; no hash
//! covers it, since it follows from the case or the measure that the entry names.
//!
//! The hash of an entry is made by whoever adds it (`governance::ledger`); the store sees that it goes on where the ledger ends.

use model::account::Sight;
use model::ledger::{Entry, Told};

use crate::store::StoreError;

pub(crate) mod sql;
pub(crate) mod told;

#[cfg(test)]
pub(crate) mod suite;

pub(crate) use sql::ledger;

/// Where the ledger is kept. Its promises are the tests in `ledger/suite.rs`.
pub trait Ledger: Send + Sync {
    /// What happened and has no entry yet, in the order in which it happened; not more of each sort than so many.
    fn untold(&self, most: u64) -> impl Future<Output = Result<Vec<Told>, StoreError>> + Send;

    /// Adds entries, in one transaction. False, and nothing is done, where the first does not go on where the ledger ends: somebody
    /// else was faster.
    fn enter(&self, entries: &[Entry]) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Where it ends.
    fn last_entry(&self) -> impl Future<Output = Result<Option<Entry>, StoreError>> + Send;

    /// So many entries in sight behind a number, about this subject or every one.
    fn entries(
        &self,
        sight: &Sight,
        subject: Option<&str>,
        behind: u64,
        most: u64,
    ) -> impl Future<Output = Result<Vec<Entry>, StoreError>> + Send;
}
