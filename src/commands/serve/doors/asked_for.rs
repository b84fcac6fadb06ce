//! Looks that somebody asks for: at an ad before it runs, and at one that is said to be mended.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use console::doors::Draft;
use governance::chance::Chance;
use model::ad::{Ad, Advertiser, Creative, CreativeKind};
use model::sweep::{Budget, Cadence, Scope, Sweep, SweepState};
use storage::previews::Preview;
use tracing::info;

use super::Behind;
use crate::commands::check::visitors;
use crate::commands::import::{new_ad, trackers};
use crate::creatives::uploaded;
use crate::fleet::Base;
use crate::secret;

/// Somebody waits before a page for what comes of it.
const AT_ONCE: i32 = 1_000;
/// Somebody waits.
const ASKED_FOR: i32 = 100;
/// The word by which previews are known among ads.
const PREVIEW: &str = "preview";

/// In this order nobody else sees anything of it at any time: first it is known as a preview, then it is an ad.
pub(super) async fn previewed<S: Base>(behind: &Behind<S>, draft: Draft) -> anyhow::Result<String> {
    let (store, now) = (&*behind.store, (behind.clock)());
    let ad_id = format!("{PREVIEW}-{}", secret::of_sweep());
    let preview = Preview {
        ad_id: ad_id.clone(),
        maker: draft.maker.clone(),
        title: draft.title.clone(),
        made_by: draft.by.clone(),
        made_at: now,
    };
    store.add_preview(&preview).await?;
    let (ad, files) = ad(&ad_id, draft);
    let mut new = new_ad(ad, "", &trackers(&behind.config.sweep.tracking_rules)?)?;
    for (path, bytes) in files {
        let kept = uploaded(store, &format!("{ad_id}/{path}"), bytes, now).await?;
        new.files.insert(path, kept);
    }
    store.import(&[new], now).await?;
    store.create(&sweep(behind, &ad_id, ad_id.clone(), AT_ONCE, now)?).await?;
    info!(ad.id = %ad_id, "Ad `{ad_id}` is examined before it runs");
    Ok(ad_id)
}

/// Whoever asks for a visit must not know when it comes: a page could be another one just then.
pub(super) async fn revisited<S: Base>(behind: &Behind<S>, ad_id: String) -> anyhow::Result<()> {
    let name = format!("corrected-{}", secret::id());
    let within = behind.config.console.revisit_minutes.saturating_mul(60);
    let seconds = Chance::of(&secret::of_sweep()).below(within.max(1), "when", 0);
    let due = (behind.clock)() + TimeDelta::seconds(i64::from(seconds));
    behind.store.create(&sweep(behind, &name, ad_id, ASKED_FOR, due)?).await?;
    Ok(())
}

/// One round over one ad.
fn sweep<S: Base>(
    behind: &Behind<S>,
    name: &str,
    ad_id: String,
    priority: i32,
    due: DateTime<Utc>,
) -> anyhow::Result<Sweep> {
    Ok(Sweep {
        name: name.to_owned(),
        scope: Scope { ad: Some(ad_id), ..Scope::default() },
        cadence: Cadence::Once { at: Some(due) },
        visitors: visitors(&[], &behind.config)?,
        depth: behind.config.crawl.follow.next_levels,
        pool: behind.config.sweep.pool.clone(),
        budget: Budget::default(),
        priority,
        state: SweepState::Running,
        secret: secret::of_sweep(),
        created_at: (behind.clock)(),
        next_at: Some(due),
    })
}

/// The ad, and the files that it names, by names of our own.
fn ad(ad_id: &str, draft: Draft) -> (Ad, Vec<(String, Vec<u8>)>) {
    let mut files = Vec::new();
    let mut creatives = Vec::new();
    let creative = |kind, path: &str, subtitles: Option<PathBuf>| Creative {
        kind,
        path: Some(path.into()),
        subtitles,
        extra: Default::default(),
    };
    for (picture, number) in draft.pictures.into_iter().zip(1..) {
        let path = format!("picture-{number}.{}", picture.ending);
        creatives.push(creative(CreativeKind::Image, &path, None));
        files.push((path, picture.bytes));
    }
    if let Some(video) = draft.video {
        let path = format!("video.{}", video.ending);
        let subtitles = draft.subtitles.as_ref().map(|_| PathBuf::from("video.subtitles"));
        creatives.push(creative(CreativeKind::Video, &path, subtitles));
        files.push((path, video.bytes));
        files.extend(draft.subtitles.map(|bytes| ("video.subtitles".to_owned(), bytes)));
    }
    let advertiser = Advertiser {
        id: draft.advertiser,
        name: None,
        legal_name: draft.legal_name,
        industry: draft.trade,
        extra: Default::default(),
    };
    let ad = Ad {
        ad_id: ad_id.to_owned(),
        platform: draft.platform,
        markets: Vec::new(),
        advertiser: Some(advertiser).filter(|advertiser| *advertiser != Advertiser::default()),
        title: draft.title,
        description: draft.description,
        cta: draft.cta,
        click_url: draft.click_url,
        landing_url: None,
        creatives,
        declared_category: None,
        audience: None,
        approved_landing: None,
        extra: [("tags".to_owned(), serde_json::json!([PREVIEW]))].into_iter().collect(),
    };
    (ad, files)
}
