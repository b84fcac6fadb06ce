//! Accounts that do the same as an advertiser's and are taken for its: a suspicion, which people leave out or not.

use chrono::{DateTime, TimeDelta, Utc};
use model::account::Sight;
use model::kin::Account;
use storage::kin::{Kin, Linked};

/// What was confirmed of another account so long ago is over.
const REMEMBERED: TimeDelta = TimeDelta::days(365);
/// Accounts that are looked at, and named.
const MOST: usize = 50;
/// Things that are named of what two share, the heaviest.
const NAMED: usize = 2;

/// Those of the same platform that are joined with an advertiser, and of which a violation is confirmed as well. Whoever sees its
/// measures sees those.
pub(super) async fn confirmed(
    store: &impl Kin,
    platform: Option<&str>,
    advertiser: &str,
    at: DateTime<Utc>,
) -> anyhow::Result<Vec<(Account, Linked)>> {
    let sight = Sight { platform: platform.map(ToOwned::to_owned), advertiser: None, region: None };
    let mut found = Vec::new();
    for linked in store.linked(&sight, Some(advertiser), MOST).await? {
        let other = if linked.a.advertiser == advertiser { &linked.b } else { &linked.a }.clone();
        if other.platform.as_deref() == platform && store.is_confirmed(&other, at - REMEMBERED).await? {
            found.push((other, linked));
        }
    }
    Ok(found)
}

/// `a2 (icp 京icp备1号, qr https://…)`.
pub(super) fn named(kin: &[(Account, Linked)]) -> String {
    let one = |(account, linked): &(Account, Linked)| {
        let shared =
            linked.shown.iter().take(NAMED).map(|shown| format!("{} {}", shown.shared.what.word(), shown.shared.value));
        format!("{} ({})", account.advertiser, shared.collect::<Vec<_>>().join(", "))
    };
    kin.iter().map(one).collect::<Vec<_>>().join("; ")
}
