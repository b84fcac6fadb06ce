//! What a judge must know of a case besides its findings.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use model::ad::Ad;
use model::case::Case;

/// The youngest age at which a person is of age.
const OF_AGE: u8 = 18;

/// What a judge must know of a case besides its findings: when and where the ad ran, to whom it was shown, and what came before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Circumstances {
    /// The law of this moment judges.
    pub at: DateTime<Utc>,
    /// Where the ad runs, ISO 3166 codes.
    pub markets: BTreeSet<String>,
    pub platform: Option<String>,
    pub elderly: bool,
    pub minor: bool,
    /// What the landing pages offer, by kind and by family.
    pub kinds: BTreeSet<String>,
    /// When other ads of the same advertiser were found violating before.
    pub earlier: Vec<DateTime<Utc>>,
    /// Checks whose finding was gone when the ad was looked at again, before anybody was told.
    pub corrected: BTreeSet<String>,
    /// Whether rules on trial judge as well: what they would do.
    pub trial: bool,
}

/// A group that the law protects more than others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Group {
    Elderly,
    Minor,
}

impl Circumstances {
    /// Of a case, by the law of its day. An ad that does not say where it runs runs in `markets`.
    pub fn of(case: &Case, markets: &BTreeSet<String>) -> Self {
        let audience = case.ad.audience.clone().unwrap_or_default();
        Self {
            at: case.opened_at,
            markets: markets_of(&case.ad).unwrap_or_else(|| markets.clone()),
            platform: case.ad.platform.clone(),
            elderly: audience.elderly,
            minor: audience.min_age.is_some_and(|age| age < OF_AGE),
            ..Self::default()
        }
    }

    pub(crate) fn addresses(&self, group: Group) -> bool {
        match group {
            Group::Elderly => self.elderly,
            Group::Minor => self.minor,
        }
    }
}

fn markets_of(ad: &Ad) -> Option<BTreeSet<String>> {
    let markets: BTreeSet<_> = ad.markets.iter().map(|market| market.trim().to_uppercase()).collect();
    (!markets.is_empty()).then_some(markets)
}
