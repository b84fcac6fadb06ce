//! The log as a database keeps it: entries in order without a gap, and the checkpoints made of them.

use chrono::{DateTime, Utc};

use crate::log::checkpoint::Note;
use crate::log::entry::Entry;
use crate::log::tiles::Hashes;
use crate::log::tree::Hash;
use crate::store::{CaseId, StoreError};

/// The log of a store. Its promises are in `suite/log.rs`.
pub trait Log: Hashes {
    /// Puts an entry behind the last one.
    fn append(&self, entry: &Entry) -> impl Future<Output = Result<Logged, StoreError>> + Send;

    /// How many entries there are.
    fn log_size(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// The entries from an index on, in order, as many as asked for.
    fn logged(&self, from: u64, most: u64) -> impl Future<Output = Result<Vec<Logged>, StoreError>> + Send;

    /// The entries about a case, in order.
    fn logged_of(&self, case: &CaseId) -> impl Future<Output = Result<Vec<Logged>, StoreError>> + Send;

    /// The entries of a kind, in order.
    fn logged_as(&self, kind: &str) -> impl Future<Output = Result<Vec<Logged>, StoreError>> + Send;

    /// How many tiles of a level there are.
    fn tiles(&self, level: u32) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Keeps tiles of a level from one on; one that is there is left as it is.
    fn keep_tiles(&self, level: u32, first: u64, tiles: &[Hash])
    -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Keeps a checkpoint, once.
    fn keep_checkpoint(&self, note: &Note) -> impl Future<Output = Result<KeptCheckpoint, StoreError>> + Send;

    /// All checkpoints, in the order of keeping.
    fn checkpoints(&self) -> impl Future<Output = Result<Vec<KeptCheckpoint>, StoreError>> + Send;
}

/// An entry with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// 0 for the first.
    pub index: u64,
    /// The bytes that were hashed.
    pub text: String,
    pub hash: Hash,
}

/// A checkpoint as it was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptCheckpoint {
    /// 1 for the first.
    pub number: u64,
    pub note: String,
    pub made_at: DateTime<Utc>,
}

pub(crate) type LogRow = (i64, String, String);

/// An entry of its row, if the row holds one.
pub(crate) fn logged((index, text, hash): LogRow) -> Result<Logged, String> {
    match hash.parse() {
        Ok(hash) => Ok(Logged { index: index.unsigned_abs(), text, hash }),
        Err(_) => Err(format!("entry {index} of the log")),
    }
}

/// Makes the log of a store. What is asked of both databases is the same, word for word; only their types differ.
macro_rules! log_rows {
    ($store:ty, $database:ty) => {
        impl $crate::log::tiles::Hashes for $store {
            async fn hashes(&self, level: u32, first: u64, count: u64) -> Result<Vec<$crate::log::Hash>, StoreError> {
                let query = match level {
                    0 => sqlx::query_scalar(
                        "SELECT leaf_hash FROM log WHERE leaf_index >= $1 AND leaf_index < $2 ORDER BY leaf_index",
                    ),
                    _ => sqlx::query_scalar(
                        "SELECT hash FROM log_tiles WHERE tile >= $1 AND tile < $2 AND level = $3 ORDER BY tile",
                    ),
                };
                let query = query.bind(self.whole(first)?).bind(self.whole(first.saturating_add(count))?);
                let query = if level == 0 { query } else { query.bind(i64::from(level)) };
                let hashes: Vec<String> =
                    query.fetch_all(self.reading()).await.map_err(|source| self.database(source))?;
                if hashes.len() as u64 != count {
                    let what =
                        format!("{} hashes of {count} of the log, from {first} on at level {level}", hashes.len());
                    return Err(self.damaged(&what));
                }
                hashes.iter().map(|hash| hash.parse().map_err(|_| self.damaged(hash))).collect()
            }
        }

        impl $crate::log::Log for $store {
            async fn append(&self, entry: &$crate::log::Entry) -> Result<$crate::log::Logged, StoreError> {
                let mut transaction = self.write().await?;
                let logged = self.append_in(&mut transaction, entry).await?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(logged)
            }

            async fn log_size(&self) -> Result<u64, StoreError> {
                let size: i64 = sqlx::query_scalar("SELECT coalesce(max(leaf_index) + 1, 0) FROM log")
                    .fetch_one(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                Ok(size.unsigned_abs())
            }

            async fn logged(&self, from: u64, most: u64) -> Result<Vec<$crate::log::Logged>, StoreError> {
                let rows = sqlx::query_as(
                    "SELECT leaf_index, entry, leaf_hash FROM log WHERE leaf_index >= $1 ORDER BY leaf_index LIMIT $2",
                )
                .bind(self.whole(from)?)
                .bind(self.whole(most)?)
                .fetch_all(self.reading())
                .await;
                self.entries(rows)
            }

            async fn logged_of(&self, case: &CaseId) -> Result<Vec<$crate::log::Logged>, StoreError> {
                let rows = sqlx::query_as(
                    "SELECT leaf_index, entry, leaf_hash FROM log WHERE case_id = $1 ORDER BY leaf_index",
                )
                .bind(case.as_str())
                .fetch_all(self.reading())
                .await;
                self.entries(rows)
            }

            async fn logged_as(&self, kind: &str) -> Result<Vec<$crate::log::Logged>, StoreError> {
                let rows =
                    sqlx::query_as("SELECT leaf_index, entry, leaf_hash FROM log WHERE kind = $1 ORDER BY leaf_index")
                        .bind(kind)
                        .fetch_all(self.reading())
                        .await;
                self.entries(rows)
            }

            async fn tiles(&self, level: u32) -> Result<u64, StoreError> {
                let count: i64 =
                    sqlx::query_scalar("SELECT coalesce(max(tile) + 1, 0) FROM log_tiles WHERE level = $1")
                        .bind(i64::from(level))
                        .fetch_one(self.reading())
                        .await
                        .map_err(|source| self.database(source))?;
                Ok(count.unsigned_abs())
            }

            async fn keep_tiles(&self, level: u32, first: u64, tiles: &[$crate::log::Hash]) -> Result<(), StoreError> {
                let mut transaction = self.change().await?;
                for (tile, at) in tiles.iter().zip(first..) {
                    sqlx::query("INSERT INTO log_tiles (level, tile, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
                        .bind(i64::from(level))
                        .bind(self.whole(at)?)
                        .bind(tile.to_string())
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                }
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn keep_checkpoint(
                &self,
                note: &$crate::log::checkpoint::Note,
            ) -> Result<$crate::log::KeptCheckpoint, StoreError> {
                self.take_checkpoint(note, (self.clock)()).await
            }

            async fn checkpoints(&self) -> Result<Vec<$crate::log::KeptCheckpoint>, StoreError> {
                let rows: Vec<(i64, String, DateTime<Utc>)> =
                    sqlx::query_as("SELECT number, note, made_at FROM checkpoints ORDER BY number")
                        .fetch_all(self.reading())
                        .await
                        .map_err(|source| self.database(source))?;
                let kept = |(number, note, made_at): (i64, _, _)| $crate::log::KeptCheckpoint {
                    number: number.unsigned_abs(),
                    note,
                    made_at,
                };
                Ok(rows.into_iter().map(kept).collect())
            }
        }

        impl $store {
            /// Puts an entry behind the last one, within a transaction that no other process writes beside.
            pub(crate) async fn append_in(
                &self,
                transaction: &mut Transaction<'static, $database>,
                entry: &$crate::log::Entry,
            ) -> Result<$crate::log::Logged, StoreError> {
                let text = entry.text();
                self.append_text(transaction, &text, entry.kind(), entry.case()).await
            }

            /// Puts the bytes of an entry behind the last one: those that another store hashed stay as they are.
            pub(crate) async fn append_text(
                &self,
                transaction: &mut Transaction<'static, $database>,
                text: &str,
                kind: &str,
                case: Option<&CaseId>,
            ) -> Result<$crate::log::Logged, StoreError> {
                let hash = $crate::log::tree::leaf(text.as_bytes());
                let index: i64 = sqlx::query_scalar(
                    "INSERT INTO log (leaf_index, kind, case_id, entry, leaf_hash)
                     SELECT coalesce(max(leaf_index) + 1, 0), $1, $2, $3, $4 FROM log RETURNING leaf_index",
                )
                .bind(kind)
                .bind(case.map(CaseId::as_str))
                .bind(text)
                .bind(hash.to_string())
                .fetch_one(&mut **transaction)
                .await
                .map_err(|source| self.database(source))?;
                Ok($crate::log::Logged { index: index.unsigned_abs(), text: text.to_owned(), hash })
            }

            /// Gives a store that is older than its log one entry for each case it has.
            async fn log_older_cases(
                &self,
                transaction: &mut Transaction<'static, $database>,
            ) -> Result<(), StoreError> {
                let numbers: Vec<i64> =
                    sqlx::query_scalar("SELECT number FROM cases WHERE NOT EXISTS (SELECT 1 FROM log) ORDER BY number")
                        .fetch_all(&mut **transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                for number in numbers {
                    let text: String = sqlx::query_scalar("SELECT manifest FROM cases WHERE number = $1")
                        .bind(number)
                        .fetch_one(&mut **transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                    let manifest: Manifest = serde_json::from_str(&text)
                        .map_err(|_| self.damaged(&format!("the manifest of case number {number}")))?;
                    let entry = $crate::log::Entry::sealed(&manifest, EvidenceId::of(text.as_bytes()));
                    self.append_in(transaction, &entry).await?;
                }
                Ok(())
            }

            /// Keeps a checkpoint as one that was made at this moment.
            pub(crate) async fn take_checkpoint(
                &self,
                note: &$crate::log::checkpoint::Note,
                made_at: DateTime<Utc>,
            ) -> Result<$crate::log::KeptCheckpoint, StoreError> {
                let (text, checkpoint) = (note.text(), &note.checkpoint);
                let mut transaction = self.write().await?;
                sqlx::query(
                    "INSERT INTO checkpoints (number, size, root, is_signed, note, made_at)
                     SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5 FROM checkpoints
                     WHERE true ON CONFLICT (note) DO NOTHING",
                )
                .bind(self.whole(checkpoint.size)?)
                .bind(checkpoint.root.to_string())
                .bind(i64::from(note.is_signed()))
                .bind(&text)
                .bind(made_at)
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                let (number, made_at): (i64, DateTime<Utc>) =
                    sqlx::query_as("SELECT number, made_at FROM checkpoints WHERE note = $1")
                        .bind(&text)
                        .fetch_one(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok($crate::log::KeptCheckpoint { number: number.unsigned_abs(), note: text, made_at })
            }

            fn entries(
                &self,
                rows: Result<Vec<$crate::log::kept::LogRow>, sqlx::Error>,
            ) -> Result<Vec<$crate::log::Logged>, StoreError> {
                let rows = rows.map_err(|source| self.database(source))?;
                let entry = |row| $crate::log::kept::logged(row).map_err(|what| self.damaged(&what));
                rows.into_iter().map(entry).collect()
            }
        }
    };
}

pub(crate) use log_rows;
