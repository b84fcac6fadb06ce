//! A store in one folder, without a server: rows in SQLite, blobs beside it.
//!
//! ```text
//! DIR/postlink.db                              the rows: the truth about which cases there are
//! DIR/evidence/sha256/ab/cd/<hex>              blobs
//! DIR/evidence/<case id>.wacz                  packages: second names of their blobs
//! DIR/evidence/cases/<case id>.manifest.json   sealed manifests
//! DIR/cases.jsonl, DIR/report.html             outputs, written by others through [`Draft`]
//! DIR/.lock                                    held while a postlink works here
//! ```

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use model::ad::Whose;
use model::evidence::{Evidence, EvidenceId};
use model::units::Clock;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Sqlite, Transaction};

use crate::copying::WholeCase;
use crate::decisions::decision_rows;
use crate::evidence::quota::quota_rows;
use crate::evidence::{Blobs, Limits};
use crate::facts::Facts;
use crate::facts::rows::fact_rows;
use crate::failpoint::reach;
use crate::hash;
use crate::lock::{self, Lock};
use crate::log::Entry;
use crate::log::kept::log_rows;
use crate::outbox::outbox_rows;
use crate::output::{self, Draft, Published};
use crate::previews::previews;
use crate::retention::retention_rows;
use crate::seal::{self, Link, Manifest, Sealed, written};
use crate::stamp::kept::stamp_rows;
use crate::store::{Allowance, CaseId, Filed, Kept, OfJob, Opened, Opening, Outcome, Store, StoreError, StoredCase};

pub(crate) const DATABASE: &str = "postlink.db";

pub(crate) static MIGRATOR: Migrator = sqlx::migrate!("migrations/sqlite");

const BUSY: Duration = Duration::from_secs(30);

/// One writer is faster than several that wait for each other, and readers need not wait for it.
const READERS: u32 = 4;

/// An open folder. Close it when done: then everything is in `postlink.db` and nothing in files beside it.
pub struct SqliteStore {
    dir: PathBuf,
    blobs: Blobs,
    writer: SqlitePool,
    readers: SqlitePool,
    clock: Clock,
    _lock: Lock,
}

/// Opens the folder, making it if need be, and takes it for this process alone.
pub async fn open(dir: &Path, clock: Clock) -> Result<SqliteStore, StoreError> {
    std::fs::create_dir_all(dir).map_err(|source| StoreError::Folder { path: dir.to_owned(), source })?;
    let lock = lock::alone(dir)?;
    let blobs = Blobs::open(&dir.into())?;
    let path = dir.join(DATABASE);
    let (writer, readers) = connect(&path, true).await?;
    MIGRATOR.run(&writer).await.map_err(|source| match source {
        MigrateError::VersionMissing(version) => StoreError::Newer { path: path.clone(), version },
        source => StoreError::Migrate { path: path.clone(), source },
    })?;
    let store = SqliteStore { dir: dir.to_owned(), blobs, writer, readers, clock, _lock: lock };
    let mut transaction = store.write().await?;
    store.last(&mut transaction).await?;
    store.log_older_cases(&mut transaction).await?;
    transaction.commit().await.map_err(|source| store.database(source))?;
    store.tell_older_cases().await?;
    Ok(store)
}

/// Pages of the database that its writer has at hand, as SQLite wants it told (below zero: KiB): rows that come by the million go into
/// indexes wherever their user and their ad are.
const WRITTEN_IN_KIB: &str = "-65536";
/// Pages of the log before they are put into the database: 32 MB, in which pages that are written again and again lie once.
const WRITTEN_IN_PAGES: &str = "8000";

/// One who writes, and some who read.
pub(crate) async fn connect(path: &Path, make: bool) -> Result<(SqlitePool, SqlitePool), StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(make)
        .journal_mode(SqliteJournalMode::Wal)
        // With WAL, anything less may lose the last cases when the power fails.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What is deleted is written over: a line holds what people said and were shown.
        .pragma("secure_delete", "ON")
        .busy_timeout(BUSY)
        // A statement that imports ads is as long as they are many: no log wants it.
        .disable_statement_logging();
    let writing = options.clone().pragma("cache_size", WRITTEN_IN_KIB).pragma("wal_autocheckpoint", WRITTEN_IN_PAGES);
    let writer = SqlitePoolOptions::new().max_connections(1).connect_with(writing).await;
    let writer = writer.map_err(|source| StoreError::Database { path: path.to_owned(), source })?;
    Ok((writer, SqlitePoolOptions::new().max_connections(READERS).connect_lazy_with(options.read_only(true))))
}

/// A transaction that may write from its beginning.
pub(crate) async fn begin(writer: &SqlitePool) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
    let begin = || writer.begin_with("BEGIN IMMEDIATE");
    match begin().await {
        // On a full disk SQLite rolls back by itself, and the connection still counts itself within a transaction.
        Err(sqlx::Error::InvalidSavePointStatement) => {
            writer.acquire().await?.close().await?;
            begin().await
        }
        begun => begun,
    }
}

impl Store for SqliteStore {
    async fn keep(&self, evidence: &Evidence) -> Result<Kept, StoreError> {
        // Nobody else is in this folder: nothing can be taken away between keeping and finishing.
        self.blobs.keep(evidence).await.map(|(kept, _)| kept)
    }

    async fn read(&self, id: EvidenceId) -> Result<Vec<u8>, StoreError> {
        self.blobs.read(id).await
    }

    async fn read_part(&self, id: EvidenceId, part: std::ops::Range<u64>) -> Result<Vec<u8>, StoreError> {
        self.blobs.read_part(id, part).await
    }

    async fn begin(&self, opening: Opening) -> Result<Opened, StoreError> {
        self.blobs.has_room().await?;
        self.has_room_of(opening.whose().as_ref()).await?;
        let nth: i64 = sqlx::query_scalar("SELECT count(*) FROM cases WHERE key = $1")
            .bind(&opening.key)
            .fetch_one(&self.readers)
            .await
            .map_err(|source| self.database(source))?;
        Ok(Opened { case_id: seal::case_id(&opening, nth.unsigned_abs()), opening })
    }

    async fn allowance(&self, whose: &Whose) -> Result<Option<Allowance>, StoreError> {
        self.allowed(whose).await
    }

    async fn finish(&self, opened: Opened, outcome: Outcome) -> Result<StoredCase, StoreError> {
        Ok(self.file(None, opened, outcome).await?.recorded())
    }

    async fn finish_for(&self, job: &OfJob, opened: Opened, outcome: Outcome) -> Result<Filed, StoreError> {
        self.file(Some(job), opened, outcome).await
    }

    async fn finished(&self, key: &str) -> Result<Option<StoredCase>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT number, case_id, key, ad_id, position, opened_at, sealed_at, verdict, manifest_sha256
             FROM cases WHERE key = $1 AND deleted_at IS NULL ORDER BY number DESC LIMIT 1",
        )
        .bind(key)
        .fetch_optional(&self.readers)
        .await
        .map_err(|source| self.database(source))?;
        row.map(|row| self.case(row)).transpose()
    }

    async fn sealed(&self, case: &CaseId) -> Result<Option<StoredCase>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT number, case_id, key, ad_id, position, opened_at, sealed_at, verdict, manifest_sha256
             FROM cases WHERE case_id = $1 AND deleted_at IS NULL",
        )
        .bind(case.as_str())
        .fetch_optional(&self.readers)
        .await
        .map_err(|source| self.database(source))?;
        row.map(|row| self.case(row)).transpose()
    }

    async fn cases(&self) -> Result<Vec<StoredCase>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT number, case_id, key, ad_id, position, opened_at, sealed_at, verdict, manifest_sha256
             FROM cases AS this
             WHERE number = (SELECT max(number) FROM cases WHERE ad_id = this.ad_id AND deleted_at IS NULL)
             AND NOT EXISTS (SELECT 1 FROM previews WHERE previews.ad_id = this.ad_id)
             ORDER BY position, number",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(|source| self.database(source))?;
        rows.into_iter().map(|row| self.case(row)).collect()
    }

    async fn history(&self, since: DateTime<Utc>) -> Result<Vec<StoredCase>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT number, case_id, key, ad_id, position, opened_at, sealed_at, verdict, manifest_sha256
             FROM cases WHERE opened_at >= $1 AND deleted_at IS NULL ORDER BY number",
        )
        .bind(written(since))
        .fetch_all(&self.readers)
        .await
        .map_err(|source| self.database(source))?;
        rows.into_iter().map(|row| self.case(row)).collect()
    }

    async fn rests_on(&self, case: &CaseId) -> Result<Vec<Kept>, StoreError> {
        let damaged =
            |_| StoreError::Damaged { path: self.dir.join(DATABASE), what: format!("the manifest of {case}") };
        Ok(serde_json::from_str::<Manifest>(&self.manifest(case).await?).map_err(damaged)?.evidence)
    }

    async fn manifest(&self, case: &CaseId) -> Result<String, StoreError> {
        sqlx::query_scalar("SELECT manifest FROM cases WHERE case_id = $1")
            .bind(case.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(|source| self.database(source))?
            .ok_or_else(|| StoreError::NoSuchCase(case.clone(), self.dir.join(DATABASE)))
    }

    async fn found_before(
        &self,
        whose: &Whose,
        other_than: &str,
        before: DateTime<Utc>,
    ) -> Result<Vec<DateTime<Utc>>, StoreError> {
        let times: Vec<String> = sqlx::query_scalar(
            "SELECT max(cases.opened_at) FROM cases JOIN facts ON facts.case_number = cases.number
             WHERE cases.advertiser = $1 AND cases.ad_id <> $2 AND cases.opened_at < $3 AND cases.verdict = 'violating'
             AND facts.platform IS NOT DISTINCT FROM $4
             AND NOT EXISTS (SELECT 1 FROM previews WHERE previews.ad_id = cases.ad_id)
             GROUP BY cases.ad_id ORDER BY 1",
        )
        .bind(&whose.advertiser)
        .bind(other_than)
        .bind(written(before))
        .bind(&whose.platform)
        .fetch_all(&self.readers)
        .await
        .map_err(|source| self.database(source))?;
        times.iter().map(|text| text.parse().map_err(|_| self.damaged(text))).collect()
    }

    async fn recall(&self, key: EvidenceId) -> Result<Option<Vec<u8>>, StoreError> {
        sqlx::query_scalar("SELECT reading FROM readings WHERE key = $1")
            .bind(key.to_string())
            .fetch_optional(&self.readers)
            .await
            .map_err(|source| self.database(source))
    }

    async fn remember(&self, key: EvidenceId, reading: &[u8]) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO readings (key, reading, read_at) VALUES ($1, $2, $3)
             ON CONFLICT (key) DO UPDATE SET reading = excluded.reading, read_at = excluded.read_at",
        )
        .bind(key.to_string())
        .bind(reading)
        .bind(written((self.clock)()))
        .execute(&self.writer)
        .await
        .map(drop)
        .map_err(|source| self.database(source))
    }

    async fn line(&self, case: &CaseId) -> Result<String, StoreError> {
        let line: Option<String> = sqlx::query_scalar("SELECT line FROM cases WHERE case_id = $1")
            .bind(case.as_str())
            .fetch_optional(&self.readers)
            .await
            .map_err(|source| self.database(source))?;
        match line.ok_or_else(|| self.no_such_case(case))? {
            line if line.is_empty() => Err(StoreError::Deleted(case.clone())),
            line => Ok(line),
        }
    }
}

impl SqliteStore {
    /// Records a case, unless its job's lease has ended, or its ad has a case in this round.
    async fn file(&self, job: Option<&OfJob>, opened: Opened, outcome: Outcome) -> Result<Filed, StoreError> {
        self.blobs.accept(&opened.case_id, &outcome).await?;
        reach("finish: accepted");
        let mut transaction = self.write().await?;
        reach("finish: in the transaction");
        if let Some(job) = job
            && let Some(refused) = self.fence(&mut transaction, job, &opened).await?
        {
            // Also that it came late is written down.
            transaction.commit().await.map_err(|source| self.database(source))?;
            return Ok(refused);
        }
        let link = self.last(&mut transaction).await?;
        let whose = opened.opening.whose();
        let advertiser = opened.opening.advertiser.clone();
        let manifest = Manifest::new(opened, &outcome, (self.clock)(), link);
        let sealed = manifest.seal();
        let facts = self.insert(&mut transaction, &manifest, &sealed, &outcome.line, advertiser.as_deref()).await?;
        self.append_in(&mut transaction, &Entry::sealed(&manifest, sealed.id)).await?;
        reach("finish: logged");
        self.put_out(&mut transaction, manifest.case_id.as_str(), &facts.events(&manifest)).await?;
        reach("finish: told");
        for wanted in &outcome.to_stamp {
            self.want_in(&mut transaction, wanted).await?;
        }
        reach("finish: before the commit");
        transaction.commit().await.map_err(|source| self.database(source))?;
        reach("finish: committed");
        self.blobs.quota.wrote(whose.as_ref(), manifest.evidence.iter().map(|kept| kept.bytes).sum());
        // After the row, so that a manifest never stands for a case that is not there. A crash in between leaves
        // the last row without its file, which `last` mends.
        self.blobs.beside(&manifest.case_id, &sealed, &manifest.evidence).await?;
        reach("finish: manifest written");
        Ok(Filed::Recorded(manifest.stored(sealed.id)))
    }

    /// Whether the evidence can be reached, and where it lies.
    pub async fn reach_evidence(&self) -> Result<String, StoreError> {
        self.blobs.reach().await
    }

    /// Begins no case where this much is used.
    pub fn limited(mut self, limits: Limits) -> Self {
        self.blobs.limit(limits);
        self
    }

    /// Begins an output file of the folder (`cases.jsonl`, `report.html`).
    pub fn draft(&self, name: &str) -> Result<Draft, StoreError> {
        Draft::new(&self.dir, name)
    }

    /// Puts an output in place of what stood there, and remembers what it is.
    ///
    /// What it is to be is noted before: whichever of the two a crash leaves, `verify` knows it.
    pub async fn publish(&self, draft: Draft) -> Result<(), StoreError> {
        let name = draft.name.clone();
        let to_be = draft.published();
        reach("output: written");
        let mut transaction = self.write().await?;
        sqlx::query(
            "INSERT INTO outputs (path, sha256, bytes, written_at, next_sha256) VALUES ($1, '', 0, $2, $3)
             ON CONFLICT (path) DO UPDATE SET next_sha256 = excluded.next_sha256",
        )
        .bind(&name)
        .bind(written((self.clock)()))
        .bind(to_be.id.to_string())
        .execute(&mut *transaction)
        .await
        .map_err(|source| self.database(source))?;
        transaction.commit().await.map_err(|source| self.database(source))?;
        reach("output: announced");
        // Two that write the same one do it one after the other.
        let mut transaction = self.write().await?;
        let published = draft.put_in_place()?;
        reach("output: in place");
        self.note_output(&mut transaction, &name, &published).await?;
        reach("output: noted");
        transaction.commit().await.map_err(|source| self.database(source))?;
        reach("output: committed");
        Ok(())
    }

    /// Remembers an output that somebody else wrote, as it is now.
    pub async fn record_output(&self, name: &str) -> Result<(), StoreError> {
        let path = output::inside(&self.dir, name)?;
        let (id, bytes) = hash::of_file(&path).map_err(|source| StoreError::Unreadable { path, source })?;
        let mut transaction = self.write().await?;
        self.note_output(&mut transaction, name, &Published { id, bytes }).await?;
        transaction.commit().await.map_err(|source| self.database(source))
    }

    /// Takes away all outputs but this one, and gives their names back.
    pub async fn withdraw_outputs(&self, but: &str) -> Result<Vec<String>, StoreError> {
        let mut transaction = self.write().await?;
        let names: Vec<String> =
            sqlx::query_scalar("UPDATE outputs SET next_sha256 = '' WHERE path <> $1 RETURNING path")
                .bind(but)
                .fetch_all(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
        transaction.commit().await.map_err(|source| self.database(source))?;
        for name in &names {
            let path = output::inside(&self.dir, name)?;
            match std::fs::remove_file(&path) {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::Folder { path, source });
                }
                _ => {}
            }
        }
        let mut transaction = self.write().await?;
        sqlx::query("DELETE FROM outputs WHERE path <> $1 AND next_sha256 = ''")
            .bind(but)
            .execute(&mut *transaction)
            .await
            .map_err(|source| self.database(source))?;
        transaction.commit().await.map_err(|source| self.database(source))?;
        Ok(names)
    }

    /// The blobs that ads name, and appeals, each once, with their bytes.
    pub(crate) async fn files_of_ads(&self) -> Result<Vec<(EvidenceId, u64)>, StoreError> {
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT evidence_id, max(bytes) FROM (SELECT evidence_id, bytes FROM ad_files UNION ALL SELECT evidence_id, bytes FROM appeal_files)
             GROUP BY evidence_id ORDER BY evidence_id")
                .fetch_all(&self.readers)
                .await
                .map_err(|source| self.database(source))?;
        let file = |(id, bytes): (String, i64)| Ok((id.parse().map_err(|_| self.damaged(&id))?, bytes.unsigned_abs()));
        rows.into_iter().map(file).collect()
    }

    /// The keys under which something was read.
    pub(crate) async fn reading_keys(&self) -> Result<Vec<EvidenceId>, StoreError> {
        let keys: Vec<String> = sqlx::query_scalar("SELECT key FROM readings ORDER BY key")
            .fetch_all(&self.readers)
            .await
            .map_err(|source| self.database(source))?;
        keys.iter().map(|key| key.parse().map_err(|_| self.damaged(key))).collect()
    }

    /// A case as its row holds it.
    pub(crate) async fn whole_case(&self, case: &CaseId) -> Result<WholeCase, StoreError> {
        let row: Option<WholeRow> =
            sqlx::query_as("SELECT line, manifest, advertiser, deleted_at FROM cases WHERE case_id = $1")
                .bind(case.as_str())
                .fetch_optional(&self.readers)
                .await
                .map_err(|source| self.database(source))?;
        let (line, manifest, advertiser, deleted_at) = row.ok_or_else(|| self.no_such_case(case))?;
        Ok(WholeCase { line, manifest, advertiser, deleted_at })
    }

    /// Writes back what is still beside the database, and lets go of the folder.
    pub async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        begin(&self.writer).await.map_err(|source| self.database(source))
    }

    /// A transaction that finishes no case.
    async fn change(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.write().await
    }

    /// Where the next case goes.
    async fn last(&self, transaction: &mut Transaction<'static, Sqlite>) -> Result<Link, StoreError> {
        let last: Option<(i64, String, String)> =
            sqlx::query_as("SELECT number, case_id, manifest FROM cases ORDER BY number DESC LIMIT 1")
                .fetch_optional(&mut **transaction)
                .await
                .map_err(|source| self.database(source))?;
        self.blobs.after(last).await
    }

    async fn insert(
        &self,
        transaction: &mut Transaction<'static, Sqlite>,
        manifest: &Manifest,
        sealed: &Sealed,
        line: &str,
        advertiser: Option<&str>,
    ) -> Result<Facts, StoreError> {
        let database = |source| self.database(source);
        sqlx::query(
            "INSERT INTO cases (number, case_id, key, ad_id, position, opened_at, sealed_at, verdict, line, manifest, manifest_sha256, previous, advertiser)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(self.whole(manifest.number)?)
        .bind(manifest.case_id.as_str())
        .bind(&manifest.key)
        .bind(&manifest.ad_id)
        .bind(self.whole(manifest.position)?)
        .bind(written(manifest.opened_at))
        .bind(written(manifest.sealed_at))
        .bind(&manifest.verdict)
        .bind(line)
        .bind(&sealed.text)
        .bind(sealed.id.to_string())
        .bind(manifest.previous.map(|id| id.to_string()))
        .bind(advertiser)
        .execute(&mut **transaction)
        .await
        .map_err(database)?;
        reach("finish: row written");
        for kept in &manifest.evidence {
            sqlx::query("INSERT INTO case_evidence (case_number, evidence_id) VALUES ($1, $2)")
                .bind(self.whole(manifest.number)?)
                .bind(kept.id.to_string())
                .execute(&mut **transaction)
                .await
                .map_err(database)?;
        }
        let facts = Facts::of(&manifest.ad_id, line);
        self.tell_in(transaction, self.whole(manifest.number)?, &facts).await?;
        Ok(facts)
    }

    async fn note_output(
        &self,
        transaction: &mut Transaction<'static, Sqlite>,
        name: &str,
        published: &Published,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO outputs (path, sha256, bytes, written_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (path) DO UPDATE SET sha256 = excluded.sha256, bytes = excluded.bytes, written_at = excluded.written_at, next_sha256 = NULL",
        )
        .bind(name)
        .bind(published.id.to_string())
        .bind(self.whole(published.bytes)?)
        .bind(written((self.clock)()))
        .execute(&mut **transaction)
        .await
        .map(drop)
        .map_err(|source| self.database(source))
    }

    fn case(&self, row: Row) -> Result<StoredCase, StoreError> {
        let (number, case_id, key, ad_id, position, opened_at, sealed_at, verdict, manifest) = row;
        let moment = |text: &str| text.parse::<DateTime<Utc>>().map_err(|_| self.damaged(text));
        Ok(StoredCase {
            number: number.unsigned_abs(),
            case_id: CaseId(case_id),
            key,
            ad_id,
            position: position.unsigned_abs(),
            opened_at: moment(&opened_at)?,
            sealed_at: moment(&sealed_at)?,
            verdict,
            manifest: manifest.parse().map_err(|_| self.damaged(&manifest))?,
        })
    }

    fn whole(&self, number: u64) -> Result<i64, StoreError> {
        i64::try_from(number).map_err(|_| self.database(sqlx::Error::Encode(format!("{number} is too large").into())))
    }

    pub(crate) fn reading(&self) -> &SqlitePool {
        &self.readers
    }

    fn no_such_case(&self, case: &CaseId) -> StoreError {
        StoreError::NoSuchCase(case.clone(), self.dir.join(DATABASE))
    }

    /// A moment as this database has it where others compare it as text.
    fn moment(&self, at: DateTime<Utc>) -> String {
        written(at)
    }

    /// Those of these blobs that some case rests on, or some ad names.
    async fn wanted(
        &self,
        transaction: &mut Transaction<'static, Sqlite>,
        ids: &[EvidenceId],
    ) -> Result<HashSet<EvidenceId>, StoreError> {
        let mut wanted = HashSet::new();
        for id in ids {
            let named: i64 = sqlx::query_scalar(
                "SELECT EXISTS (SELECT 1 FROM case_evidence WHERE evidence_id = $1
                 UNION ALL SELECT 1 FROM ad_files WHERE evidence_id = $1
                 UNION ALL SELECT 1 FROM appeal_files WHERE evidence_id = $1)",
            )
            .bind(id.to_string())
            .fetch_one(&mut **transaction)
            .await
            .map_err(|source| self.database(source))?;
            if named != 0 {
                wanted.insert(*id);
            }
        }
        Ok(wanted)
    }

    /// Only a store of many machines takes note of what is kept again.
    async fn forget_kept_again(&self, _before: DateTime<Utc>) -> Result<(), StoreError> {
        Ok(())
    }

    fn damaged(&self, what: &str) -> StoreError {
        StoreError::Damaged { path: self.dir.join(DATABASE), what: what.to_owned() }
    }

    pub(crate) fn database(&self, source: sqlx::Error) -> StoreError {
        StoreError::Database { path: self.dir.join(DATABASE), source }
    }
}

log_rows!(SqliteStore, Sqlite);
fact_rows!(SqliteStore, Sqlite);
decision_rows!(SqliteStore, Sqlite);
outbox_rows!(SqliteStore, Sqlite, "");
previews!(SqliteStore, Sqlite);
retention_rows!(SqliteStore, Sqlite);
quota_rows!(
    SqliteStore,
    "SELECT coalesce(sum(bytes), 0) FROM (SELECT DISTINCT kept.value ->> 'id', kept.value ->> 'bytes' AS bytes
     FROM cases LEFT JOIN facts ON facts.case_number = cases.number LEFT JOIN ads ON ads.ad_id = cases.ad_id
     JOIN json_each(cases.manifest, '$.evidence') AS kept WHERE cases.advertiser = $1 AND cases.deleted_at IS NULL
     AND CASE WHEN facts.case_number IS NULL THEN ads.platform ELSE facts.platform END IS NOT DISTINCT FROM $2)"
);

stamp_rows!(SqliteStore, Sqlite);

/// Line, manifest, advertiser, and when it was deleted.
type WholeRow = (String, String, Option<String>, Option<DateTime<Utc>>);

type Row = (i64, String, String, String, i64, String, String, String, String);

mod accounts;
mod appeals;
mod badges;
mod desk;
mod figures;
mod frontier;
mod hearing;
mod kin;
mod ledger;
mod library;
mod measures;
mod sweeps;
mod transfers;
mod waiting;
mod webhooks;
mod weeks;

#[cfg(test)]
mod crash;
#[cfg(test)]
pub(crate) mod tests;
