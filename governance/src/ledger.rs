//! The ledger as a chain of hashes: what is added names what was there, and what is broken is named.

mod canonical;

use std::collections::HashMap;

use chrono::SubsecRound as _;
use model::evidence::EvidenceId;
pub use model::ledger::Told;
use model::ledger::{Act, Entry};

pub use canonical::canonical;

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
    #[error("entry {number} follows from `{follows}`, and no entry before it tells of that")]
    Loose { number: u64, follows: String },
    #[error("entry {number}, a {act}, follows from a {from}: a decision follows from a finding, a measure from a decision or a finding, an outcome from any of them", act = .act.word(), from = .from.word())]
    Backward { number: u64, act: Act, from: Act },
    #[error("entry {number} is a measure that follows from nothing")]
    Unfounded { number: u64 },
}

/// The entry behind the last one; none: the first.
///
/// Its time is kept to the millisecond, as stores do, so that its hash is the same when it comes back.
pub fn next(last: Option<Head>, told: Told) -> Entry {
    let Told { at, act, subject, what, follows, by, body } = told;
    let number = last.map_or(1, |last| last.number + 1);
    let previous = last.map(|last| last.hash);
    let hash = EvidenceId::of(&[]);
    let entry = Entry { number, at: at.trunc_subsecs(3), act, subject, what, follows, by, body, previous, hash };
    Entry { hash: hash_of(&entry), ..entry }
}

/// Where the ledger ends, if it is whole, and if each entry follows from one before it; `known`: a head that was noted down before, of
/// which the ledger may have gone on.
pub fn verify(entries: impl IntoIterator<Item = Entry>, known: Option<Head>) -> Result<Option<Head>, Broken> {
    let mut followed = Followed::default();
    followed.on(entries, known)?;
    followed.ended(known)
}

/// How far a ledger was whole, for whoever reads it page by page.
#[derive(Debug, Default)]
pub struct Followed {
    /// Where it has come to.
    pub last: Option<Head>,
    /// What entries have told of.
    told: HashMap<String, Act>,
}

impl Followed {
    /// Goes on to the end of some more of it.
    pub fn on(&mut self, entries: impl IntoIterator<Item = Entry>, known: Option<Head>) -> Result<(), Broken> {
        let mut entries = entries.into_iter();
        while let Some(entry) = entries.next() {
            let number = self.last.map_or(1, |last| last.number + 1);
            let found = entry.number;
            if hash_of(&entry) != entry.hash {
                return Err(Broken::Changed { number });
            }
            if found > number {
                // It may stand further on: then nothing is missing.
                let later = entries.any(|later| later.number == number);
                return Err(if later {
                    Broken::Reordered { number, found }
                } else {
                    Broken::Missing { number, found }
                });
            }
            if found < number {
                return Err(Broken::Reordered { number, found });
            }
            if entry.previous != self.last.map(|last| last.hash) {
                return Err(Broken::Unchained { number });
            }
            if known.is_some_and(|known| known.number == number && known.hash != entry.hash) {
                return Err(Broken::OtherHead { number });
            }
            follows(&entry, &self.told)?;
            self.last = Some(Head { number, hash: entry.hash });
            self.told.insert(entry.what, entry.act);
        }
        Ok(())
    }

    /// Whether it goes on as far as it did once.
    pub fn ended(self, known: Option<Head>) -> Result<Option<Head>, Broken> {
        match (self.last.map_or(0, |last| last.number), known) {
            (last, Some(known)) if last < known.number => Err(Broken::CutOff { last, known: known.number }),
            _ => Ok(self.last),
        }
    }
}

/// Whether an entry follows from one before it that it may follow from. One about a case in which nothing was found follows from none.
fn follows(entry: &Entry, told: &HashMap<String, Act>) -> Result<(), Broken> {
    let (number, act) = (entry.number, entry.act);
    let Some(follows) = &entry.follows else {
        return if act == Act::Measure { Err(Broken::Unfounded { number }) } else { Ok(()) };
    };
    match told.get(follows) {
        None => Err(Broken::Loose { number, follows: follows.clone() }),
        Some(from) if *from >= act => Err(Broken::Backward { number, act, from: *from }),
        Some(_) => Ok(()),
    }
}

fn hash_of(entry: &Entry) -> EvidenceId {
    let mut value = serde_json::to_value(entry).expect("internal error: an entry is plain data");
    if let Some(map) = value.as_object_mut() {
        map.remove("hash");
    }
    EvidenceId::of(canonical(&value).as_bytes())
}

#[cfg(test)]
mod tests;
