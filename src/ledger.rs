//! Keeps the ledger behind what happened: asks what has no entry yet, chains it, and adds it.

use governance::ledger::{Head, next};
use model::ledger::{Entry, Told};
use storage::ledger::Ledger;

/// Entries of each sort that are added at once.
const AT_ONCE: u64 = 500;

/// Adds what has no entry yet; gives back how many entries it came to.
pub(crate) async fn follow(store: &impl Ledger) -> anyhow::Result<usize> {
    let mut added = 0;
    loop {
        let last = store.last_entry().await?.map(|entry| Head { number: entry.number, hash: entry.hash });
        let entries = chained(last, store.untold(AT_ONCE).await?);
        if entries.is_empty() {
            return Ok(added);
        }
        // Where somebody else was faster, some of it has its entry by now: it is asked again.
        if store.enter(&entries).await? {
            added += entries.len();
        }
    }
}

fn chained(mut last: Option<Head>, told: Vec<Told>) -> Vec<Entry> {
    let entry = |told| {
        let entry = next(last, told);
        last = Some(Head { number: entry.number, hash: entry.hash });
        entry
    };
    told.into_iter().map(entry).collect()
}
