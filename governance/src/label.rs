//! What a complaint is about: scenario, kind, a path of four levels and how grave it is, by the words of `governance/data/labels.toml`.
//!
//! What the words do not say is `other` with little confidence, for people to read.

use model::complaint::{Age, Labelled};

/// The words with what they say, ready to be looked for.
#[derive(Debug)]
pub struct Labels {}

/// Why a lexicon cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LabelsError {
    #[error("this lexicon cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    #[error("the matter `{matter}` {wrong}")]
    Wrong { matter: String, wrong: String },
}

impl Labels {
    /// Those that are built in.
    pub fn built_in() -> Self {
        todo!()
    }

    /// Those of a text like `governance/data/labels.toml`.
    pub fn read(text: &str) -> Result<Self, LabelsError> {
        let _ = text;
        todo!()
    }

    /// What a text says. Of minors and the elderly less is enough, and it is one step graver where money is concerned.
    pub fn label(&self, text: &str, age: Option<Age>) -> Labelled {
        let _ = (text, age);
        todo!()
    }
}
