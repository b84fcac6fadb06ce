//! The ads that were imported, and the import of more.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use model::account::Role;
use serde::{Deserialize, Serialize};
use storage::desk::{AdRow, Desk as _, WantedAds};

use crate::app::App;
use crate::auth::{Person, Uploaded};
use crate::doors::{AdsFile, Imported, LONGEST_ADS};
use crate::page::{Page, percent};
use crate::stored::ask;
use crate::told::local;
use crate::web::failure::Failure;

/// Ads on one page.
const PAGE: u64 = 50;
/// What one may ask for at once. Characters.
const LONGEST: usize = 200;

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    text: String,
    platform: String,
    advertiser: String,
    trade: String,
    /// Of the latest case; `never`.
    verdict: String,
    tag: String,
    behind: String,
}

impl Asked {
    fn wanted(&self) -> WantedAds {
        let some =
            |text: &str| Some(text.trim().chars().take(LONGEST).collect::<String>()).filter(|text| !text.is_empty());
        WantedAds {
            text: some(&self.text),
            platform: some(&self.platform),
            advertiser: some(&self.advertiser),
            trade: some(&self.trade),
            verdict: some(&self.verdict),
            tag: some(&self.tag),
        }
    }

    /// The query of the page that begins behind an ad.
    fn behind(&self, ad: &str) -> String {
        let Self { text, platform, advertiser, trade, verdict, tag, .. } = self;
        let pairs = [
            ("text", text.as_str()),
            ("platform", platform),
            ("advertiser", advertiser),
            ("trade", trade),
            ("verdict", verdict),
            ("tag", tag),
            ("behind", ad),
        ];
        let given = pairs.iter().filter(|(_, value)| !value.is_empty());
        given.map(|(name, value)| format!("{name}={}", percent(value))).collect::<Vec<_>>().join("&")
    }
}

/// An ad as lists show it.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct AdShown {
    pub(crate) ad_id: String,
    /// As it stands in an address.
    pub(crate) href: String,
    pub(crate) title: Option<String>,
    pub(crate) platform: Option<String>,
    pub(crate) advertiser: Option<String>,
    pub(crate) trade: Option<String>,
    pub(crate) host: String,
    pub(crate) imported_at: String,
    pub(crate) ends_at: Option<String>,
    pub(crate) case: Option<String>,
    pub(crate) verdict: Option<String>,
    pub(crate) severity: Option<String>,
    pub(crate) examined_at: Option<String>,
}

pub(crate) fn shown(row: &AdRow) -> AdShown {
    let latest = row.latest.as_ref();
    AdShown {
        ad_id: row.ad_id.clone(),
        href: format!("/ad?id={}", percent(&row.ad_id)),
        title: row.title.clone(),
        platform: row.platform.clone(),
        advertiser: row.advertiser.clone(),
        trade: row.trade.clone(),
        host: row.host.clone(),
        imported_at: local(row.imported_at),
        ends_at: row.ends_at.map(local),
        case: latest.map(|case| case.case_id.to_string()),
        verdict: latest.map(|case| case.verdict.clone()),
        severity: latest.and_then(|case| case.severity.clone()),
        examined_at: latest.map(|case| local(case.sealed_at)),
    }
}

#[derive(Serialize)]
pub(crate) struct AdsPage {
    asked: Asked,
    ads: Vec<AdShown>,
    more: Option<String>,
    narrowed: bool,
    may_import: bool,
    megabytes: usize,
    imported: Option<Imported>,
}

impl Page for AdsPage {
    const TEMPLATE: &'static str = "ads.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let asked = Asked { text: hostile(), tag: hostile(), ..Asked::default() };
        let told = Imported { new: 3, changed: 2, same: 1, landings: 2, bad: vec![(7, hostile())], untold: 9 };
        let full = Self {
            more: Some(asked.behind("x")),
            asked,
            ads: AdShown::samples(),
            narrowed: true,
            may_import: true,
            megabytes: 20,
            imported: Some(told),
        };
        let bare = Self {
            asked: Asked::default(),
            ads: Vec::new(),
            more: None,
            narrowed: false,
            may_import: false,
            megabytes: 20,
            imported: None,
        };
        vec![full, bare]
    }
}

#[cfg(test)]
impl AdShown {
    pub(crate) fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let full = Self {
            ad_id: hostile(),
            href: hostile(),
            title: Some(hostile()),
            platform: Some(hostile()),
            advertiser: Some(hostile()),
            trade: Some(hostile()),
            host: hostile(),
            imported_at: hostile(),
            ends_at: Some(hostile()),
            case: Some(hostile()),
            verdict: Some("violating".into()),
            severity: Some("S3".into()),
            examined_at: Some(hostile()),
        };
        vec![full, Self { ad_id: hostile(), ..Self::default() }]
    }
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    page(&app, &person, asked, None).await
}

async fn page(app: &App, person: &Person, asked: Asked, imported: Option<Imported>) -> Result<Response, Failure> {
    let (sight, wanted) = (person.sight(), asked.wanted());
    let behind = Some(asked.behind.as_str()).filter(|behind| !behind.is_empty());
    let mut rows = ask!(app.stored, store => store.ads(&sight, &wanted, behind, PAGE + 1).await)?;
    let more = rows.len() as u64 > PAGE;
    rows.truncate(PAGE as usize);
    let page = AdsPage {
        more: rows.last().filter(|_| more).map(|last| asked.behind(&last.ad_id)),
        narrowed: wanted != WantedAds::default(),
        ads: rows.iter().map(shown).collect(),
        may_import: matches!(person.account.role, Role::Platform | Role::Admin),
        megabytes: LONGEST_ADS.min(app.settings.upload_bytes) / 1_000_000,
        asked,
        imported,
    };
    app.pages.show(person.frame(), &page)
}

/// Takes what can be taken of a file, and says of every other line why not.
pub(crate) async fn import(State(app): State<Arc<App>>, mut uploaded: Uploaded) -> Result<Response, Failure> {
    uploaded.person.must_be(&[Role::Platform])?;
    let bytes = uploaded.files("file").pop();
    let bytes = bytes.ok_or_else(|| Failure::bad("ads-file"))?;
    let platform = uploaded.person.sight().platform;
    let _turn = app.importing.turn().await?;
    let told = app.doors.import(AdsFile { bytes, platform }).await?;
    let many = format!("{} ads", told.new + told.changed + told.same);
    uploaded.person.note(&app, "import", &many).await?;
    page(&app, &uploaded.person, Asked::default(), Some(told)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<AdsPage>();
    }

    #[test]
    fn the_next_page_asks_for_the_same() {
        let asked = Asked { text: "免费 &".into(), verdict: "never".into(), behind: "a".into(), ..Asked::default() };
        assert_eq!(asked.behind("b c"), "text=%E5%85%8D%E8%B4%B9%20%26&verdict=never&behind=b%20c");
    }
}
