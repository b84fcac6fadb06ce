//! One advertisement as a platform serves it.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};

use crate::evidence::EvidenceId;

/// One ad: what it shows, where its click leads, who pays for it.
///
/// `click_url` is kept as written: whether it can be opened is for the crawler to find out, and to say.
/// Fields postlink does not know are kept in `extra`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ad {
    pub ad_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Where the ad runs, ISO 3166 codes: they say whose law judges it. Where none is given, the configuration says.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_more")]
    pub markets: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advertiser: Option<Advertiser>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The words on the ad's own button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cta: Option<String>,
    pub click_url: String,
    /// Where the advertiser says the click leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landing_url: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub creatives: Vec<Creative>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<Audience>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_landing: Option<ApprovedLanding>,
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// Who gave the page of an ad that leads to no address yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastedBy {
    /// The account.
    pub by: String,
    pub at: DateTime<Utc>,
    /// Of the page.
    pub sha256: EvidenceId,
}

/// Whose ad it is. An advertiser's id is its platform's own: two platforms may give the same one to two advertisers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Whose {
    pub platform: Option<String>,
    /// The advertiser's id there.
    pub advertiser: String,
}

impl Ad {
    /// None where the ad does not say.
    pub fn whose(&self) -> Option<Whose> {
        let advertiser = self.advertiser.as_ref()?.id.clone()?;
        Some(Whose { platform: self.platform.clone(), advertiser })
    }

    /// The field that says it.
    pub const PASTED: &str = "pasted";

    /// Who pasted the page that its click leads to; none where it leads to the web. What is found of such a page says nothing of
    /// what anybody sees.
    pub fn pasted(&self) -> Option<PastedBy> {
        PastedBy::deserialize(self.extra.get(Self::PASTED)?).ok()
    }
}

/// `"GB"` as well as `["GB", "FR"]`.
fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        One(String),
        More(Vec<String>),
    }
    Ok(match Given::deserialize(deserializer)? {
        Given::One(market) => vec![market],
        Given::More(markets) => markets,
    })
}

/// The party that pays for the ad and receives the notes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Advertiser {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub industry: Option<String>,
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// One thing the ad shows: a picture or a video, by path (relative to the ads file).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Creative {
    pub kind: CreativeKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitles: Option<PathBuf>,
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CreativeKind {
    Image,
    Video,
    /// A kind this version cannot read: it leaves a gap.
    #[serde(other)]
    Other,
}

/// To whom the ad is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Audience {
    /// Years; the youngest person addressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_age: Option<u8>,
    #[serde(default)]
    pub elderly: bool,
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// The landing page as it was when the platform approved the ad.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ApprovedLanding {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    #[serde(flatten)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}
