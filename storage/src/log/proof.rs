//! What a stranger needs to see that an entry is in a log: its bytes, its path, and the checkpoint that it leads to.

use serde::{Deserialize, Serialize};

use crate::log::checkpoint::Note;
use crate::log::tree::{self, Hash};
use crate::log::{KeptCheckpoint, Log, Logged, tiles};
use crate::store::{CaseId, StoreError};

/// That an entry is in the log that a checkpoint stands for. As JSON, what `scripts/inclusion.sh` reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    /// 0 for the first entry of the log.
    pub index: u64,
    /// Of the checkpoint.
    pub size: u64,
    /// Hex.
    pub leaf_hash: String,
    /// Hex; from the leaf up.
    pub path: Vec<String>,
    /// Hex; of the checkpoint.
    pub root: String,
}

impl Inclusion {
    /// Whether the entry leads to the root.
    pub fn holds_for(&self, entry: &[u8]) -> bool {
        let path: Option<Vec<Hash>> = self.path.iter().map(|hash| hash.parse().ok()).collect();
        let (leaf, root) = (tree::leaf(entry), self.root.parse().ok());
        let comes_to = path.and_then(|path| tree::root_of(leaf, self.index, self.size, &path));
        leaf.to_string() == self.leaf_hash && comes_to.is_some() && comes_to == root
    }
}

/// An entry with its proof.
#[derive(Clone, Debug, PartialEq)]
pub struct Proven {
    pub entry: Logged,
    pub inclusion: Inclusion,
}

/// All that the log says of a case, under one checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseProof {
    /// That it was sealed first; then decisions, measures and deletions.
    pub entries: Vec<Proven>,
    pub checkpoint: KeptCheckpoint,
}

/// All that the log says of a case up to the latest checkpoint; `None` when no checkpoint stands for it yet.
pub async fn of_case(store: &impl Log, case: &CaseId) -> Result<Option<CaseProof>, StoreError> {
    let Some((checkpoint, note)) = latest(store).await? else { return Ok(None) };
    let size = note.checkpoint.size;
    let mut entries = store.logged_of(case).await?;
    entries.retain(|entry| entry.index < size);
    if entries.is_empty() {
        return Ok(None);
    }
    // A checkpoint of an earlier version was made without.
    tiles::extend(store, size).await?;
    let root = note.checkpoint.root.to_string();
    let mut proven = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(path) = tiles::inclusion(store, entry.index, size).await? else { continue };
        let path = path.iter().map(Hash::to_string).collect();
        let (index, leaf_hash, root) = (entry.index, entry.hash.to_string(), root.clone());
        proven.push(Proven { entry, inclusion: Inclusion { index, size, leaf_hash, path, root } });
    }
    Ok(Some(CaseProof { entries: proven, checkpoint }))
}

/// The path that shows that the log of one size is the beginning of that of another.
pub async fn of_growth(store: &impl Log, first: u64, second: u64) -> Result<Option<Vec<Hash>>, StoreError> {
    tiles::extend(store, second).await?;
    tiles::consistency(store, first, second).await
}

/// The checkpoint that stands for most: of those, the latest.
pub async fn latest(store: &impl Log) -> Result<Option<(KeptCheckpoint, Note)>, StoreError> {
    let read = |kept: KeptCheckpoint| Some((Note::parse(&kept.note).ok()?, kept));
    let all = store.checkpoints().await?.into_iter().filter_map(read);
    let latest = all.max_by_key(|(note, kept)| (note.checkpoint.size, kept.number));
    Ok(latest.map(|(note, kept)| (kept, note)))
}

#[cfg(test)]
mod tests;
