//! Rules of noise as data: `governance/data/noise.toml`.

/// Words that make noise, and words that save a complaint from being taken for it.
#[derive(Debug)]
pub struct Rules {}

/// Why rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    #[error("these rules cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    #[error("the rule `{rule}` {wrong}")]
    Wrong { rule: String, wrong: String },
}

impl Rules {
    /// Those that are built in.
    pub fn built_in() -> Self {
        todo!()
    }

    /// Those of a text like `governance/data/noise.toml`.
    pub fn read(text: &str) -> Result<Self, RulesError> {
        let _ = text;
        todo!()
    }
}
