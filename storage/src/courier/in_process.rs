//! The courier within one process: the embedded default, without a server.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::roll::Roll;
use super::{Courier, CourierError, Kind, Parcel, Presence, Receipt, Report, pool_is_plain};

/// Queues in memory.
#[derive(Default)]
pub struct InProcess {
    queues: Mutex<Queues>,
    parcels: Notify,
    reports: Notify,
    roll: Roll,
}

#[derive(Default)]
struct Queues {
    parcels: HashMap<String, VecDeque<Parcel>>,
    reports: VecDeque<(u64, Report)>,
    /// Heard and not confirmed yet.
    heard: HashMap<u64, (Instant, Report)>,
    count: u64,
}

/// After which a report that was heard and not confirmed comes again.
const AGAIN: Duration = Duration::from_secs(30);

impl InProcess {
    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for what `take` takes, or until the time is up.
    async fn wait<T>(
        &self,
        notify: &Notify,
        wait: Duration,
        mut take: impl FnMut(&mut Queues) -> Option<T>,
    ) -> Option<T> {
        let until = Instant::now() + wait;
        loop {
            let notified = notify.notified();
            if let Some(taken) = take(&mut self.queues()) {
                return Some(taken);
            }
            timeout_at(until, notified).await.ok()?;
        }
    }
}

impl Courier for InProcess {
    async fn send(&self, pool: &str, parcel: &Parcel) -> Result<(), CourierError> {
        pool_is_plain(pool)?;
        self.queues().parcels.entry(pool.to_owned()).or_default().push_back(parcel.clone());
        self.parcels.notify_waiters();
        Ok(())
    }

    async fn next(&self, pool: &str, wait: Duration) -> Result<Option<Parcel>, CourierError> {
        pool_is_plain(pool)?;
        Ok(self.wait(&self.parcels, wait, |queues| queues.parcels.get_mut(pool)?.pop_front()).await)
    }

    async fn report(&self, report: &Report) -> Result<(), CourierError> {
        let mut queues = self.queues();
        queues.count += 1;
        let number = queues.count;
        queues.reports.push_back((number, report.clone()));
        drop(queues);
        self.reports.notify_waiters();
        Ok(())
    }

    async fn hear(&self, wait: Duration) -> Result<Option<(Report, Receipt)>, CourierError> {
        let take = |queues: &mut Queues| {
            let forgotten =
                queues.heard.iter().find(|(_, (since, _))| since.elapsed() > AGAIN).map(|(number, _)| *number);
            let (number, report) = match forgotten {
                Some(number) => (number, queues.heard.remove(&number)?.1),
                None => queues.reports.pop_front()?,
            };
            queues.heard.insert(number, (Instant::now(), report.clone()));
            Some((report, Receipt(Kind::InProcess(number))))
        };
        Ok(self.wait(&self.reports, wait, take).await)
    }

    async fn confirm(&self, receipt: Receipt) -> Result<(), CourierError> {
        if let Kind::InProcess(number) = receipt.0 {
            self.queues().heard.remove(&number);
        }
        Ok(())
    }

    async fn announce(&self, presence: &Presence) -> Result<(), CourierError> {
        pool_is_plain(&presence.pool)?;
        self.roll.note(presence.clone());
        Ok(())
    }

    async fn present(&self) -> Result<Vec<Presence>, CourierError> {
        Ok(self.roll.call())
    }
}
