//! Keeps up which accounts are taken for one advertiser's, and what was heard and found of each and of what is like it.

use chrono::{DateTime, TimeDelta, Utc};
use governance::graph::{THRESHOLD, groups, most};
use model::kin::Trait;
use storage::kin::Kin;

/// What was shown so long ago ties nobody any more.
const REMEMBERED: TimeDelta = TimeDelta::days(365);

/// Joins accounts by what cases showed until now, then weighs; gives back how many edges came or went.
///
/// Everything is looked at anew: of 100,000 accounts that is a few seconds (docs/scale.md), so no change needs to be followed.
pub(crate) async fn follow(store: &impl Kin, now: DateTime<Utc>) -> anyhow::Result<u64> {
    let widest = Trait::ALL.into_iter().map(most).max().unwrap_or_default();
    let has = store.shared(now - REMEMBERED, widest).await?;
    let changed = store.join(&groups(&has, THRESHOLD)).await?;
    store.weigh_signs(now).await?;
    Ok(changed)
}
