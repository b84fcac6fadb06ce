//! `postlink complaints sample`: which complaints people read, and what the ones that were read say of all.

use std::collections::BTreeMap;

use governance::chance::Chance;
use governance::sample::{self, Read, Stratum};
use model::account::Sight;
use model::complaint::Kind;
use serde_json::json;
use storage::hearing::{Heard, HeardMark, Saying, WantedComplaints};

use super::clock;
use crate::cli::SampleComplaints;
use crate::config;
use crate::exit::{Ended, Refused};
use crate::stores::{self, on};

const PAGE: u64 = 2_000;

/// The complaints of one source and kind: their ids, with the platform before them.
type Strata = BTreeMap<String, Vec<String>>;

pub(super) async fn run(sample: SampleComplaints) -> anyhow::Result<Ended> {
    if !(sample.error > 0.0 && sample.error < 1.0) {
        return Err(Refused::Usage("--error is a share between 0 and 1: 0.05 is five in a hundred".into()).into());
    }
    let config = config::load(sample.store.config.as_deref())?;
    let level = config.hearing.level;
    let opened = stores::at(&sample.store, &config, clock()).await?;
    let read = on!(&opened, store => all(store, &sample).await);
    opened.close().await;
    let (strata, mut found) = read?;
    let sizes: Vec<Stratum> =
        strata.iter().map(|(name, ids)| Stratum { name: name.clone(), size: ids.len() as u64 }).collect();
    let chance = Chance::of(&sample.seed);
    let quotas = sample::plan(&sizes, sample.error, level);
    let drawn: Vec<_> = quotas
        .iter()
        .map(|quota| (quota, sample::drawn(strata[&quota.name].iter().map(String::as_str), quota.read, &chance)))
        .collect();
    for stratum in &mut found {
        stratum.size = strata[&stratum.name].len() as u64;
    }
    let estimate = sample::estimate(&found, level);
    if sample.json {
        let strata: Vec<_> = drawn
            .iter()
            .map(|(quota, ids)| json!({ "stratum": quota.name, "size": quota.size, "read": quota.read, "ids": ids }))
            .collect();
        println!("{}", json!({ "error": sample.error, "level": level, "strata": strata, "misled": estimate }));
        return Ok(Ended::Clean);
    }
    for (quota, ids) in &drawn {
        println!("{}: {} of {}", quota.name, quota.read, quota.size);
        ids.iter().for_each(|id| println!("  {id}"));
    }
    if let Some(estimate) = estimate {
        println!(
            "of those that people labelled, {:.1} % are about content or fulfilment ({:.1} to {:.1} %)",
            estimate.share * 100.0,
            estimate.interval.low * 100.0,
            estimate.interval.high * 100.0
        );
    }
    Ok(Ended::Clean)
}

/// Every complaint by its stratum, and what people found in those that they labelled.
async fn all(store: &impl Heard, sample: &SampleComplaints) -> anyhow::Result<(Strata, Vec<Read>)> {
    let wanted = WantedComplaints { from: sample.from, before: sample.until, ..WantedComplaints::default() };
    let (mut strata, mut found) = (Strata::new(), BTreeMap::<String, Read>::new());
    let mut behind: Option<HeardMark> = None;
    loop {
        let page = store.complaints(&Sight::default(), &wanted, behind.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        behind = Some(last.mark());
        for row in page {
            let key = row.key();
            // By what rules say it is about: what people say of those that were drawn must not move them.
            let words = if row.label.as_ref().is_some_and(|label| label.confidence >= 1.0) {
                store.words_of(&key).await?
            } else {
                Vec::new()
            };
            let by_rule = words.iter().rev().find_map(|word| match &word.word.saying {
                Saying::Label(label) if word.word.by_rule => Some(label.kind),
                _ => None,
            });
            let kind = by_rule.or(row.label.as_ref().map(|label| label.kind)).unwrap_or(Kind::Other);
            let name = format!("{} / {}", model::line::word(&row.complaint.source), model::line::word(&kind));
            let read = found.entry(name.clone()).or_insert(Read { name: name.clone(), size: 0, read: 0, yes: 0 });
            let person = words.iter().rev().find_map(|word| match &word.word.saying {
                Saying::Label(label) if !word.word.by_rule => Some(label.kind),
                _ => None,
            });
            if let Some(kind) = person {
                read.read += 1;
                read.yes += u64::from(matches!(kind, Kind::Content | Kind::Fulfilment));
            }
            strata.entry(name).or_default().push(format!("{}/{}", key.platform, key.id));
        }
    }
    Ok((strata, found.into_values().collect()))
}
