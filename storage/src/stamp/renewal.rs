//! Stamps are stamped themselves before the certificate of their authority runs out: then the older one stays believable.
//!
//! What is stamped is the whole answer that was kept, so `openssl ts -verify -data old.tsr -in new.tsr` checks it.

use chrono::{DateTime, TimeDelta, Utc};
use model::evidence::EvidenceId;

use super::kept::{Stamps, State, ToStamp};
use super::what;
use crate::log::{Entry, Log};
use crate::store::StoreError;

/// Wants a stamp of every stamp whose certificate runs out within so many days, and logs it. Gives back how many.
pub async fn renew(store: &(impl Stamps + Log), now: DateTime<Utc>, within_days: i64) -> Result<u64, StoreError> {
    let all = store.stamps().await?;
    let renewed = |digest| all.iter().any(|stamp| stamp.what == what::RESTAMP && stamp.digest == digest);
    let limit = now + TimeDelta::days(within_days);
    let mut wanted = 0;
    for stamp in all.iter().filter(|stamp| stamp.state == State::Stamped) {
        let Some(answer) = stamp.answer.as_ref().filter(|answer| answer.expires_at <= limit) else { continue };
        let digest = EvidenceId::of(&answer.response);
        if renewed(digest) {
            continue;
        }
        store.want(&ToStamp { digest, what: what::RESTAMP.into() }).await?;
        let authority = answer.authority.clone();
        store.append(&Entry::Restamp { of: stamp.digest, stamp: digest, authority, at: now }).await?;
        wanted += 1;
    }
    Ok(wanted)
}
