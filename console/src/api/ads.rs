//! The ads that were imported, each with its latest case.

use std::sync::Arc;

use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use model::line::word;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use storage::desk::{AdRow, CaseRow, Desk as _, LatestCase, WantedAds};

use super::asked::{Asked, Given, Named, Words};
use super::caller::{Caller, Read};
use super::cases::{CaseFacts, Limit};
use super::problem::{Kind, Problem};
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
    cursor: Option<Words>,
    /// How many at most.
    #[schemars(range(min = 1, max = Limit::MOST), extend("default" = Limit::USUAL))]
    limit: Option<Limit>,
}

impl AdsAsked {
    /// What is wanted, and the id behind which the page begins.
    fn wanted(self) -> Result<(WantedAds, Option<String>), Problem> {
        let words = |words: Option<Words>| words.map(|Words(text)| text);
        let behind = self.cursor.map(|Words(cursor)| id_of(&cursor)).transpose()?;
        let wanted = WantedAds {
            text: words(self.text),
            platform: words(self.platform),
            advertiser: words(self.advertiser),
            trade: words(self.trade),
            verdict: self.verdict.map(|verdict| word(&verdict)),
            tag: words(self.tag),
        };
        Ok((wanted, behind))
    }
}

/// A cursor is the id of the last ad, as it stands in no address by itself.
fn cursor_of(ad: &str) -> String {
    URL_SAFE_NO_PAD.encode(ad)
}

fn id_of(cursor: &str) -> Result<String, Problem> {
    let id = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    id.filter(|id| !id.contains('\0')).ok_or_else(|| {
        Problem::new(Kind::BadRequest, "query parameter cursor: this is no `next` of a page that was given out")
    })
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
    let (wanted, behind) = asked.wanted()?;
    let behind = behind.as_deref();
    // One more than is given tells whether there are more.
    let rows: Vec<AdRow> = ask!(app.stored, store => store.ads(&sight, &wanted, behind, limit + 1).await)?;
    let more = rows.len() as u64 > limit;
    let items: Vec<_> = rows.into_iter().take(limit as usize).map(AdFacts::from).collect();
    let next = items.last().filter(|_| more).map(|last| cursor_of(&last.ad_id));
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
