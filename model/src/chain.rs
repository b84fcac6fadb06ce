//! The ordered hops from the click to the last page followed, for one visitor.

use serde::{Deserialize, Serialize};

use crate::evidence::EvidenceId;
use crate::units::{Level, Millis};

/// What happened after one visitor's click, as the browser saw it, and as plain HTTP saw it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chain {
    /// The visitor's name, for example `android-douyin`.
    pub visitor: String,
    /// What the browser went through; hop 0 is the click. Never empty.
    pub hops: Vec<Hop>,
    /// The same click over plain HTTP without a browser: what a server says before any script runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub walk: Vec<Hop>,
    /// The chain as it was first written down, as evidence: what a place refers to where no picture could be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<EvidenceId>,
}

/// One step of a chain: a document that was asked for, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hop {
    /// 0-based position in the chain; 0 is the click.
    pub index: u16,
    /// How we were sent here.
    pub kind: HopKind,
    pub level: Level,
    pub url: String,
    /// The HTTP status of the answer; none when there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// After the click.
    pub at_ms: Millis,
    /// What sent us here, in words a reader can check: `302 Location`, `<meta http-equiv=refresh>`, `script app.js:12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// `address:port` that answered, behind the guard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    /// Why there was no answer, in the client's own words (`net::ERR_NAME_NOT_RESOLVED`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The captured page, for hops on which the visitor rested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<EvidenceId>,
}

/// How a hop happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HopKind {
    /// The click itself.
    Click,
    /// An HTTP 3xx answer.
    Http,
    /// `<meta http-equiv="refresh">` or a `Refresh` header.
    MetaRefresh,
    /// A script changed the location.
    Script,
}

impl Chain {
    /// The last hop: where the click really led.
    pub fn last(&self) -> &Hop {
        self.hops.last().expect("internal error: a chain begins with its click")
    }
}
