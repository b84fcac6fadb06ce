//! Where the clicks of ads lead, as far as they share it, and what was seen there over time.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::evidence::EvidenceId;

/// A click URL without what tells one click from another: ads with the same one are visited together.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Landing {
    pub id: LandingId,
    /// The click URL in its normal form; one that nobody can open stands here as it was written.
    pub url: String,
    /// The host that is asked first, with its port where that is not the usual one.
    pub host: String,
}

impl Landing {
    pub fn of(url: String, host: String) -> Self {
        Self { id: LandingId::of(&url), url, host }
    }
}

/// Names a landing: 32 hex digits of the SHA-256 of its URL, which may be longer than a database indexes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LandingId(String);

impl LandingId {
    const DIGITS: usize = 32;

    fn of(url: &str) -> Self {
        let mut hex = EvidenceId::of(url.as_bytes()).hex();
        hex.truncate(Self::DIGITS);
        Self(hex)
    }

    /// One that was written down before; none when it is no such name.
    pub fn written(text: &str) -> Option<Self> {
        let digits = text.len() == Self::DIGITS && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        digits.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LandingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
