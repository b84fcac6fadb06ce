//! What is read of a database to verify it, a piece at a time: the same of SQLite and of PostgreSQL.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{PgConnection, Row as _, SqliteConnection};

use crate::seal::written;
use crate::stamp::KeptList;
use crate::stamp::kept::StampRow;

type Read<T> = Result<T, sqlx::Error>;

/// Rows read at once.
pub(super) const AT_ONCE: i64 = 1_000;

/// A case as its columns tell it.
pub(super) struct CaseRow {
    pub(super) case_id: String,
    pub(super) key: String,
    pub(super) ad_id: String,
    pub(super) position: i64,
    pub(super) opened_at: String,
    pub(super) sealed_at: String,
    pub(super) verdict: String,
    pub(super) line: String,
    pub(super) manifest: String,
    pub(super) manifest_sha256: String,
    pub(super) previous: Option<String>,
}

/// Index, kind, case, text and hash.
pub(super) type EntryRow = (i64, String, Option<String>, String, String);

/// Number, size, root, note, and whether it is signed.
pub(super) type CheckpointRow = (i64, i64, String, String, i64);

/// A violation of a case that has its facts: number, rule, severity, and what was promised and delivered; nothing where there is none.
pub(super) type ViolationRow = (Option<i64>, Option<String>, Option<String>, Option<String>, Option<String>);

/// A decision, before it is known to be whole.
#[derive(sqlx::FromRow)]
pub(super) struct DecisionRow {
    pub(super) number: i64,
    pub(super) case_id: String,
    pub(super) violation: Option<i64>,
    pub(super) decision: String,
    pub(super) reason: Option<String>,
    pub(super) decided_by: String,
    pub(super) decided_at: i64,
    pub(super) record: String,
    /// The entry of the log that it names.
    pub(super) entry: Option<String>,
}

/// A case, the hash of its manifest, and an entry of the log that says it was sealed: index and text.
pub(super) type LoggedCase = (String, String, Option<i64>, Option<String>);

/// A database that is looked at.
pub(super) trait Rows: Send {
    /// A moment as the columns of a case have it.
    fn kept(at: DateTime<Utc>) -> String;

    /// Whether a migration was applied.
    fn has(&mut self, migration: i64) -> impl Future<Output = Read<bool>> + Send;

    /// The numbers of the cases that come after one, in order.
    fn numbers(&mut self, after: i64) -> impl Future<Output = Read<Vec<i64>>> + Send;

    fn case(&mut self, number: i64) -> impl Future<Output = Read<CaseRow>> + Send;

    /// What a case rests on.
    fn evidence(&mut self, number: i64) -> impl Future<Output = Read<Vec<String>>> + Send;

    /// The violations that its facts have; no row at all where it has no facts.
    fn violations(&mut self, number: i64) -> impl Future<Output = Read<Vec<ViolationRow>>> + Send;

    /// The decisions after one, in order.
    fn decisions(&mut self, after: i64) -> impl Future<Output = Read<Vec<DecisionRow>>> + Send;

    /// Entries after one that tell of decisions or holds, and that no decision names: index, case, and text.
    fn undecided(&mut self, after: i64) -> impl Future<Output = Read<Vec<(i64, String, String)>>> + Send;

    /// The entries of the log from one on.
    fn entries(&mut self, from: i64) -> impl Future<Output = Read<Vec<EntryRow>>> + Send;

    /// The cases whose numbers come after one, each with its entries of the log; none where there are none.
    fn logged(&mut self, after: i64) -> impl Future<Output = Read<Vec<LoggedCase>>> + Send;

    /// Of the entries that seal a case, those after one whose case is not here and was not deleted.
    fn unexplained(&mut self, after: i64) -> impl Future<Output = Read<Vec<(i64, String)>>> + Send;

    /// The cases of which the log, from an entry on, says this.
    fn told(&mut self, kind: &'static str, from: i64) -> impl Future<Output = Read<Vec<String>>> + Send;

    /// A tile of the log.
    fn tile(&mut self, level: i64, tile: i64) -> impl Future<Output = Read<Option<String>>> + Send;

    /// How many tiles there are.
    fn tiles(&mut self) -> impl Future<Output = Read<i64>> + Send;

    fn checkpoints(&mut self) -> impl Future<Output = Read<Vec<CheckpointRow>>> + Send;

    /// The digests of the stamps that were stamped themselves.
    fn restamps(&mut self) -> impl Future<Output = Read<Vec<(String, String)>>> + Send;

    /// The lists of certificates that were taken back.
    fn lists(&mut self) -> impl Future<Output = Read<Vec<KeptList>>> + Send;

    /// The stamps after one, in order.
    fn stamps(&mut self, after: i64) -> impl Future<Output = Read<Vec<StampRow>>> + Send;
}

/// Stamps read at once: each holds an answer of some kilobytes.
const STAMPS_AT_ONCE: i64 = 100;

macro_rules! rows {
    ($database:ty, $moment:ty, $text:expr, $kept:expr) => {
        impl Rows for $database {
            fn kept(at: DateTime<Utc>) -> String {
                $kept(at)
            }

            async fn has(&mut self, migration: i64) -> Read<bool> {
                let applied: i64 = sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations WHERE version = $1")
                    .bind(migration)
                    .fetch_one(self)
                    .await?;
                Ok(applied > 0)
            }

            async fn numbers(&mut self, after: i64) -> Read<Vec<i64>> {
                sqlx::query_scalar("SELECT number FROM cases WHERE number > $1 ORDER BY number LIMIT $2")
                    .bind(after)
                    .bind(AT_ONCE)
                    .fetch_all(self)
                    .await
            }

            async fn case(&mut self, number: i64) -> Read<CaseRow> {
                let row = sqlx::query(
                    "SELECT case_id, key, ad_id, position, opened_at, sealed_at, verdict, line, manifest, manifest_sha256, previous
                     FROM cases WHERE number = $1",
                )
                .bind(number)
                .fetch_one(self)
                .await?;
                Ok(CaseRow {
                    case_id: row.try_get("case_id")?,
                    key: row.try_get("key")?,
                    ad_id: row.try_get("ad_id")?,
                    position: row.try_get("position")?,
                    opened_at: $text(row.try_get::<$moment, _>("opened_at")?),
                    sealed_at: $text(row.try_get::<$moment, _>("sealed_at")?),
                    verdict: row.try_get("verdict")?,
                    line: row.try_get("line")?,
                    manifest: row.try_get("manifest")?,
                    manifest_sha256: row.try_get("manifest_sha256")?,
                    previous: row.try_get("previous")?,
                })
            }

            async fn evidence(&mut self, number: i64) -> Read<Vec<String>> {
                sqlx::query_scalar("SELECT evidence_id FROM case_evidence WHERE case_number = $1 ORDER BY evidence_id")
                    .bind(number)
                    .fetch_all(self)
                    .await
            }

            async fn violations(&mut self, number: i64) -> Read<Vec<ViolationRow>> {
                sqlx::query_as(
                    "SELECT violations.number, rule, violations.severity, promised, delivered FROM facts
                     LEFT JOIN violations ON violations.case_number = facts.case_number
                     WHERE facts.case_number = $1 ORDER BY violations.number",
                )
                .bind(number)
                .fetch_all(self)
                .await
            }

            async fn decisions(&mut self, after: i64) -> Read<Vec<DecisionRow>> {
                sqlx::query_as(
                    "SELECT number, decisions.case_id, violation, decision, reason, decided_by, decided_at, record, entry FROM decisions
                     LEFT JOIN log ON log.leaf_index = decisions.leaf_index WHERE number > $1 ORDER BY number LIMIT $2",
                )
                .bind(after)
                .bind(AT_ONCE)
                .fetch_all(self)
                .await
            }

            async fn undecided(&mut self, after: i64) -> Read<Vec<(i64, String, String)>> {
                sqlx::query_as(
                    "SELECT leaf_index, case_id, entry FROM log WHERE kind = 'decision' AND leaf_index > $1
                     AND NOT EXISTS (SELECT 1 FROM decisions WHERE decisions.leaf_index = log.leaf_index)
                     ORDER BY leaf_index LIMIT $2",
                )
                .bind(after)
                .bind(AT_ONCE)
                .fetch_all(self)
                .await
            }

            async fn entries(&mut self, from: i64) -> Read<Vec<EntryRow>> {
                sqlx::query_as(
                    "SELECT leaf_index, kind, case_id, entry, leaf_hash FROM log WHERE leaf_index >= $1
                     ORDER BY leaf_index LIMIT $2",
                )
                .bind(from)
                .bind(AT_ONCE)
                .fetch_all(self)
                .await
            }

            async fn logged(&mut self, after: i64) -> Read<Vec<LoggedCase>> {
                sqlx::query_as(
                    "SELECT cases.case_id, manifest_sha256, leaf_index, entry FROM cases
                     LEFT JOIN log ON log.case_id = cases.case_id AND log.kind = 'case'
                     WHERE number > $1 AND number <= $2 ORDER BY number, leaf_index",
                )
                .bind(after)
                .bind(after.saturating_add(AT_ONCE))
                .fetch_all(self)
                .await
            }

            async fn unexplained(&mut self, after: i64) -> Read<Vec<(i64, String)>> {
                sqlx::query_as(
                    "SELECT leaf_index, case_id FROM log AS entry WHERE kind = 'case' AND leaf_index > $1
                     AND NOT EXISTS (SELECT 1 FROM cases WHERE cases.case_id = entry.case_id)
                     AND NOT EXISTS (SELECT 1 FROM log WHERE log.case_id = entry.case_id AND log.kind = 'deletion')
                     ORDER BY leaf_index LIMIT $2",
                )
                .bind(after)
                .bind(AT_ONCE)
                .fetch_all(self)
                .await
            }

            async fn told(&mut self, kind: &'static str, from: i64) -> Read<Vec<String>> {
                sqlx::query_scalar(
                    "SELECT case_id FROM log WHERE kind = $1 AND leaf_index >= $2 AND case_id IS NOT NULL",
                )
                .bind(kind)
                .bind(from)
                .fetch_all(self)
                .await
            }

            async fn tile(&mut self, level: i64, tile: i64) -> Read<Option<String>> {
                sqlx::query_scalar("SELECT hash FROM log_tiles WHERE level = $1 AND tile = $2")
                    .bind(level)
                    .bind(tile)
                    .fetch_optional(self)
                    .await
            }

            async fn tiles(&mut self) -> Read<i64> {
                sqlx::query_scalar("SELECT count(*) FROM log_tiles").fetch_one(self).await
            }

            async fn checkpoints(&mut self) -> Read<Vec<CheckpointRow>> {
                sqlx::query_as("SELECT number, size, root, note, is_signed FROM checkpoints ORDER BY size, number")
                    .fetch_all(self)
                    .await
            }

            async fn restamps(&mut self) -> Read<Vec<(String, String)>> {
                sqlx::query_as("SELECT digest, state FROM stamps WHERE what = 'restamp'").fetch_all(self).await
            }

            async fn lists(&mut self) -> Read<Vec<KeptList>> {
                sqlx::query_as("SELECT url, list, issued_at, next_at, fetched_at FROM revocation_lists ORDER BY issued_at")
                    .fetch_all(self)
                    .await
            }

            async fn stamps(&mut self, after: i64) -> Read<Vec<StampRow>> {
                sqlx::query_as("SELECT * FROM stamps WHERE number > $1 ORDER BY number LIMIT $2")
                    .bind(after)
                    .bind(STAMPS_AT_ONCE)
                    .fetch_all(self)
                    .await
            }
        }
    };
}

rows!(SqliteConnection, String, std::convert::identity, written);

rows!(PgConnection, DateTime<Utc>, written, counted);

/// PostgreSQL counts whole microseconds from 2000, while manifests have more digits.
fn counted(at: DateTime<Utc>) -> String {
    let begun = DateTime::from_timestamp_secs(946_684_800).expect("internal error: 2000 is a year");
    let since = (at - begun).num_microseconds().map(TimeDelta::microseconds);
    written(since.map_or(at, |since| begun + since))
}
