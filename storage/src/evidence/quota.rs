//! How much evidence an advertiser's cases may take: one that advertises a thousand times does not take the room of all others.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use model::ad::Whose;

/// How long a count is good: others may write there, too.
const COUNT_LASTS: Duration = Duration::from_secs(600);

/// Advertisers that are remembered; beyond them all are counted anew.
const MOST: usize = 10_000;

/// What is known of the evidence of each advertiser.
#[derive(Debug, Default)]
pub(crate) struct Quota {
    /// Of the cases of one advertiser, bytes; 0 for no limit.
    pub(crate) max: u64,
    counted: Mutex<HashMap<Whose, (Instant, u64)>>,
}

impl Quota {
    /// What an advertiser uses, where that is known.
    pub(crate) fn used(&self, whose: &Whose) -> Option<u64> {
        self.all().get(whose).filter(|(at, _)| at.elapsed() < COUNT_LASTS).map(|(_, used)| *used)
    }

    pub(crate) fn counted(&self, whose: &Whose, used: u64) {
        let mut all = self.all();
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(whose.clone(), (Instant::now(), used));
    }

    /// Takes note of a case that was finished.
    pub(crate) fn wrote(&self, whose: Option<&Whose>, bytes: u64) {
        let mut all = self.all();
        if let Some((_, used)) = whose.and_then(|one| all.get_mut(one)) {
            *used += bytes;
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Whose, (Instant, u64)>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets a store ask for room for an advertiser. `$bytes` adds up what its cases rest on, by their manifests, each artefact once.
macro_rules! quota_rows {
    ($store:ty, $bytes:literal) => {
        impl $store {
            /// Refuses a new case of an advertiser that uses as much as it may.
            async fn has_room_of(&self, whose: Option<&model::ad::Whose>) -> Result<(), StoreError> {
                let Some(whose) = whose else { return Ok(()) };
                self.allowed(whose).await?.map_or(Ok(()), |allowance| allowance.check(&whose.advertiser))
            }

            /// What an advertiser may use, and uses; none where nothing limits it.
            async fn allowed(&self, whose: &model::ad::Whose) -> Result<Option<$crate::store::Allowance>, StoreError> {
                let quota = &self.blobs.quota;
                if quota.max == 0 {
                    return Ok(None);
                }
                let used = match quota.used(whose) {
                    Some(used) => used,
                    None => {
                        let used: i64 = sqlx::query_scalar($bytes)
                            .bind(&whose.advertiser)
                            .bind(&whose.platform)
                            .fetch_one(self.reading())
                            .await
                            .map_err(|source| self.database(source))?;
                        quota.counted(whose, used.unsigned_abs());
                        used.unsigned_abs()
                    }
                };
                Ok(Some($crate::store::Allowance { used, max: quota.max }))
            }
        }
    };
}

pub(crate) use quota_rows;

#[cfg(test)]
mod tests {
    use crate::evidence::Limits;
    use crate::store::{Store, StoreError};
    use crate::suite::{attempt_of, examine};

    /// Each case of an advertiser keeps 30 bytes of its own.
    async fn one_takes_what_is_its_and_others_go_on(store: &impl Store) {
        for ad in ["a", "b", "c"] {
            attempt_of(store, "feed", "greedy", ad).await.expect("there is room");
        }
        let refused = attempt_of(store, "feed", "greedy", "d").await.expect_err("it has used what it may");
        assert!(matches!(refused, StoreError::AdvertiserFull { used: 90, max: 90, .. }), "{refused}");
        let told = refused.to_string();
        assert!(["greedy", "max_bytes_per_advertiser", "retention"].iter().all(|word| told.contains(word)), "{told}");
        attempt_of(store, "feed", "modest", "e").await.expect("another one has room");
        attempt_of(store, "search", "greedy", "g").await.expect("another platform gave that id to another one");
        examine(store, "f", 0, "first").await;
    }

    const LIMITS: Limits = Limits { max_bytes: 0, max_bytes_per_advertiser: 90, min_free_bytes: 0 };

    #[tokio::test]
    async fn in_a_folder_an_advertiser_takes_what_is_its() {
        let dir = tempfile::tempdir().unwrap();
        let store = crate::sqlite::open(dir.path(), crate::sqlite::tests::clock()).await.unwrap().limited(LIMITS);
        one_takes_what_is_its_and_others_go_on(&store).await;
        store.close().await;
        // Counted anew, it is as much; and less once a case is deleted.
        let store = crate::sqlite::open(dir.path(), crate::sqlite::tests::clock()).await.unwrap().limited(LIMITS);
        let first = store.cases().await.unwrap().remove(0).case_id;
        crate::retention::Retention::delete(&store, &first, "over").await.unwrap();
        attempt_of(&store, "feed", "greedy", "d").await.expect("there is room again");
        assert!(attempt_of(&store, "feed", "greedy", "h").await.is_err());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn in_a_database_an_advertiser_takes_what_is_its() {
        let (server, dir) = (crate::suite::postgres::Server::start(), tempfile::tempdir().unwrap());
        let clock = crate::postgres::tests::clock();
        let store = crate::postgres::open(&server.url(), dir.path(), clock).await.unwrap().limited(LIMITS);
        one_takes_what_is_its_and_others_go_on(&store).await;
        store.close().await;
    }
}
