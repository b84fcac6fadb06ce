//! The log: an append-only list of what was sealed, decided and deleted, whose root stands for all of it (RFC 6962).
//!
//! Whoever holds a signed root of a size can be shown that an entry is in it (inclusion), and that a later root still holds all
//! of it (consistency). What is not in a store any more is explained by an entry.

pub mod checkpoint;
pub mod entry;
pub mod proof;
pub mod sealing;
pub mod tiles;
pub mod tree;

pub(crate) mod kept;

pub use entry::Entry;
pub use kept::{KeptCheckpoint, Log, Logged};
pub use tree::Hash;

#[cfg(test)]
mod figures;
