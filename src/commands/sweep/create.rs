//! `postlink sweep create`.

use std::sync::Arc;

use governance::sweeping::{Asked, begun};
use model::sweep::{Budget, Cadence, Scope, Sweep};
use model::units::Clock;
use storage::sweeps::Sweeps as _;

use super::{opened, told};
use crate::cli::Create;
use crate::commands::check::visitors;
use crate::config::{self, Config};
use crate::exit::Refused;
use crate::round::{Costs, preview};
use crate::secret;
use crate::stores::on;

pub(super) async fn run(asked: Create, clock: Clock) -> anyhow::Result<()> {
    let config = config::load(asked.config.as_deref())?;
    let sweep = sweep(&asked, &config, &clock)?;
    let stored = opened(&asked.place, Arc::clone(&clock)).await?;
    let told = if asked.preview {
        let costs = Costs { assumed: config.sweep.clone(), pages_behind: config.crawl.follow.max_pages as u64 };
        on!(&stored, store => preview(store, &sweep, &costs, clock()).await).map(|seen| seen.to_string())
    } else {
        match on!(&stored, store => store.create(&sweep).await) {
            Ok(true) => Ok(told::created(&sweep)),
            Ok(false) => {
                Err(Refused::Usage(format!("there is a sweep `{}` already: choose another name", sweep.name)).into())
            }
            Err(error) => Err(error.into()),
        }
    };
    stored.close().await;
    println!("{}", told?);
    Ok(())
}

fn sweep(asked: &Create, config: &Config, clock: &Clock) -> anyhow::Result<Sweep> {
    let cadence = match &asked.cron {
        Some(pattern) => {
            let (pattern, time_zone) = (pattern.clone(), asked.time_zone.clone());
            Cadence::Cron { pattern, time_zone, window_minutes: asked.window }
        }
        None if asked.continuous => Cadence::Continuous,
        None => Cadence::Once { at: asked.at },
    };
    let asked = Asked {
        name: asked.name.clone(),
        scope: Scope {
            platform: asked.platform.clone(),
            advertiser: asked.advertiser.clone(),
            trade: asked.trade.clone(),
            tag: asked.tag.clone(),
            ad: None,
            sample: asked.sample,
        },
        cadence,
        visitors: visitors(&asked.visitors, config)?,
        depth: asked.depth.unwrap_or(config.crawl.follow.next_levels),
        pool: asked.pool.clone().unwrap_or_else(|| config.sweep.pool.clone()),
        budget: Budget { cpu_minutes: asked.cpu_minutes, pages: asked.pages, bytes: asked.bytes },
        priority: asked.priority,
    };
    Ok(begun(asked, secret::of_sweep(), clock()).map_err(|error| Refused::Usage(error.to_string()))?)
}
