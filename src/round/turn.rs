//! A sweep is paused, goes on, ends or runs now, and its open rounds with it.

use governance::sweeping::{self, Rounds, TurnError};
use storage::store::StoreError;

use super::{DateTime, Frontier, Round, RoundState, Sweep, SweepState, Sweeps, Utc};

/// Why a sweep is as it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Turned {
    #[error(transparent)]
    Not(#[from] TurnError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Brings a sweep and its open rounds into another state; gives the count of jobs that this held, released or gave up.
pub(crate) async fn turn(
    store: &(impl Sweeps + Frontier),
    sweep: Sweep,
    to: SweepState,
    now: DateTime<Utc>,
) -> Result<u64, Turned> {
    let open = open(store, &sweep.name).await?;
    let rounds = known(store, &sweep.name, &open).await?;
    store.save(&sweeping::turned(sweep, to, rounds, now)?).await?;
    // The sweep before its rounds: then none is opened meanwhile.
    let mut jobs = 0;
    for round in open {
        let (count, state) = match to {
            SweepState::Paused => (store.hold(&round.id).await?, RoundState::Paused),
            SweepState::Running => (store.release(&round.id).await?, RoundState::Open),
            SweepState::Cancelled | SweepState::Done => (store.cancel(&round.id, now).await?, RoundState::Cancelled),
        };
        jobs += count;
        // Whoever goes on with making its jobs sees to the rest.
        let state = if round.state == RoundState::Opening && to != SweepState::Cancelled { round.state } else { state };
        let ended_at = (state == RoundState::Cancelled).then_some(now);
        store.save_round(&Round { state, ended_at, ..round }).await?;
    }
    Ok(jobs)
}

/// Makes the next round of a sweep due now: whoever opens rounds opens it.
pub(crate) async fn hurry(store: &impl Sweeps, sweep: Sweep, now: DateTime<Utc>) -> Result<(), Turned> {
    let open = open(store, &sweep.name).await?;
    let rounds = known(store, &sweep.name, &open).await?;
    Ok(store.save(&sweeping::hurried(sweep, rounds, now)?).await?)
}

async fn open(store: &impl Sweeps, name: &str) -> Result<Vec<Round>, StoreError> {
    Ok(store.open_rounds().await?.into_iter().filter(|round| round.sweep == name).collect())
}

async fn known(store: &impl Sweeps, name: &str, open: &[Round]) -> Result<Rounds, StoreError> {
    Ok(Rounds {
        any: !store.rounds(name, 1).await?.is_empty(),
        open: !open.is_empty(),
        cut_off: open.iter().any(|round| round.state == RoundState::Opening),
    })
}
