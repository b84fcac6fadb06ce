//! The extraction record: who took which electronic data from where, when, how, and what its hashes are.

use serde::Serialize;

use super::{Document, GapTold, Head};

#[derive(Clone, Debug, Serialize)]
pub struct Extraction {
    pub head: Head,
    pub records: Vec<Record>,
}

impl Document for Extraction {
    const NAME: &'static str = "extraction";
}

/// One extraction: the examination of one ad.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    pub case_id: String,
    pub ad_id: String,
    pub title: String,
    pub began: String,
    /// When the last piece of evidence was taken.
    pub ended: String,
    pub sealed: String,
    /// What the operator does not say and the program does not know either is none.
    pub clock_offset: Option<String>,
    pub egress: Option<String>,
    pub health: Vec<Tested>,
    pub addresses: Vec<Address>,
    pub visitors: Vec<VisitorTold>,
    pub software: Vec<Tool>,
    pub steps: Vec<Step>,
    pub files: Vec<File>,
    pub gaps: Vec<GapTold>,
    pub manifest: String,
    pub previous: Option<String>,
    pub line: String,
}

/// Where something was taken from.
#[derive(Clone, Debug, Serialize)]
pub struct Address {
    pub visitor: String,
    pub hop: u16,
    pub level: u8,
    pub url: String,
    pub remote: Option<String>,
    pub certificate: Option<String>,
}

/// As whom it was looked.
#[derive(Clone, Debug, Serialize)]
pub struct VisitorTold {
    pub name: String,
    pub user_agent: String,
    pub language: String,
    pub time_zone: String,
    pub screen: String,
    pub blocked: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct Tool {
    pub name: String,
    pub version: String,
}

/// One thing that was tested before the visit, on a page of our own.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tested {
    pub what: String,
    pub well: bool,
    pub at: String,
}

/// One step, in the order in which it was done.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    pub at: Option<String>,
    /// A word that has a translation.
    pub what: String,
    pub of: String,
}

#[derive(Clone, Debug, Serialize)]
pub struct File {
    /// A word that has a translation, and what follows it in the manifest.
    pub what: String,
    pub of: String,
    pub media_type: String,
    pub bytes: u64,
    pub captured_at: String,
    pub sha256: String,
}
