//! Ads as they are listed, and which of them.

use chrono::{DateTime, Utc};

use crate::store::CaseId;

/// Which ads: those for which everything holds that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WantedAds {
    /// In the ad's id or host, or in the title or the advertiser's name of its latest case.
    pub text: Option<String>,
    pub platform: Option<String>,
    pub advertiser: Option<String>,
    pub trade: Option<String>,
    /// Of the latest case; `never` for ads that have none.
    pub verdict: Option<String>,
    pub tag: Option<String>,
}

/// An ad as it was imported last.
#[derive(Clone, Debug, PartialEq)]
pub struct AdRow {
    pub ad_id: String,
    pub platform: Option<String>,
    pub advertiser: Option<String>,
    pub trade: Option<String>,
    /// The host that its click asks first.
    pub host: String,
    pub title: Option<String>,
    pub imported_at: DateTime<Utc>,
    pub ends_at: Option<DateTime<Utc>>,
    pub latest: Option<LatestCase>,
}

/// The case that looked at an ad last.
#[derive(Clone, Debug, PartialEq)]
pub struct LatestCase {
    pub case_id: CaseId,
    pub verdict: String,
    pub severity: Option<String>,
    pub sealed_at: DateTime<Utc>,
}

pub(crate) fn title_of(ad: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Titled {
        title: Option<String>,
    }
    serde_json::from_str::<Titled>(ad).ok()?.title
}
