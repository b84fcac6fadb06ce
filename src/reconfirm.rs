//! The cheap look: whether a landing is as it was when it was visited last, without visiting it anew.
//!
//! The click is walked over plain HTTP as each visitor, and then gone with each visitor's browser as far as the landing page.
//! Only where every answer, every script and style, every word and the picture of the page are as they were is the landing
//! the same; whatever is doubtful is visited whole. What lies behind the landing page is not seen, and a page may know who
//! came twice: so it is visited whole after some looks, and after some time, whatever they found.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use crawler::Visit;
use futures_util::future::join_all;
use model::ad::Ad;
use model::chain::{Chain, Reconfirmed};
use model::evidence::{Evidence, EvidenceId};
use model::landing::Seen;
use model::snapshot::Snapshot;
use tracing::debug;

use address::Address;

use crate::config;
use crate::pipeline::{Kept, Visited};
use crate::tools::{Looking, Tools};

mod address;
mod answers;
mod fingerprint;
mod page;
mod way;

pub(crate) use fingerprint::seen;

/// What the artefacts of a cheap look are called after.
pub(crate) const CHEAP: &str = "cheap look";

/// Why a landing is visited whole.
#[derive(Debug)]
struct Doubt(String);

impl Doubt {
    fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How long a whole visit stands for those that come after it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// After it began.
    lasts: TimeDelta,
    /// Cheap looks in a row.
    most: u32,
    /// Pixels of a picture that is compared.
    max_pixels: u64,
}

impl Limits {
    pub(crate) fn of(config: &config::Config) -> Self {
        let hours = i64::try_from(config.sweep.reconfirm_for_hours).unwrap_or(i64::MAX);
        Self {
            lasts: TimeDelta::try_hours(hours).unwrap_or(TimeDelta::MAX),
            most: config.sweep.reconfirm_most,
            max_pixels: config.reader.max_picture_pixels,
        }
    }
}

/// The last visit to a landing, if a cheap look finds everything there as it was; `ad` is the one whose click is followed, and
/// `read` gives the bytes of a blob.
pub(crate) async fn same<R>(
    last: &Seen,
    ad: &Ad,
    limits: &Limits,
    looking: &Looking,
    tools: &Arc<Tools>,
    read: impl Fn(EvidenceId) -> R,
) -> Option<Visited>
where
    R: Future<Output = anyhow::Result<Vec<u8>>>,
{
    match confirmed(last, ad, limits, looking, tools, read).await {
        Ok(visited) => {
            debug!(ad.id = %ad.ad_id, "The landing is as it was");
            Some(visited)
        }
        Err(why) => {
            debug!(ad.id = %ad.ad_id, %why, "The landing is visited whole");
            None
        }
    }
}

async fn confirmed<R>(
    last: &Seen,
    ad: &Ad,
    limits: &Limits,
    looking: &Looking,
    tools: &Arc<Tools>,
    read: impl Fn(EvidenceId) -> R,
) -> Result<Visited, Doubt>
where
    R: Future<Output = anyhow::Result<Vec<u8>>>,
{
    let began = (tools.clock)();
    if last.bad {
        return Err(Doubt::new("something was found there"));
    }
    let visit = last.visit.ok_or_else(|| Doubt::new("the last visit was not kept"))?;
    let mut visited = Visited::recalled(visit, read).await.map_err(|error| Doubt(format!("{error:#}")))?;
    stands(&visited, limits, began, &looking.eyes(tools), looking)?;
    let probes = join_all(looking.visitors.iter().map(|visitor| tools.crawler.probe(ad, visitor, looking.until))).await;
    let probes: Vec<_> = probes.into_iter().map(|visit| Look::of(visit, began)).collect();
    for (chain, probe) in visited.chains.iter().zip(&probes) {
        way::same_walk(&Before::of(&visited, chain), probe)?;
    }
    let glances =
        join_all(looking.visitors.iter().map(|visitor| tools.crawler.glance(ad, visitor, looking.until))).await;
    let glances: Vec<_> = glances.into_iter().map(|visit| Look::of(visit, began)).collect();
    let mut marks = Vec::new();
    for ((chain, probe), glance) in visited.chains.iter().zip(probes).zip(glances) {
        let before = Before::of(&visited, chain);
        way::same_way(&before, &glance)?;
        answers::same(&before, &glance)?;
        let snapshot = page::same(&before, &glance, limits.max_pixels).await?;
        marks.push(mark(&visited, chain, probe, glance, snapshot, began)?);
    }
    for (chain, (mark, evidence)) in visited.chains.iter_mut().zip(marks) {
        for old in chain.reconfirmed.take().map(|old| old.evidence).unwrap_or_default() {
            visited.kept.let_go(old);
        }
        visited.kept.keep_all(evidence);
        chain.reconfirmed = Some(mark);
    }
    visited.began = began;
    Ok(visited)
}

/// Whether a visit is one that a cheap look may stand in for.
fn stands(visited: &Visited, limits: &Limits, now: DateTime<Utc>, eyes: &str, looking: &Looking) -> Result<(), Doubt> {
    let marks = || visited.chains.iter().filter_map(|chain| chain.reconfirmed.as_ref());
    let times = marks().map(|mark| mark.times).max().unwrap_or_default();
    let visited_at = marks().map(|mark| mark.visited_at).min().unwrap_or(visited.began);
    let as_whom = visited.chains.iter().map(|chain| &chain.visitor);
    let doubt = if times >= limits.most {
        format!("{times} cheap looks in a row are enough")
    } else if now - visited_at >= limits.lasts || now < visited_at {
        format!("it was visited whole at {visited_at}")
    } else if visited.made_by != eyes {
        "it was visited by another version, or told otherwise how to look".to_owned()
    } else if !as_whom.eq(&looking.visitors) {
        "it was visited by others".to_owned()
    } else if let Some(gap) = visited.gaps.first() {
        format!("not everything was seen: {}", gap.reason)
    } else if !visited.differences.is_empty() {
        "its visitors were shown different things".to_owned()
    } else {
        return Ok(());
    };
    Err(Doubt(doubt))
}

/// What one visitor met, and the artefacts that it names.
struct Before<'a> {
    chain: &'a Chain,
    kept: &'a Kept,
    address: Address,
}

impl<'a> Before<'a> {
    fn of(visited: &'a Visited, chain: &'a Chain) -> Self {
        let visited_at = chain.reconfirmed.as_ref().map_or(visited.began, |mark| mark.visited_at);
        Self { chain, kept: &visited.kept, address: Address { at: visited_at } }
    }
}

/// What they meet now.
struct Look {
    visit: Visit,
    evidence: BTreeMap<EvidenceId, Evidence>,
    address: Address,
}

impl Look {
    fn of(mut visit: Visit, at: DateTime<Utc>) -> Self {
        for one in &mut visit.evidence {
            one.what = format!("{}, {CHEAP}", one.what);
        }
        let evidence = visit.evidence.drain(..).map(|one| (one.id(), one)).collect();
        Self { visit, evidence, address: Address { at } }
    }
}

/// What is said of a cheap look, and the artefacts that are its own.
fn mark(
    visited: &Visited,
    chain: &Chain,
    probe: Look,
    glance: Look,
    (snapshot, seen): (EvidenceId, Snapshot),
    at: DateTime<Utc>,
) -> Result<(Reconfirmed, Vec<Evidence>), Doubt> {
    let lost = || Doubt::new("the look left no evidence");
    let before = chain.reconfirmed.as_ref();
    let old = |id: &EvidenceId| before.is_some_and(|before| before.evidence.contains(id));
    let (by, traffic) = (&seen.provenance, glance.visit.chain.traffic.ok_or_else(lost)?);
    let mark = Reconfirmed {
        at,
        visited_at: before.map_or(visited.began, |before| before.visited_at),
        times: before.map_or(0, |before| before.times) + 1,
        by: format!("{}, {}", by.crawler_version, by.browser_version),
        probe: probe.visit.chain.traffic.ok_or_else(lost)?,
        traffic,
        snapshot,
        picture: seen.picture.as_ref().ok_or_else(lost)?.evidence,
        evidence: Vec::new(),
    };
    let all = probe.evidence.into_values().chain(glance.evidence.into_values());
    // What is the visit's own stays its own.
    let own: Vec<_> = all.filter(|one| visited.kept.get(one.id()).is_none() || old(&one.id())).collect();
    Ok((Reconfirmed { evidence: own.iter().map(Evidence::id).collect(), ..mark }, own))
}

#[cfg(test)]
mod tests;
