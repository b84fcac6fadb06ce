//! `postlink evidence`: what lies where the evidence is, and no case rests on.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use model::units::Clock;
use storage::retention::Swept;
use storage::store::Store;

use crate::cli::{Evidence, EvidenceCommand};
use crate::config;
use crate::exit::Ended;
use crate::stores::{self, on};

pub(crate) async fn run(evidence: Evidence) -> anyhow::Result<Ended> {
    let EvidenceCommand::Sweep { store: at, dry_run } = evidence.command;
    let config = config::load(at.config.as_deref())?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let hours = config.evidence.sweep_after_hours;
    let grace = i64::try_from(hours).ok().and_then(TimeDelta::try_hours);
    let before = grace.and_then(|grace| clock().checked_sub_signed(grace));
    let before = before.with_context(|| format!("`evidence.sweep_after_hours` is {hours}: that is before all time"))?;
    let opened = stores::at(&at, &config, clock).await?;
    let done = on!(&opened, store => sweep(store, before, dry_run).await);
    opened.close().await;
    done
}

async fn sweep(store: &impl Store, before: DateTime<Utc>, dry_run: bool) -> anyhow::Result<Ended> {
    let Swept { found, taken, young } = store.sweep(before, dry_run).await?;
    println!("{} artefacts lie there, {} bytes", found.artefacts, found.bytes);
    let done = if dry_run { "would be taken away" } else { "taken away" };
    println!("{done}: {} that no case rests on, {} bytes", taken.artefacts, taken.bytes);
    if young.artefacts > 0 {
        println!(
            "left: {} younger than {before}, {} bytes: a case on its way may need them",
            young.artefacts, young.bytes
        );
    }
    Ok(Ended::Clean)
}
