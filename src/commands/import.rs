//! `postlink import`: ads taken over into the store.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use crawler::source::{self, landing, landing::Trackers};
use model::ad::Ad;
use model::units::Clock;
use storage::library::{Imported, Library, MOST_AT_ONCE, NewAd};
use storage::store::Store;
use tracing::{info, warn};

use crate::cli::Import;
use crate::config;
use crate::creatives::{self, Files, Keeping};
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
    let evidence = stores::place(&config.evidence, Some(&import.place.data))?;
    let stored =
        stores::begin(import.place.database.as_deref(), &import.place.data, evidence, Arc::clone(&clock)).await?;
    let most = config.reader.max_file_bytes;
    let told = on!(&stored, store => all(store, ads, &import.ads, &trackers, most, &clock).await);
    stored.close().await;
    let Told { imported, bad, no_address, files } = told?;
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
    if files.named > 0 {
        let Files { named, read, unreadable } = files;
        println!("{named} files of ads: {read} read, {unreadable} cannot be: they are named above");
    }
    if bad > 0 {
        println!("{bad} lines are no ads: they are named above");
    }
    Ok(if bad > 0 || files.unreadable > 0 { Ended::Inconclusive } else { Ended::Clean })
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
    files: Files,
}

async fn all(
    store: &(impl Library + Store),
    mut ads: source::Stream,
    file: &Path,
    trackers: &Trackers,
    most_bytes: u64,
    clock: &Clock,
) -> anyhow::Result<Told> {
    let folder = folder(file)?;
    let mut creatives = Keeping::in_folder(store, Path::new(&folder), most_bytes, clock)?;
    let mut told = Told::default();
    let mut batch = Vec::with_capacity(MOST_AT_ONCE);
    let mut batches = 0;
    while let Some(ad) = ads.next() {
        match ad? {
            Err(bad) => {
                told.bad += 1;
                eprintln!("{}:{}: {}", file.display(), bad.line, bad.reason);
            }
            Ok(ad) => {
                let named = creatives::named(&ad);
                let ad = new_ad(ad, &folder, trackers)?;
                told.no_address += u64::from(ad.landing.host.ends_with(".invalid"));
                batch.push(Line { number: ads.line(), ad, named });
            }
        }
        if batch.len() == MOST_AT_ONCE {
            told.imported += take_over(store, &mut creatives, &mut batch, file, clock).await?;
            batches += 1;
            if batches % TOLD_EVERY == 0 {
                info!(ads = batches * MOST_AT_ONCE, new = told.imported.new, "Ads are taken over");
            }
        }
    }
    told.imported += take_over(store, &mut creatives, &mut batch, file, clock).await?;
    told.files = creatives.files;
    Ok(told)
}

/// An ad on its line, with the files that it names.
struct Line {
    number: usize,
    ad: NewAd,
    named: BTreeSet<PathBuf>,
}

/// Keeps the files of some ads, then the ads that name them.
async fn take_over<S: Library + Store>(
    store: &S,
    creatives: &mut Keeping<'_, S>,
    batch: &mut Vec<Line>,
    file: &Path,
    clock: &Clock,
) -> anyhow::Result<Imported> {
    creatives.knows(batch.iter().flat_map(|line| &line.named)).await?;
    let mut ads = Vec::with_capacity(batch.len());
    for Line { number, mut ad, named } in batch.drain(..) {
        for path in &named {
            match creatives.keep(path).await? {
                Ok((path, kept)) => {
                    ad.files.insert(path, kept);
                }
                Err(reason) => eprintln!("{}:{number}: {reason}", file.display()),
            }
        }
        ads.push(ad);
    }
    Ok(store.import(&ads, clock()).await?)
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
pub(crate) fn new_ad(ad: Ad, folder: &str, trackers: &Trackers) -> anyhow::Result<NewAd> {
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
        files: BTreeMap::new(),
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
