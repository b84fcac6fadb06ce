//! The ledger as a chain of hashes: what is added names what was there, and what is broken is named.

use chrono::{DateTime, Utc};
use model::evidence::EvidenceId;
use model::ledger::{Act, Entry};
use serde_json::Value;

/// What an entry says, before it has its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub at: DateTime<Utc>,
    pub act: Act,
    pub subject: String,
    pub what: String,
    pub follows: Option<String>,
    pub by: Option<String>,
    pub body: Value,
}

/// The last entry, as somebody wrote it down elsewhere: without it, entries cut off at the end are not missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub number: u64,
    pub hash: EvidenceId,
}

/// What is wrong, at the first entry where something is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("entry {number} was changed after it was written: its hash is another")]
    Changed { number: u64 },
    #[error("entry {number} is missing: entry {found} stands in its place")]
    Missing { number: u64, found: u64 },
    #[error("entry {found} stands where entry {number} belongs: entries are not in their order, or twice there")]
    Reordered { number: u64, found: u64 },
    #[error("entry {number} does not name the one before it: something before it was written anew")]
    Unchained { number: u64 },
    #[error("the ledger ends at entry {last} and went on to entry {known}: what came behind was cut off")]
    CutOff { last: u64, known: u64 },
    #[error("entry {number} is another than the one that was noted down as the last")]
    OtherHead { number: u64 },
}

/// The entry behind the last one.
pub fn next(last: Option<Head>, told: Told) -> Entry {
    let _ = (last, told);
    todo!()
}

/// Where the ledger ends, if it is whole; `known`: a head that was noted down before.
pub fn verify(entries: impl IntoIterator<Item = Entry>, known: Option<Head>) -> Result<Option<Head>, Broken> {
    let _ = (entries.into_iter().count(), known);
    todo!()
}

/// JSON that is written in one way only: keys sorted, no spaces, numbers as JavaScript writes them (RFC 8785).
pub fn canonical(value: &Value) -> String {
    let _ = value;
    todo!()
}
