//! Roots and proofs of a log of any length, in little memory: of each 256 neighbours the root is kept, and of 256 of those again.
//!
//! They are made of the entries, behind them, and can be made anew at any time: nothing is believed because of them that
//! `verify` does not compute from the entries.

use crate::log::Log;
use crate::log::tree::{self, Hash};
use crate::store::StoreError;

/// A tile stands for two to this power of the row below.
const HEIGHT: u32 = 8;

/// How many neighbours make one tile.
pub(crate) const WIDTH: u64 = 1 << HEIGHT;

/// Rows of tiles above the entries: those stand for 2^56 of them.
pub(crate) const MOST_LEVELS: u32 = 7;

/// Tiles that are made at once: half a megabyte of hashes.
const AT_ONCE: u64 = 64;

/// Where the hashes of a log come from.
pub trait Hashes: Send + Sync {
    /// So many from one on; of level 0 those of entries, of level n those of the whole subtrees of 256^n entries. All are there.
    fn hashes(&self, level: u32, first: u64, count: u64) -> impl Future<Output = Result<Vec<Hash>, StoreError>> + Send;
}

/// Makes the tiles of the first so many entries, as far as they are not there.
pub async fn extend(log: &impl Log, size: u64) -> Result<(), StoreError> {
    for level in 1..=MOST_LEVELS {
        let whole = size >> (HEIGHT * level);
        let mut there = log.tiles(level).await?;
        while there < whole {
            let count = (whole - there).min(AT_ONCE);
            let below = log.hashes(level - 1, there * WIDTH, count * WIDTH).await?;
            let roots: Vec<_> = below.chunks(usize::from(u8::MAX) + 1).map(tree::root).collect();
            log.keep_tiles(level, there, &roots).await?;
            there += count;
        }
        if whole == 0 {
            break;
        }
    }
    Ok(())
}

/// The root of the first so many entries.
pub async fn root(from: &impl Hashes, size: u64) -> Result<Hash, StoreError> {
    range(from, 0, size).await
}

/// What an entry is to be hashed with, from the bottom up, to come to the root; `None` when there is no such entry.
pub async fn inclusion(from: &impl Hashes, index: u64, size: u64) -> Result<Option<Vec<Hash>>, StoreError> {
    if index >= size {
        return Ok(None);
    }
    let (mut begin, mut end, mut path) = (0, size, Vec::new());
    while end - begin > 1 {
        let middle = begin + split(end - begin);
        if index < middle {
            path.push(range(from, middle, end).await?);
            end = middle;
        } else {
            path.push(range(from, begin, middle).await?);
            begin = middle;
        }
    }
    path.reverse();
    Ok(Some(path))
}

/// What shows that the tree of the first `first` entries is the beginning of that of the first `size`; `None` when it cannot be.
pub async fn consistency(from: &impl Hashes, first: u64, size: u64) -> Result<Option<Vec<Hash>>, StoreError> {
    if !(1..=size).contains(&first) {
        return Ok(None);
    }
    let (mut begin, mut end, mut path, mut is_whole) = (0, size, Vec::new(), true);
    while first < end {
        let middle = begin + split(end - begin);
        if first <= middle {
            path.push(range(from, middle, end).await?);
            end = middle;
        } else {
            path.push(range(from, begin, middle).await?);
            (begin, is_whole) = (middle, false);
        }
    }
    if !is_whole {
        path.push(range(from, begin, end).await?);
    }
    path.reverse();
    Ok(Some(path))
}

/// The largest power of two that is less than the size.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The root of the entries from one up to another: its whole subtrees, the largest first, and one root of all of them.
async fn range(from: &impl Hashes, begin: u64, end: u64) -> Result<Hash, StoreError> {
    let (mut at, mut whole) = (begin, Vec::new());
    while at < end {
        let height = (end - at).ilog2();
        whole.push(subtree(from, at, height).await?);
        at += 1 << height;
    }
    Ok(tree::join(&whole))
}

/// The root of two to the power of `height` entries: of at most 128 hashes of the nearest row of tiles below.
async fn subtree(from: &impl Hashes, first: u64, height: u32) -> Result<Hash, StoreError> {
    let level = (height / HEIGHT).min(MOST_LEVELS);
    let below = HEIGHT * level;
    Ok(tree::root(&from.hashes(level, first >> below, 1 << (height - below)).await?))
}

#[cfg(test)]
mod tests;
