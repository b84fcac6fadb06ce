//! The certificate for an ad in which nothing was found: what was looked at, and what that does not say.

use serde::Serialize;

use super::{Document, Head, Tool};

#[derive(Clone, Debug, Serialize)]
pub struct Certificate {
    pub head: Head,
    pub case_id: String,
    pub ad_id: String,
    pub title: String,
    pub advertiser: Option<String>,
    pub platform: Option<String>,
    pub click_url: String,
    pub began: String,
    pub sealed: String,
    pub seen: Vec<SeenBy>,
    /// Sentences of the ad that were compared, and how many checks compared them.
    pub promised: usize,
    /// None where the case was sealed by a version that did not write it down.
    pub checks: Option<String>,
    pub packs: Vec<Tool>,
    pub software: Vec<Tool>,
    /// Findings of low confidence, which make no violation.
    pub possible: usize,
    pub manifest: String,
    pub line: String,
}

impl Document for Certificate {
    const NAME: &'static str = "certificate";
}

/// What one visitor saw.
#[derive(Clone, Debug, Serialize)]
pub struct SeenBy {
    pub visitor: String,
    pub hops: usize,
    pub pages: usize,
    pub deepest: u8,
    pub landing: String,
    pub at: String,
    pub snapshot: String,
}
