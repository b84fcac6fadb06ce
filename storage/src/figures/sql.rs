//! The figures in SQL that both databases read.

/// Implements [`super::Figures`] for a store that reads from `reading`, and has its evidence in `blobs`.
macro_rules! figures {
    ($store:ty) => {
        impl $crate::figures::Figures for $store {
            async fn queued(&self) -> Result<Vec<Queued>, StoreError> {
                let rows: Vec<(String, String, i64, i64)> = sqlx::query_as(
                    "SELECT pool, state, count(*), min(ready_at) FROM jobs WHERE state IN ('ready', 'held', 'leased')
                     GROUP BY pool, state ORDER BY pool, state",
                )
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let rows = rows.into_iter().map(|(pool, state, jobs, ready_at)| Queued {
                    pool,
                    state,
                    jobs: jobs.unsigned_abs(),
                    ready_at: DateTime::from_timestamp_millis(ready_at).unwrap_or_default(),
                });
                Ok(rows.collect())
            }

            async fn worst_hosts(&self, most: usize) -> Result<Vec<(String, u64)>, StoreError> {
                let rows: Vec<(String, i64)> = sqlx::query_as(
                    "SELECT host, failures FROM hosts WHERE failures > 0 ORDER BY failures DESC, host LIMIT $1",
                )
                .bind(i64::try_from(most).unwrap_or(i64::MAX))
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                Ok(rows.into_iter().map(|(host, failures)| (host, failures.unsigned_abs())).collect())
            }

            async fn stamps_wanted(&self) -> Result<(u64, Option<DateTime<Utc>>), StoreError> {
                let (count, since): (i64, Option<DateTime<Utc>>) =
                    sqlx::query_as("SELECT count(*), min(wanted_at) FROM stamps WHERE state = 'waiting'")
                        .fetch_one(self.reading())
                        .await
                        .map_err(|source| self.database(source))?;
                Ok((count.unsigned_abs(), since))
            }

            async fn evidence_bytes(&self) -> Result<Option<u64>, StoreError> {
                self.blobs.used_of_limit().await
            }

            async fn reached(&self) -> Result<(), StoreError> {
                sqlx::query("SELECT 1").execute(self.reading()).await.map(drop).map_err(|source| self.database(source))
            }
        }
    };
}

pub(crate) use figures;
