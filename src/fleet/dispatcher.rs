//! Grants jobs to the workers that are there, as many as they can take.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use futures_util::{StreamExt as _, stream};
use model::units::Clock;
use storage::chest::Chest;
use storage::courier::{Courier, Parcel};
use storage::frontier::{Failed, Lease, Token};
use tracing::{Instrument as _, debug, info, info_span, warn};

use super::Base;
use super::errand::Errand;
use crate::round::MOST_ATTEMPTS;
use crate::telemetry::context;
use crate::telemetry::metrics::Metrics;

/// Jobs that are granted in one transaction.
const GRANTED_AT_ONCE: usize = 256;
/// Parcels that are made side by side.
const SENT_AT_ONCE: usize = 16;

/// Hands out jobs; one of several leads.
pub(crate) struct Dispatcher<S, C> {
    pub(crate) store: Arc<S>,
    pub(crate) courier: Arc<C>,
    pub(crate) chest: Arc<Chest>,
    pub(crate) clock: Clock,
    pub(crate) metrics: Arc<Metrics>,
    /// How long a worker has for a job.
    pub(crate) lease: TimeDelta,
    /// For how long after that its report may be on its way.
    pub(crate) grace: TimeDelta,
}

impl<S: Base, C: Courier> Dispatcher<S, C> {
    /// Ends the leases that are over, and grants what workers can take. Gives back how many were granted.
    pub(crate) async fn tick(&self) -> anyhow::Result<usize> {
        let now = (self.clock)();
        for lost in self.store.reap(now - self.grace, now).await? {
            self.metrics.job_ended(&lost.pool, "expired");
            warn!(
                job.id = %lost.job_id,
                attempt = lost.attempt,
                dead = lost.dead,
                "Attempt {} at job `{}` was lost: its worker was not heard of",
                lost.attempt,
                lost.job_id
            );
            self.clear(lost.token).await;
        }
        let mut room: BTreeMap<String, u64> = BTreeMap::new();
        for presence in self.courier.present().await? {
            *room.entry(presence.pool).or_default() += u64::from(presence.at_once);
        }
        let mut granted = 0;
        for (pool, at_once) in room {
            // A job waits with each worker, so that none waits for the dispatcher.
            let room = (2 * at_once).saturating_sub(self.store.under_way(&pool).await?);
            let most = usize::try_from(room).unwrap_or(usize::MAX).min(GRANTED_AT_ONCE);
            if most == 0 {
                continue;
            }
            let leases = self.store.grant(&pool, now, self.lease, most).await?;
            granted += leases.len();
            let sending = leases.iter().map(|lease| self.begin(&pool, lease));
            stream::iter(sending).buffer_unordered(SENT_AT_ONCE).collect::<()>().await;
        }
        Ok(granted)
    }

    /// Begins the trace of an attempt: the worker goes on with it, and the recorder ends it.
    async fn begin(&self, pool: &str, lease: &Lease) {
        let attempt = lease.attempt;
        let span = info_span!(parent: None, "grant", job.id = %lease.job_id, attempt, pool, host = %lease.host, trace.id = tracing::field::Empty);
        context::name_in_logs(&span);
        self.send(pool, lease).instrument(span).await;
    }

    /// A job that is not carried is granted again: at once where it cannot be made, else when its lease has ended.
    async fn send(&self, pool: &str, lease: &Lease) {
        let parcel = async {
            let errand = Errand::of(lease, &*self.store, MOST_ATTEMPTS).await?;
            let work = errand.packed(lease.token, &self.chest).await?;
            anyhow::Ok(Parcel { work, trace: context::written(), ..Parcel::of(lease) })
        };
        match parcel.await {
            Ok(parcel) => match self.courier.send(pool, &parcel).await {
                Ok(()) => {
                    self.metrics.job_granted(pool);
                    debug!(job.id = %lease.job_id, attempt = lease.attempt, pool, "Granted a job");
                }
                Err(error) => {
                    warn!(%error, job.id = %lease.job_id, "Job `{}` was not carried", lease.job_id);
                    self.give_back(lease, error.to_string()).await;
                }
            },
            Err(error) => {
                warn!(%error, job.id = %lease.job_id, "Job `{}` cannot be made a parcel of", lease.job_id);
                self.give_back(lease, format!("{error:#}")).await;
            }
        }
    }

    /// Nobody has it: another attempt need not wait until the lease ends. A broker that did get it is fenced by the token.
    async fn give_back(&self, lease: &Lease, reason: String) {
        let failed = Failed {
            job_id: lease.job_id.clone(),
            token: lease.token,
            worker: "dispatcher".to_owned(),
            reason,
            retry_in: Some(TimeDelta::seconds(30)),
            by_host: false,
            pause: TimeDelta::zero(),
        };
        if let Err(error) = self.store.fail(&failed, (self.clock)()).await {
            info!(%error, job.id = %lease.job_id, "Job `{}` waits until its lease ends", lease.job_id);
        }
        self.clear(lease.token).await;
    }

    /// Nobody will ask for what travels under a lease that has ended; what cannot be taken away now goes by age.
    async fn clear(&self, under: Token) {
        if let Err(error) = self.chest.clear_all(under).await {
            info!(%error, "What travelled under a lease that has ended is taken away later");
        }
    }
}
