//! What a look at a landing is worth: how likely it has switched since it was last seen good.

use governance::revisit;
use model::landing::Risk;

use super::{DateTime, Known, Utc};

pub(super) fn of(known: &Known, at: DateTime<Utc>) -> f64 {
    revisit::likely_switched(hazard(known, at), known.history.last_good, at)
}

/// Switches a day, as far as can be foreseen.
pub(super) fn hazard(known: &Known, at: DateTime<Utc>) -> f64 {
    revisit::hazard(&known.history, &risk(known, at), known.approved_at, at)
}

/// What the store knows of it, and of what is like it.
fn risk(known: &Known, at: DateTime<Utc>) -> Risk {
    let days = |since: DateTime<Utc>| (at - since).as_seconds_f64() / 86_400.0;
    Risk {
        violations: known.history.switches,
        complaints: known.near.complaints,
        complaints_of_advertiser: known.near.complaints_elsewhere,
        same_page: known.near.same_page_bad,
        host_days: Some(days(known.host_since)),
        of_advertiser: known.advertiser.map_or(0, |advertiser| advertiser.violating_elsewhere),
        certificate_days: known.last.as_ref().and_then(|last| last.certificate_from).map(days),
        advertiser_days: known.advertiser.map(|advertiser| days(advertiser.since)),
    }
}
