//! `postlink import`: ads taken over into the store.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use crawler::source::{self, landing, landing::Trackers};
use model::ad::Ad;
use model::units::Clock;
use storage::library::{Imported, Library, MOST_AT_ONCE, NewAd};
use tracing::{info, warn};

use crate::cli::Import;
use crate::config;
use crate::exit::{Ended, Refused};
use crate::stores::{self, on};

/// Batches between two lines of the log.
const TOLD_EVERY: usize = 4;

pub(crate) async fn run(import: Import) -> anyhow::Result<Ended> {
    let config = config::load(import.config.as_deref())?;
    let refuse = |error: source::SourceError| Refused::Usage(error.to_string());
    let ads = source::stream(&import.ads).map_err(refuse)?;
    let trackers = trackers(&config.sweep.tracking_rules)?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let stored = stores::begin(import.place.database.as_deref(), &import.place.data, Arc::clone(&clock)).await?;
    let told = on!(&stored, store => all(store, ads, &import.ads, &trackers, &clock).await);
    stored.close().await;
    let Told { imported, bad, no_address } = told?;
    let Imported { new, changed, moved, same, new_landings } = imported;
    let read = new + changed + same;
    if read == 0 {
        return Err(Refused::Usage(format!("no line of {} is an ad", import.ads.display())).into());
    }
    println!("{read} ads: {new} new, {changed} changed ({moved} lead elsewhere now), {same} as before");
    println!("{new_landings} new landings");
    if no_address > 0 {
        println!("{no_address} click URLs cannot be opened: their ads will be inconclusive");
    }
    if bad > 0 {
        println!("{bad} lines are no ads: they are named above");
    }
    Ok(if bad > 0 { Ended::Inconclusive } else { Ended::Clean })
}

/// The list of trackers that the configuration names; our own words alone where it names none, or it is not there.
pub(crate) fn trackers(path: &Path) -> anyhow::Result<Trackers> {
    if path.as_os_str().is_empty() {
        return Ok(Trackers::default());
    }
    if !path.exists() {
        warn!(
            "There is no {}: fewer ads will share a landing; `sweep.tracking_rules` names the list of trackers",
            path.display()
        );
        return Ok(Trackers::default());
    }
    Trackers::read(path).map_err(|error| Refused::Configuration(error.to_string()).into())
}

/// What became of the lines of a file.
#[derive(Default)]
struct Told {
    imported: Imported,
    bad: u64,
    no_address: u64,
}

async fn all(
    store: &impl Library,
    ads: source::Stream,
    file: &Path,
    trackers: &Trackers,
    clock: &Clock,
) -> anyhow::Result<Told> {
    let folder = folder(file)?;
    let mut told = Told::default();
    let mut batch = Vec::with_capacity(MOST_AT_ONCE);
    let mut batches = 0;
    for ad in ads {
        match ad? {
            Err(bad) => {
                told.bad += 1;
                eprintln!("{}:{}: {}", file.display(), bad.line, bad.reason);
            }
            Ok(ad) => {
                let ad = new_ad(ad, &folder, trackers)?;
                told.no_address += u64::from(ad.landing.host.ends_with(".invalid"));
                batch.push(ad);
            }
        }
        if batch.len() == MOST_AT_ONCE {
            told.imported += store.import(&batch, clock()).await?;
            batch.clear();
            batches += 1;
            if batches % TOLD_EVERY == 0 {
                info!(ads = batches * MOST_AT_ONCE, new = told.imported.new, "Ads are taken over");
            }
        }
    }
    told.imported += store.import(&batch, clock()).await?;
    Ok(told)
}

/// The folder that paths in the ads are relative to, whoever reads them later, and from where.
fn folder(file: &Path) -> anyhow::Result<String> {
    let whole = std::path::absolute(file).with_context(|| format!("find {}", file.display()))?;
    let folder = whole.parent().map_or_else(PathBuf::new, Path::to_owned);
    folder.into_os_string().into_string().map_err(|name| {
        let refusal = format!("the name of the folder {} is not UTF-8: rename it", name.display());
        Refused::Usage(refusal).into()
    })
}

/// An ad as sweeps choose it.
fn new_ad(ad: Ad, folder: &str, trackers: &Trackers) -> anyhow::Result<NewAd> {
    let advertiser = ad.advertiser.as_ref();
    let told = |key: &str| ad.extra.get(key);
    let tags = match told("tags") {
        Some(serde_json::Value::Array(tags)) => tags.iter().filter_map(|tag| tag.as_str()).map(str::to_owned).collect(),
        Some(serde_json::Value::String(tag)) => vec![tag.clone()],
        _ => Vec::new(),
    };
    Ok(NewAd {
        landing: landing::of(&ad.click_url, ad.landing_url.as_deref(), trackers),
        platform: ad.platform.clone(),
        advertiser: advertiser.and_then(|advertiser| advertiser.id.clone()),
        trade: advertiser.and_then(|one| one.industry.clone()).or_else(|| ad.declared_category.clone()),
        tags,
        approved_at: ad.approved_landing.as_ref().and_then(|landing| landing.at.as_deref()).and_then(moment),
        ends_at: told("ends_at").and_then(|at| at.as_str()).and_then(moment),
        ad: serde_json::to_string(&ad)?,
        folder: folder.to_owned(),
        ad_id: ad.ad_id,
    })
}

/// A moment, or the end of a day (UTC): an ad that ends on a day runs on it.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Some(day.succ_opt()?.and_time(NaiveTime::MIN).and_utc());
    }
    DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ad_is_chosen_by_what_it_says_of_itself() {
        let text = r#"{"ad_id": "a", "click_url": "https://a.test/p?gclid=1", "platform": "feed", "declared_category": "loan",
            "advertiser": {"id": "m1"}, "tags": ["new", 7], "ends_at": "2026-12-31",
            "approved_landing": {"at": "2026-11-01T08:00:00+08:00"}}"#;
        let ad: Ad = serde_json::from_str(text).expect("an ad");
        let new = new_ad(ad.clone(), "/ads", &Trackers::default()).expect("it is taken");
        assert_eq!((new.advertiser.as_deref(), new.trade.as_deref()), (Some("m1"), Some("loan")));
        assert_eq!((new.tags, new.landing.url.as_str()), (vec!["new".to_owned()], "https://a.test/p"));
        let moments = [new.approved_at, new.ends_at].map(|at| at.expect("it says").to_rfc3339());
        assert_eq!(moments, ["2026-11-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00"]);
        assert_eq!(serde_json::from_str::<Ad>(&new.ad).expect("reads"), ad, "nothing is lost");
        let bare = r#"{"ad_id": "b", "click_url": "app://x", "tags": "one", "ends_at": "soon"}"#;
        let bare = new_ad(serde_json::from_str(bare).expect("an ad"), "/ads", &Trackers::default()).expect("taken");
        assert_eq!((bare.tags, bare.ends_at, bare.trade), (vec!["one".to_owned()], None, None));
    }
}
