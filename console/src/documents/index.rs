//! The first page of a bundle, and how it is verified.

use serde::Serialize;

use super::{Document, Head};

#[derive(Clone, Debug, Serialize)]
pub struct Index {
    pub head: Head,
    /// The language of its documents.
    pub language: String,
    pub cases: Vec<IndexCase>,
    /// Files and what they are.
    pub parts: Vec<Part>,
    /// Whether there are packages, stamps, proofs of the log, and a signature over the sums.
    pub packages: bool,
    pub stamps: bool,
    pub proofs: bool,
    pub signed: bool,
    pub stamped: bool,
}

impl Document for Index {
    const NAME: &'static str = "index";
}

#[derive(Clone, Debug, Serialize)]
pub struct IndexCase {
    pub case_id: String,
    pub ad_id: String,
    pub title: String,
    pub advertiser: Option<String>,
    pub opened_at: String,
    pub verdict: String,
    pub violations: usize,
    pub gaps: usize,
    pub manifest: String,
    pub certificate: bool,
    /// Why there is none, by a word that has a translation; empty where there is one.
    pub no_certificate: String,
}

/// A file or folder of the bundle.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    pub name: String,
    /// A word that has a translation.
    pub what: String,
}
