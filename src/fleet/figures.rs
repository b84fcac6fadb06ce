//! Reads now and then what stands in the database, for those who watch.

use chrono::{DateTime, Utc};
use console::deadlines::overdue;
use governance::deadlines::Calendar;
use storage::courier::Courier;

use super::Base;
use crate::telemetry::metrics::Figures;

/// Rounds that are told of, the oldest first.
const MOST_ROUNDS: usize = 100;
/// Hosts that are told of, the worst first.
const MOST_HOSTS: usize = 10;

/// How much there is now.
pub(super) async fn read(
    store: &impl Base,
    courier: &impl Courier,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> anyhow::Result<Figures> {
    let mut rounds = Vec::new();
    for round in store.open_rounds().await?.into_iter().take(MOST_ROUNDS) {
        rounds.push((round.sweep, store.progress(&round.id).await?));
    }
    let (stamps_waiting, stamp_wanted_at) = store.stamps_wanted().await?;
    Ok(Figures {
        queues: store.queued().await?,
        rounds,
        workers: courier.present().await?,
        worst_hosts: store.worst_hosts(MOST_HOSTS).await?,
        stamps_waiting,
        stamp_wanted_at,
        evidence_bytes: store.evidence_bytes().await?,
        backlog: store.backlog().await?,
        overdue: overdue(store, calendar, now).await?,
    })
}
