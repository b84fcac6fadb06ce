//! The ads that were imported, each with its latest case.

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use model::line::word;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use storage::desk::{AdRow, CaseRow, Desk as _, LatestCase, WantedAds};

use super::asked::{Asked, Given, Named, Words};
use super::caller::{Caller, Read};
use super::cases::{CaseFacts, Limit};
use super::problem::Problem;
use crate::app::App;
use crate::stored::ask;

/// Cases of an ad that are told.
const LATEST: u64 = 50;

/// Of the latest case of an ad.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum LatestVerdict {
    Violating,
    Clean,
    Inconclusive,
    /// It has no case.
    Never,
}

/// Ads for which everything holds that is given, and which part of their list.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct AdsAsked {
    /// In the ad's id or host, or in the title or the advertiser's name of its latest case.
    text: Option<Words>,
    /// Where the ad runs.
    platform: Option<Words>,
    /// The advertiser's id on its platform.
    advertiser: Option<Words>,
    /// The advertiser's trade, or the ad's declared category.
    trade: Option<Words>,
    /// Of the latest case; `never`: it has none.
    verdict: Option<LatestVerdict>,
    /// The ad has this tag.
    tag: Option<Words>,
    /// Where the page before has ended: its `next`.
    #[schemars(regex(pattern = "^([0-9a-f]{2})+$"))]
    cursor: Option<Cursor>,
    /// How many at most.
    #[schemars(range(min = 1, max = Limit::MOST), extend("default" = Limit::USUAL))]
    limit: Option<Limit>,
}

impl AdsAsked {
    /// What is wanted, and the id behind which the page begins.
    fn wanted(self) -> (WantedAds, Option<String>) {
        let words = |words: Option<Words>| words.map(|Words(text)| text);
        let behind = self.cursor.map(|Cursor(id)| id);
        let wanted = WantedAds {
            text: words(self.text),
            platform: words(self.platform),
            advertiser: words(self.advertiser),
            trade: words(self.trade),
            verdict: self.verdict.map(|verdict| word(&verdict)),
            tag: words(self.tag),
        };
        (wanted, behind)
    }
}

/// The id of the last ad of a page, in hex: it stands in an address whatever is in it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, with = "String")]
struct Cursor(String);

impl Cursor {
    fn of(ad: &str) -> String {
        ad.bytes().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl TryFrom<String> for Cursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digit = |byte: u8| char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_uppercase());
        let byte = |pair: &[u8]| match pair {
            [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
            _ => None,
        };
        let bytes: Option<Vec<u8>> = text.as_bytes().chunks(2).map(byte).collect();
        let bytes = bytes.filter(|bytes| !bytes.is_empty()).ok_or("this is no `next` of a page that was given out")?;
        // No ad has a NUL in its id: behind such a one begins what is behind the rest of it.
        Ok(Self(String::from_utf8_lossy(&bytes).replace('\0', "")))
    }
}

/// One page of the ads.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AdsGiven {
    items: Vec<AdFacts>,
    /// The cursor of the page behind this one; null on the last.
    next: Option<String>,
}

/// An ad as it was imported last.
#[derive(Serialize, JsonSchema)]
struct AdFacts {
    ad_id: String,
    platform: Option<String>,
    /// The advertiser's id on its platform.
    advertiser: Option<String>,
    /// The advertiser's trade, or the ad's declared category.
    trade: Option<String>,
    /// The host that its click asks first.
    host: String,
    title: Option<String>,
    #[schemars(with = "String", extend("format" = "date-time"))]
    imported_at: DateTime<Utc>,
    /// When it stops running; null where nobody said.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    ends_at: Option<DateTime<Utc>>,
    latest: Option<Latest>,
}

/// The case that looked at an ad last.
#[derive(Serialize, JsonSchema)]
struct Latest {
    case_id: String,
    /// `violating`, `clean` or `inconclusive`.
    verdict: String,
    /// Of its gravest violation: `S1` to `S4`.
    severity: Option<String>,
    #[schemars(with = "String", extend("format" = "date-time"))]
    sealed_at: DateTime<Utc>,
}

impl From<AdRow> for AdFacts {
    fn from(row: AdRow) -> Self {
        let AdRow { ad_id, platform, advertiser, trade, host, title, imported_at, ends_at, latest } = row;
        let latest = latest.map(|latest| {
            let LatestCase { case_id, verdict, severity, sealed_at } = latest;
            Latest { case_id: case_id.to_string(), verdict, severity, sealed_at }
        });
        Self { ad_id, platform, advertiser, trade, host, title, imported_at, ends_at, latest }
    }
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<Read>,
    Asked(asked): Asked<AdsAsked>,
) -> Result<Given<AdsGiven>, Problem> {
    let (sight, limit) = (caller.sight(), Limit::of(asked.limit));
    let (wanted, behind) = asked.wanted();
    let behind = behind.as_deref();
    // One more than is given tells whether there are more.
    let rows: Vec<AdRow> = ask!(app.stored, store => store.ads(&sight, &wanted, behind, limit + 1).await)?;
    let more = rows.len() as u64 > limit;
    let items: Vec<_> = rows.into_iter().take(limit as usize).map(AdFacts::from).collect();
    let next = items.last().filter(|_| more).map(|last| Cursor::of(&last.ad_id));
    Ok(Given(AdsGiven { items, next }))
}

/// Names an ad.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct OfAd {
    /// The ad's id on its platform, percent-encoded.
    #[schemars(length(min = 1), example = &"ad-1")]
    id: String,
}

/// An ad with its cases.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AdGiven {
    ad: AdFacts,
    /// The latest first, 50 at most.
    cases: Vec<CaseFacts>,
}

pub(crate) async fn one(
    State(app): State<Arc<App>>,
    caller: Caller<Read>,
    Named(OfAd { id }): Named<OfAd>,
) -> Result<Given<AdGiven>, Problem> {
    let (sight, id) = (caller.sight(), id.replace('\0', ""));
    let row = ask!(app.stored, store => store.ad_in_sight(&sight, &id).await)?.ok_or_else(Problem::not_found)?;
    let cases: Vec<CaseRow> = ask!(app.stored, store => store.cases_of_ad(&sight, &id, LATEST).await)?;
    Ok(Given(AdGiven { ad: row.into(), cases: cases.into_iter().map(Into::into).collect() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back() {
        for id in ["ad-1", "广告 &=?", "\u{ffff}"] {
            assert!(Cursor::try_from(Cursor::of(id)).is_ok_and(|Cursor(read)| read == id), "{id}");
        }
        for wrong in ["", "0", "0g", "AB", "é"] {
            assert!(Cursor::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
