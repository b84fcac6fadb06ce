//! `postlink deadlines`: by when what waits for people is due.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use console::deadlines::{Item, items};
use governance::deadlines::{Calendar, Urgency};
use model::account::Sight;
use model::units::Clock;
use storage::waiting::Waiting;

use crate::cli;
use crate::config;
use crate::exit::Ended;
use crate::stores::{self, on};

pub(crate) async fn run(deadlines: cli::Deadlines) -> anyhow::Result<Ended> {
    let config = config::load(deadlines.store.config.as_deref())?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let now = clock();
    let opened = stores::at(&deadlines.store, &config, clock).await?;
    let done = on!(&opened, store => go(store, &deadlines, now).await);
    opened.close().await;
    done
}

async fn go(store: &impl Waiting, asked: &cli::Deadlines, now: DateTime<Utc>) -> anyhow::Result<Ended> {
    let sight = Sight { platform: asked.platform.clone(), advertiser: None, region: None };
    let items = items(store, &sight, &Calendar::cn(), now).await?;
    let is_overdue = |item: &&Item| item.urgency == Urgency::Overdue;
    for item in items.iter().filter(|item| !asked.overdue || is_overdue(item)) {
        if asked.json {
            println!("{}", serde_json::to_string(item)?);
        } else {
            println!("{}", told(item, now));
        }
    }
    let overdue = items.iter().filter(is_overdue).count();
    if !asked.json {
        println!("{} items wait, {overdue} of them overdue", items.len());
    }
    Ok(if overdue > 0 { Ended::Inconclusive } else { Ended::Clean })
}

fn told(item: &Item, now: DateTime<Utc>) -> String {
    let Item { kind, id, due, urgency, .. } = item;
    let word = match urgency {
        Urgency::Open => "open",
        Urgency::Soon => "soon",
        Urgency::Overdue => "overdue",
    };
    let hours = (due.at - now).num_hours();
    let left = if hours < 0 { format!("{} h ago", -hours) } else { format!("in {hours} h") };
    let about = if due.provisional { ", by weekends alone: no notice of that year is known" } else { "" };
    let of = item.advertiser.as_deref().or(item.ad.as_deref()).unwrap_or("-");
    let severity = item.severity.as_deref().unwrap_or("-");
    format!("{word:<8} {kind:<9} {id}  {of}  {severity}  due {} ({left}{about})", due.at.format("%Y-%m-%dT%H:%MZ"))
}
