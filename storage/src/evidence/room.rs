//! How much room there is for evidence: a case is not begun that could not be kept.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::{Duration, Instant};

use super::Blobs;
use crate::store::StoreError;

/// How much may be kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Of all blobs together; 0 for no limit.
    pub max_bytes: u64,
    /// Of what the cases of one advertiser rest on; 0 for no limit.
    pub max_bytes_per_advertiser: u64,
    /// That must stay free on the disk of a folder; 0 for none.
    pub min_free_bytes: u64,
}

/// How long a count is good: others may write there, too.
const COUNT_LASTS: Duration = Duration::from_secs(600);

/// From this share of the limit on, the operator is warned.
const WARN_AT: f64 = 0.9;

/// What is known of the room that is used.
#[derive(Debug, Default)]
pub(super) struct Room {
    pub(super) limits: Limits,
    counted: tokio::sync::Mutex<Option<(Instant, u64)>>,
    /// Since it was counted.
    written: AtomicU64,
    warned: AtomicBool,
}

impl Room {
    pub(super) fn wrote(&self, bytes: u64) {
        self.written.fetch_add(bytes, Relaxed);
    }
}

impl Blobs {
    /// Refuses a new case where there is no room for it.
    pub(crate) async fn has_room(&self) -> Result<(), StoreError> {
        self.is_free()?;
        let max = self.room.limits.max_bytes;
        if max == 0 {
            return Ok(());
        }
        let used = self.used().await?;
        if used >= max {
            return Err(StoreError::Full { path: self.root.clone(), used, max });
        }
        let share = used as f64 / max as f64;
        if share >= WARN_AT && !self.room.warned.swap(true, Relaxed) {
            tracing::warn!(
                used,
                max,
                "{:.0} % of `evidence.max_bytes` are used in {}",
                share * 100.0,
                self.root.display()
            );
        }
        Ok(())
    }

    /// The bytes of all blobs, where there is a limit: they are counted for it anyway.
    pub(crate) async fn used_of_limit(&self) -> Result<Option<u64>, StoreError> {
        if self.room.limits.max_bytes == 0 { Ok(None) } else { self.used().await.map(Some) }
    }

    fn is_free(&self) -> Result<(), StoreError> {
        let floor = self.room.limits.min_free_bytes;
        if floor == 0 || self.patience.is_some() {
            return Ok(());
        }
        let failed = |source: rustix::io::Errno| StoreError::Folder { path: self.root.clone(), source: source.into() };
        let disk = rustix::fs::statvfs(&self.root).map_err(failed)?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if free < floor { Err(StoreError::DiskFull { path: self.root.clone(), free, floor }) } else { Ok(()) }
    }

    /// The bytes of all blobs.
    async fn used(&self) -> Result<u64, StoreError> {
        let mut counted = self.room.counted.lock().await;
        if let Some((_, used)) = counted.filter(|(at, _)| at.elapsed() < COUNT_LASTS) {
            return Ok(used + self.room.written.load(Relaxed));
        }
        self.room.written.store(0, Relaxed);
        let mut used = 0;
        for first in 0..=u8::MAX {
            used += self.lying(first).await?.iter().map(|one| one.bytes).sum::<u64>();
        }
        *counted = Some((Instant::now(), used));
        Ok(used)
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::Limits;
    use crate::sqlite::tests::clock;
    use crate::store::{Store as _, StoreError};
    use crate::suite::attempt;

    #[tokio::test]
    async fn no_case_is_begun_beyond_the_limit_and_those_before_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let store = crate::sqlite::open(dir.path(), clock()).await.unwrap();
        let store = store.limited(Limits { max_bytes: 100, ..Limits::default() });
        let mut kept = Vec::new();
        let error = loop {
            match attempt(&store, &format!("ad{}", kept.len()), 0, "first").await {
                Ok(case) => kept.push(case),
                Err(error) => break error,
            }
        };
        let StoreError::Full { used, max: 100, .. } = error else { panic!("{error}") };
        // "picture of ad0" and "record of ad0: first" are 34 bytes.
        assert_eq!((kept.len(), used), (3, 102));
        assert!(error.to_string().contains("postlink retention"), "{error}");
        store.close().await;
        // Counted anew, it is as much.
        let store = crate::sqlite::open(dir.path(), clock()).await.unwrap();
        assert_eq!(store.cases().await.unwrap().len(), 3);
        let store = store.limited(Limits { max_bytes: 102, ..Limits::default() });
        assert!(matches!(attempt(&store, "b", 1, "first").await, Err(StoreError::Full { used: 102, .. })));
        let store = store.limited(Limits { max_bytes: 103, ..Limits::default() });
        attempt(&store, "b", 1, "first").await.expect("there is room for one");
    }

    #[tokio::test]
    async fn no_case_is_begun_on_a_disk_that_is_as_good_as_full() {
        let dir = tempfile::tempdir().unwrap();
        let store = crate::sqlite::open(dir.path(), clock()).await.unwrap();
        let store = store.limited(Limits { min_free_bytes: u64::MAX, ..Limits::default() });
        let error = attempt(&store, "a", 0, "first").await.expect_err("no disk has as much");
        assert!(error.to_string().contains("evidence.min_free_bytes"), "{error}");
        attempt(&store.limited(Limits::default()), "a", 0, "first").await.expect("no limit");
    }
}
