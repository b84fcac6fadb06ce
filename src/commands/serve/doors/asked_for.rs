//! Looks that somebody asks for: at an ad before it runs, and at one that is said to be mended.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use console::doors::{Draft, LeadsTo};
use crawler::guard::Pasted;
use governance::chance::Chance;
use model::ad::{Ad, Advertiser, Creative, CreativeKind, PastedBy};
use model::evidence::EvidenceId;
use model::sweep::{Budget, Cadence, Scope, Sweep, SweepState};
use storage::previews::Preview;
use tracing::info;

use super::Behind;
use crate::commands::check::visitors;
use crate::commands::import::{new_ad, trackers};
use crate::creatives::{PASTED, uploaded};
use crate::fleet::Base;
use crate::secret;

/// Somebody waits before a page for what comes of it.
const AT_ONCE: i32 = 1_000;
/// Somebody waits.
const ASKED_FOR: i32 = 100;
/// The word by which previews are known among ads.
const PREVIEW: &str = "preview";

/// In this order nobody else sees anything of it at any time: first it is known as a preview, then it is an ad.
pub(super) async fn previewed<S: Base>(behind: &Behind<S>, mut draft: Draft) -> anyhow::Result<String> {
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
    let (mut ad, mut files) = ad(&ad_id, &mut draft);
    match draft.leads_to {
        LeadsTo::Address(address) => ad.click_url = address,
        LeadsTo::Pasted(page) => {
            ad.click_url = Pasted::address(&secret::of_sweep());
            let by = PastedBy { by: draft.by, at: now, sha256: EvidenceId::of(&page) };
            ad.extra.insert(Ad::PASTED.to_owned(), serde_json::to_value(by)?);
            files.push((PASTED.to_owned(), page));
        }
    }
    let mut new = new_ad(ad, "", &trackers(&behind.config.sweep.tracking_rules)?)?;
    for (path, bytes) in files {
        let kept = uploaded(store, &format!("{ad_id}/{}", path.trim_start_matches('/')), bytes, now).await?;
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

/// The ad but for where it leads, and the files that it names, by names of our own.
fn ad(ad_id: &str, draft: &mut Draft) -> (Ad, Vec<(String, Vec<u8>)>) {
    let mut files = Vec::new();
    let mut creatives = Vec::new();
    let creative = |kind, path: &str, subtitles: Option<PathBuf>| Creative {
        kind,
        path: Some(path.into()),
        subtitles,
        extra: Default::default(),
    };
    for (picture, number) in std::mem::take(&mut draft.pictures).into_iter().zip(1..) {
        let path = format!("picture-{number}.{}", picture.ending);
        creatives.push(creative(CreativeKind::Image, &path, None));
        files.push((path, picture.bytes));
    }
    if let Some(video) = draft.video.take() {
        let path = format!("video.{}", video.ending);
        let subtitles = draft.subtitles.as_ref().map(|_| PathBuf::from("video.subtitles"));
        creatives.push(creative(CreativeKind::Video, &path, subtitles));
        files.push((path, video.bytes));
        files.extend(draft.subtitles.take().map(|bytes| ("video.subtitles".to_owned(), bytes)));
    }
    let advertiser = Advertiser {
        id: draft.advertiser.take(),
        name: None,
        legal_name: draft.legal_name.take(),
        industry: draft.trade.take(),
        extra: Default::default(),
    };
    let ad = Ad {
        ad_id: ad_id.to_owned(),
        platform: draft.platform.take(),
        markets: Vec::new(),
        advertiser: Some(advertiser).filter(|advertiser| *advertiser != Advertiser::default()),
        title: draft.title.take(),
        description: draft.description.take(),
        cta: draft.cta.take(),
        click_url: String::new(),
        landing_url: None,
        creatives,
        declared_category: None,
        audience: None,
        approved_landing: None,
        extra: [("tags".to_owned(), serde_json::json!([PREVIEW]))].into_iter().collect(),
    };
    (ad, files)
}
