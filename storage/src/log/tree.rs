//! The mathematics of the log: RFC 6962 section 2.1 with SHA-256, on the hashes of the leaves.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// The hash of a leaf, of an inner node or of a whole tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text is not a hash.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no hash: it should be 64 hex digits")]
pub struct NoHash(String);

impl FromStr for Hash {
    type Err = NoHash;

    fn from_str(text: &str) -> Result<Self, NoHash> {
        let wrong = || NoHash(text.to_owned());
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut hash = [0; 32];
        for (at, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self(hash))
    }
}

/// The hash of an entry.
pub fn leaf(entry: &[u8]) -> Hash {
    Hash(Sha256::new_with_prefix([0]).chain_update(entry).finalize().into())
}

fn node(left: Hash, right: Hash) -> Hash {
    Hash(Sha256::new_with_prefix([1]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// A tree that leaves are added to, one after the other, in little memory: the roots of its whole subtrees.
#[derive(Clone, Debug, Default)]
pub struct Growing {
    size: u64,
    /// The largest first: one for each bit that is set in the size.
    whole: Vec<Hash>,
}

impl Growing {
    pub fn add(&mut self, leaf: Hash) {
        let mut new = leaf;
        for _ in 0..self.size.trailing_ones() {
            let left = self.whole.pop().expect("internal error: each bit of the size has a subtree");
            new = node(left, new);
        }
        self.whole.push(new);
        self.size += 1;
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of what was added so far.
    pub fn root(&self) -> Hash {
        join(&self.whole)
    }
}

/// The root of whole subtrees, the largest first; that of none is the hash of nothing.
pub(crate) fn join(whole: &[Hash]) -> Hash {
    let whole = whole.iter().rev().copied();
    whole.reduce(|right, left| node(left, right)).unwrap_or_else(|| Hash(Sha256::digest([]).into()))
}

/// The root of a tree of these leaves.
pub fn root(leaves: &[Hash]) -> Hash {
    let mut tree = Growing::default();
    leaves.iter().for_each(|leaf| tree.add(*leaf));
    tree.root()
}

/// The root that a leaf and its path come to (RFC 9162, 2.1.3.2); `None` when no such path can be.
pub fn root_of(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for step in path {
        if last == 0 {
            return None;
        }
        if at % 2 == 1 || at == last {
            hash = node(*step, hash);
            while at.is_multiple_of(2) && at != 0 {
                (at, last) = (at / 2, last / 2);
            }
        } else {
            hash = node(hash, *step);
        }
        (at, last) = (at / 2, last / 2);
    }
    (last == 0).then_some(hash)
}

/// Whether a tree is the beginning of another, by the path that says so (RFC 9162, 2.1.4.2).
pub fn is_consistent(first: (u64, Hash), second: (u64, Hash), path: &[Hash]) -> bool {
    let ((first_size, first_root), (second_size, second_root)) = (first, second);
    if first_size == 0 || first_size > second_size {
        return false;
    }
    if first_size == second_size {
        return path.is_empty() && first_root == second_root;
    }
    let mut steps = path.iter().copied();
    let begun = if first_size.is_power_of_two() { Some(first_root) } else { steps.next() };
    let Some(begun) = begun else { return false };
    let (mut at, mut last) = (first_size - 1, second_size - 1);
    while at % 2 == 1 {
        (at, last) = (at / 2, last / 2);
    }
    let (mut of_first, mut of_second) = (begun, begun);
    for step in steps {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            (of_first, of_second) = (node(step, of_first), node(step, of_second));
            while at.is_multiple_of(2) && at != 0 {
                (at, last) = (at / 2, last / 2);
            }
        } else {
            of_second = node(of_second, step);
        }
        (at, last) = (at / 2, last / 2);
    }
    last == 0 && of_first == first_root && of_second == second_root
}

#[cfg(test)]
pub(super) mod tests;
