//! What a check is.

use model::finding::Finding;

pub use crate::side::Sides;

/// A pure function that compares what was promised with what was delivered.
pub trait Check: Sync {
    /// As in the catalogue of checks: kebab-case; the file is its snake_case.
    fn id(&self) -> &'static str;

    /// The term lists of the lexicon that it needs beside those of `claims::TERMS`; a lexicon without one is refused.
    fn terms(&self) -> &'static [&'static str] {
        &[]
    }

    /// What it finds; nothing when both sides agree or one of them does not say enough.
    fn run(&self, sides: &Sides<'_>) -> Vec<Finding>;
}
