//! Markov

/// Why there are no credits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarkovError {
    #[error(
        "the chain of {keys} keys does not come to an end within {steps} steps: attribute to fewer keys (channels, not creatives)"
    )]
    Endless { keys: usize, steps: u64 },
}
