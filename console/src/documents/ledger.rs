//! The next-level ledger: which link was checked, when, by whom, with what result, and what was left open.

use serde::Serialize;

use super::{Document, Head};

#[derive(Clone, Debug, Serialize)]
pub struct Ledger {
    pub head: Head,
    pub coverage: Coverage,
    pub ads: Vec<LedgerAd>,
}

impl Document for Ledger {
    const NAME: &'static str = "ledger";
    const WIDE: bool = true;
}

/// How many ads had their next-level link checked, and why others did not.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Coverage {
    pub ads: usize,
    /// By every visitor, without a gap.
    pub checked: usize,
    /// By some visitors, or with a gap somewhere.
    pub partly: usize,
    pub not_checked: usize,
    pub visits: usize,
    /// Pages that were captured: at level 1, and behind it.
    pub next_level_pages: usize,
    pub deeper_pages: usize,
    pub reasons: Vec<Reason>,
}

/// Why links were not checked, or not in full.
#[derive(Clone, Debug, Serialize)]
pub struct Reason {
    /// A gap's word.
    pub reason: String,
    pub ads: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct LedgerAd {
    pub ad_id: String,
    pub title: String,
    pub platform: Option<String>,
    pub advertiser: Option<String>,
    pub case_id: String,
    pub opened_at: String,
    pub verdict: String,
    /// `checked`, `partly` or `not-checked`.
    pub status: String,
    pub manifest: String,
    /// Where a cheap look stood in for the visit.
    pub reconfirmed: Option<Confirmed>,
    pub rows: Vec<LedgerRow>,
    /// What concerns the ad and no one hop.
    pub gaps: Vec<GapTold>,
}

/// One address that was asked for.
#[derive(Clone, Debug, Serialize)]
pub struct LedgerRow {
    /// From 1, through the whole ledger.
    pub number: usize,
    pub visitor: String,
    /// `browser` or `http`.
    pub means: String,
    pub hop: u16,
    /// None over plain HTTP, which shows no page: levels are counted by what a person sees.
    pub level: Option<u8>,
    /// How the visitor was sent here.
    pub kind: String,
    pub url: String,
    pub remote: Option<String>,
    pub at: String,
    /// Whether the time is that of the opening of the case, as that of the visit was not written down.
    pub about: bool,
    pub status: Option<u16>,
    pub error: Option<String>,
    /// `passed`, `nothing-found`, `found`, `not-checked`, or `not-again` for what an earlier visit saw and this look did not.
    pub result: String,
    /// Checks of the violations that lie here.
    pub found: Vec<String>,
    pub gaps: Vec<GapTold>,
    /// The page as it was captured.
    pub snapshot: Option<String>,
}

/// A cheap look: the landing page is as it was, and what lies behind it was not seen again.
#[derive(Clone, Debug, Serialize)]
pub struct Confirmed {
    pub at: String,
    /// When the visit began that all else is of.
    pub visited_at: String,
}

/// Something that could not be seen.
#[derive(Clone, Debug, Serialize)]
pub struct GapTold {
    pub reason: String,
    pub detail: String,
    pub visitor: Option<String>,
}
