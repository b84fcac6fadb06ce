//! Immutable artefacts, named by their SHA-256, and places in them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::units::{Area, Level, Millis};

/// The SHA-256 of an artefact's bytes, written `sha256:<64 hex digits>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EvidenceId([u8; 32]);

impl EvidenceId {
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The hash itself.
    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// The 64 hex digits, without the `sha256:` in front.
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Display for EvidenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

impl fmt::Debug for EvidenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no evidence id: it should read `sha256:` and 64 hex digits")]
pub struct NoEvidenceId(String);

impl FromStr for EvidenceId {
    type Err = NoEvidenceId;

    fn from_str(text: &str) -> Result<Self, NoEvidenceId> {
        let wrong = || NoEvidenceId(text.to_owned());
        let hex = text.strip_prefix("sha256:").ok_or_else(wrong)?;
        if hex.len() != 64 || !hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            return Err(wrong());
        }
        let mut id = [0; 32];
        for (byte, pair) in id.iter_mut().zip(hex.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self(id))
    }
}

impl TryFrom<String> for EvidenceId {
    type Error = NoEvidenceId;

    fn try_from(text: String) -> Result<Self, NoEvidenceId> {
        text.parse()
    }
}

impl From<EvidenceId> for String {
    fn from(id: EvidenceId) -> Self {
        id.to_string()
    }
}

/// An immutable artefact. A copy of it is one more name for the same bytes.
#[derive(Clone, PartialEq)]
pub struct Evidence {
    id: EvidenceId,
    bytes: Arc<[u8]>,
    pub media_type: String,
    /// What it is in a word or two, for a reader of the manifest: `page picture`, `video frame 3.0 s`.
    pub what: String,
    pub captured_at: DateTime<Utc>,
}

impl Evidence {
    pub fn new(
        what: impl Into<String>,
        media_type: impl Into<String>,
        bytes: Vec<u8>,
        captured_at: DateTime<Utc>,
    ) -> Self {
        Self {
            id: EvidenceId::of(&bytes),
            bytes: bytes.into(),
            media_type: media_type.into(),
            what: what.into(),
            captured_at,
        }
    }

    pub fn id(&self) -> EvidenceId {
        self.id
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {} bytes)", self.id, self.media_type, self.bytes.len())
    }
}

/// Where in the ad something is said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdPlace {
    pub source: AdSource,
    /// Seconds from the video's first frame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_s: Option<f64>,
    /// Pixels of the picture or frame.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub area: Option<Area>,
    /// The picture or frame; for words of the ad itself, the ad as it was read.
    pub evidence: EvidenceId,
}

/// By which part of the ad a promise is made. The least promise is the click.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdSource {
    Video,
    Image,
    Title,
    Description,
    Cta,
    Click,
    Speech,
}

/// Where on the way something is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PagePlace {
    pub visitor: String,
    /// Position in the visitor's chain.
    pub hop: u16,
    pub level: Level,
    pub url: String,
    /// After the click.
    pub at_ms: Millis,
    /// CSS pixels of the page.
    #[serde(default, rename = "box", skip_serializing_if = "Option::is_none")]
    pub area: Option<Area>,
    /// A CSS path from the nearest element with an id, or from `html`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// The full-page picture on which the box lies; without one, the record of the hop.
    pub evidence: EvidenceId,
}

/// Where in the evidence something is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Place {
    Page(PagePlace),
    Ad(AdPlace),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_evidence_id_reads_what_it_writes() {
        let id = EvidenceId::of(b"postlink");
        assert_eq!(id.to_string().parse::<EvidenceId>().expect("reads"), id);
    }

    #[test]
    fn a_damaged_evidence_id_is_refused() {
        let id = EvidenceId::of(b"postlink").to_string();
        for wrong in [&id[..70], &id.to_uppercase(), "sha256:", "md5:00", &id.replace('a', "+")] {
            assert!(wrong.parse::<EvidenceId>().is_err(), "{wrong}");
        }
    }
}
