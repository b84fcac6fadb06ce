//! What went over the wire in one visit, whole enough to be played again.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::evidence::EvidenceId;
use crate::units::Millis;

/// Everything one visitor asked for and was answered, in the order of asking. An artefact of its own: the case names it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    pub visitor: String,
    pub exchanges: Vec<Exchange>,
    /// Requests beyond the bounds of a visit, of which nothing was kept.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropped: u64,
}

/// One request and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    pub by: Client,
    pub url: String,
    pub method: String,
    /// What it was asked for: `document`, `script`, `stylesheet`, `image`, `xhr`, `fetch`, ….
    pub kind: String,
    pub at: DateTime<Utc>,
    /// After the click.
    pub at_ms: Millis,
    /// As they were sent, where the client tells.
    pub request_headers: Headers,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_body: Option<EvidenceId>,
    /// None when there was no answer: `error` says why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// In the client's own words (`net::ERR_NAME_NOT_RESOLVED`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What a server, or the page's own service worker, answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// `http/1.1`, `h2`, `h3`.
    pub protocol: String,
    pub status: u16,
    /// The reason phrase; empty in HTTP/2 and later.
    pub reason: String,
    pub media_type: String,
    /// As they came, those that were sent twice twice.
    pub headers: Headers,
    /// None when the answer has none (a redirect), or when it could not be had or was too long to be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// `address:port` that answered, behind the guard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub service_worker: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    pub evidence: EvidenceId,
    pub bytes: u64,
    /// Whether these are the bytes as the server packed them (`Content-Encoding` applies), and not unpacked by the browser.
    pub as_received: bool,
    /// Whether it was cut at a bound.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// Names and values in their order.
pub type Headers = Vec<(String, String)>;

/// Who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Client {
    Browser,
    /// The walk over plain HTTP.
    Walk,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}
