//! Figures of cases and ads.

use chrono::{DateTime, Utc};

/// How far ads that run are checked, by the latest case of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// Its id on its platform; none in the total.
    pub advertiser: Option<String>,
    /// Its platform: another one may give the same id to somebody else.
    pub platform: Option<String>,
    /// Ads that run.
    pub running: u64,
    /// Of those: that have a case.
    pub examined: u64,
    /// Of those: whose case saw a landing page at all.
    pub reached_level_1: u64,
    /// Of those: whose case saw a page behind the landing page.
    pub reached_level_2: u64,
    /// Of those: whose case is inconclusive.
    pub inconclusive: u64,
    /// Why: each reason, and how many ads have it, by reason. An ad may have several.
    pub reasons: Vec<(String, u64)>,
    /// Ads that run and have no case.
    pub never: u64,
    /// When the one whose latest case is the oldest was examined.
    pub oldest_look: Option<DateTime<Utc>>,
}

/// How often people agree with a check: by the latest word on each violation, where a word on the whole case is one on each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    pub check: String,
    pub confirmed: u64,
    pub rejected: u64,
    /// Nothing was said, or another visit asked for.
    pub undecided: u64,
}
