//! `postlink complaints sample`: which complaints people read, and what the ones that were read say of all.

use console::sample::{self, Asked, Drawn};
use model::account::Sight;
use serde_json::{Map, Value, json};
use storage::hearing::WantedComplaints;

use super::clock;
use crate::cli::SampleComplaints;
use crate::config;
use crate::exit::{Ended, Refused};
use crate::stores::{self, on};

pub(super) async fn run(sample: SampleComplaints) -> anyhow::Result<Ended> {
    if !(sample.error > 0.0 && sample.error < 1.0) {
        return Err(Refused::Usage("--error is a share between 0 and 1: 0.05 is five in a hundred".into()).into());
    }
    let config = config::load(sample.store.config.as_deref())?;
    let wanted = WantedComplaints { from: sample.from, before: sample.until, ..WantedComplaints::default() };
    let asked = Asked { wanted, error: sample.error, level: config.hearing.level, seed: sample.seed };
    let opened = stores::at(&sample.store, &config, clock()).await?;
    let drawn = on!(&opened, store => sample::draw(store, &Sight::default(), &asked).await);
    opened.close().await;
    if sample.json {
        told(&asked, &drawn?)
    } else {
        said(&drawn?)
    }
    Ok(Ended::Clean)
}

/// Of each stratum its name, its size, and the ids to read with the platform before them.
fn strata(drawn: &Drawn) -> Vec<(&str, u64, Vec<String>)> {
    // The rows stand in the order of the quotas.
    let mut rows = drawn.rows.iter();
    let mut strata = Vec::new();
    for quota in &drawn.quotas {
        let its = rows.by_ref().take(usize::try_from(quota.read).unwrap_or(usize::MAX));
        let ids = its.map(|row| row.key()).map(|key| format!("{}/{}", key.platform, key.id)).collect();
        strata.push((quota.name.as_str(), quota.size, ids));
    }
    strata
}

fn told(asked: &Asked, drawn: &Drawn) {
    let stratum = |(name, size, ids): (&str, u64, Vec<String>)| json!({ "stratum": name, "size": size, "read": ids.len(), "ids": ids });
    let strata: Vec<_> = strata(drawn).into_iter().map(stratum).collect();
    let shares: Map<String, Value> =
        drawn.estimates.iter().map(|(name, share)| ((*name).to_owned(), json!(share))).collect();
    println!("{}", json!({ "error": asked.error, "level": asked.level, "strata": strata, "shares": shares }));
}

fn said(drawn: &Drawn) {
    for (name, size, ids) in strata(drawn) {
        println!("{name}: {} of {size}", ids.len());
        ids.iter().for_each(|id| println!("  {id}"));
    }
    for (name, share) in &drawn.estimates {
        let Some(share) = share else { continue };
        let (low, high) = (share.interval.low * 100.0, share.interval.high * 100.0);
        println!("of all, {:.1} % are {name} ({low:.1} to {high:.1} %)", share.share * 100.0);
    }
}
