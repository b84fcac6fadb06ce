//! Who gets the credit for what users did in the end: eight models over one path at a time (formulas: docs/governance-figures.md).
//!
//! ```text
//! names ─► Names (a number each) ─► Path ─► Tally::add ─► … ─► Tally::credits
//! ```
//!
//! A key is whatever credit is to fall to: a creative, a channel, a hop. Memory: one number a key, and one a pair of keys that
//! follow each other for the Markov model; never the paths.

mod first;
mod last_non_direct;
mod last_per_channel;
mod last_touch;
mod linear;
mod markov;
mod names;
mod path;
mod position;
mod tally;
mod time_decay;

pub use markov::MarkovError;
pub use names::Names;
pub use path::{End, Path, PathError, Touch};
pub use tally::{Credits, Model, Tally};

#[cfg(test)]
mod tests;
