//! A store for several machines: rows in PostgreSQL, blobs in a folder that all of them see or in a bucket.
//!
//! The promises are those of the store in one folder (`sqlite.rs`), with one difference in how they are kept: many may finish
//! cases at once, so the chain's next link is given out under a lock of the database that ends with the transaction.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use model::ad::Whose;
use model::evidence::{Evidence, EvidenceId};
use model::units::Clock;
use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Postgres, Transaction};

use crate::copying::WholeCase;
use crate::decisions::decision_rows;
use crate::evidence::quota::quota_rows;
use crate::evidence::{Blobs, Limits, Place, Put};
use crate::facts::Facts;
use crate::facts::rows::fact_rows;
use crate::failpoint::reach;
use crate::log::kept::log_rows;
use crate::log::{Entry, Logged};
use crate::outbox::outbox_rows;
use crate::previews::previews;
use crate::retention::{Hold, retention_rows};
use crate::seal::{self, Link, Manifest, Sealed};
use crate::stamp::KeptStamp;
use crate::stamp::kept::stamp_rows;
use crate::store::{Allowance, CaseId, Filed, Kept, OfJob, Opened, Opening, Outcome, Store, StoreError, StoredCase};

/// Connections of one process: a worker writes seldom, and a console reads a page at a time.
const CONNECTIONS: u32 = 8;

/// How long a database that went away is waited for: a restart takes seconds, a failover a minute.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(500);
/// Writing one case takes milliseconds, after others have written theirs. Longer, and the server hangs.
const ATTEMPT: Duration = Duration::from_secs(60);

/// Names the lock under which cases are finished, one after the other. Any number does that is always the same.
const CHAIN_LOCK: i64 = 0x706f_7374_6c69_6e6b;

/// Names the lock under which blobs are taken away; those who keep one again hold it together.
const SWEEP_LOCK: i64 = CHAIN_LOCK + 1;

/// An open database, and the folder of its blobs.
pub struct PostgresStore {
    blobs: Blobs,
    pool: PgPool,
    clock: Clock,
    /// For errors: the address without the password.
    name: PathBuf,
}

/// Opens the database at this address (`postgres://user:password@host/name`), bringing it up to date, with its blobs in a folder or a bucket.
pub async fn open(url: &str, blobs: impl Into<Place>, clock: Clock) -> Result<PostgresStore, StoreError> {
    let blobs = Blobs::open(&blobs.into())?;
    let (pool, name) = connect(url).await?;
    let store = PostgresStore { blobs, pool, clock, name };
    let mut transaction = store.write().await?;
    store.last(&mut transaction).await?;
    store.log_older_cases(&mut transaction).await?;
    transaction.commit().await.map_err(|source| store.database(source))?;
    store.tell_older_cases().await?;
    Ok(store)
}

/// Reaches the database at this address, and brings it up to date; gives back its name without the password, too.
pub(crate) async fn connect(url: &str) -> Result<(PgPool, PathBuf), StoreError> {
    let (options, name) = named(url)?;
    let database = |source| StoreError::Database { path: name.clone(), source };
    // A pool asks a server that is not there again and again; one connection says at once what is wrong.
    PgConnection::connect_with(&options).await.map_err(database)?.close().await.map_err(database)?;
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
    let pool = pool.connect_with(options).await.map_err(database)?;
    sqlx::migrate!("migrations/postgres").run(&pool).await.map_err(|source| match source {
        MigrateError::VersionMissing(version) => StoreError::Newer { path: name.clone(), version },
        source => StoreError::Migrate { path: name.clone(), source },
    })?;
    Ok((pool, name))
}

/// How to reach the database at this address, and its name without the password.
pub(crate) fn named(url: &str) -> Result<(PgConnectOptions, PathBuf), StoreError> {
    let options: PgConnectOptions =
        url.parse().map_err(|source| StoreError::Database { path: "the address of the database".into(), source })?;
    // A statement that imports ads is as long as they are many: no log wants it.
    let options = options.disable_statement_logging();
    let (host, port, database) = (options.get_host(), options.get_port(), options.get_database().unwrap_or_default());
    let name = PathBuf::from(format!("postgres://{host}:{port}/{database}"));
    Ok((options, name))
}

impl Store for PostgresStore {
    async fn keep(&self, evidence: &Evidence) -> Result<Kept, StoreError> {
        let (kept, put) = self.blobs.keep(evidence).await?;
        if put == Put::ThereBefore {
            // From now on a sweep lets it lie; one that is taking it away just now is waited for.
            self.keep_again(kept.id).await?;
            if !self.blobs.has(&kept).await? {
                self.blobs.keep(evidence).await?;
            }
        }
        Ok(kept)
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
            .fetch_one(&self.pool)
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
        // A worker could not tell the database what it kept that was there before.
        for kept in &outcome.evidence {
            self.keep_again(kept.id).await?;
        }
        self.file(Some(job), opened, outcome).await
    }

    async fn finished(&self, key: &str) -> Result<Option<StoredCase>, StoreError> {
        let rows = self.rows(sqlx::query_as(FINISHED).bind(key)).await?;
        Ok(rows.into_iter().next())
    }

    async fn sealed(&self, case: &CaseId) -> Result<Option<StoredCase>, StoreError> {
        let rows = self.rows(sqlx::query_as(SEALED).bind(case.as_str())).await?;
        Ok(rows.into_iter().next())
    }

    async fn cases(&self) -> Result<Vec<StoredCase>, StoreError> {
        self.rows(sqlx::query_as(CASES)).await
    }

    async fn history(&self, since: DateTime<Utc>) -> Result<Vec<StoredCase>, StoreError> {
        self.rows(sqlx::query_as(HISTORY).bind(since)).await
    }

    async fn rests_on(&self, case: &CaseId) -> Result<Vec<Kept>, StoreError> {
        let manifest: Manifest = serde_json::from_str(&self.manifest(case).await?)
            .map_err(|_| self.damaged(&format!("the manifest of {case}")))?;
        Ok(manifest.evidence)
    }

    async fn manifest(&self, case: &CaseId) -> Result<String, StoreError> {
        self.text("SELECT manifest FROM cases WHERE case_id = $1", case).await
    }

    async fn found_before(
        &self,
        whose: &Whose,
        other_than: &str,
        before: DateTime<Utc>,
    ) -> Result<Vec<DateTime<Utc>>, StoreError> {
        sqlx::query_scalar(
            "SELECT max(cases.opened_at) FROM cases JOIN facts ON facts.case_number = cases.number
             WHERE cases.advertiser = $1 AND cases.ad_id <> $2 AND cases.opened_at < $3 AND cases.verdict = 'violating'
             AND facts.platform IS NOT DISTINCT FROM $4
             AND NOT EXISTS (SELECT 1 FROM previews WHERE previews.ad_id = cases.ad_id)
             GROUP BY cases.ad_id ORDER BY 1",
        )
        .bind(&whose.advertiser)
        .bind(other_than)
        .bind(before)
        .bind(&whose.platform)
        .fetch_all(&self.pool)
        .await
        .map_err(|source| self.database(source))
    }

    async fn recall(&self, key: EvidenceId) -> Result<Option<Vec<u8>>, StoreError> {
        sqlx::query_scalar("SELECT reading FROM readings WHERE key = $1")
            .bind(key.to_string())
            .fetch_optional(&self.pool)
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
        .bind((self.clock)())
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(|source| self.database(source))
    }

    async fn line(&self, case: &CaseId) -> Result<String, StoreError> {
        match self.text("SELECT line FROM cases WHERE case_id = $1", case).await? {
            line if line.is_empty() => Err(StoreError::Deleted(case.clone())),
            line => Ok(line),
        }
    }
}

// A case is told by its manifest, which is what was sealed: the columns beside it are for those who ask the database.
const FINISHED: &str = "SELECT manifest, manifest_sha256 FROM cases
    WHERE key = $1 AND deleted_at IS NULL ORDER BY number DESC LIMIT 1";
const SEALED: &str = "SELECT manifest, manifest_sha256 FROM cases WHERE case_id = $1 AND deleted_at IS NULL";
const CASES: &str = "SELECT manifest, manifest_sha256 FROM cases AS this
    WHERE number = (SELECT max(number) FROM cases WHERE ad_id = this.ad_id AND deleted_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM previews WHERE previews.ad_id = this.ad_id)
    ORDER BY position, number";
const HISTORY: &str = "SELECT manifest, manifest_sha256 FROM cases
    WHERE opened_at >= $1 AND deleted_at IS NULL ORDER BY number";

/// Whether it is the connection that failed, and not what was asked.
fn gone(error: &StoreError) -> bool {
    match error {
        StoreError::Database {
            source: sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed,
            ..
        } => true,
        // 08: connection exceptions; 57P: the server is told to end, ends after a crash, or starts.
        StoreError::Database { source: sqlx::Error::Database(error), .. } => {
            error.code().is_some_and(|code| code.starts_with("08") || code.starts_with("57P"))
        }
        _ => false,
    }
}

type Row = (String, String);
type Asked<'q> = sqlx::query::QueryAs<'q, Postgres, Row, sqlx::postgres::PgArguments>;

impl PostgresStore {
    /// Records a case, unless its job's lease has ended, or its ad has a case in this round; waits for a database that went away.
    async fn file(&self, job: Option<&OfJob>, opened: Opened, outcome: Outcome) -> Result<Filed, StoreError> {
        self.blobs.accept(&opened.case_id, &outcome).await?;
        reach("finish: accepted");
        let (begun, mut again) = (Instant::now(), false);
        loop {
            let attempt = tokio::time::timeout(ATTEMPT, self.record(job, &opened, &outcome, again)).await;
            match attempt.unwrap_or_else(|_| Err(self.database(sqlx::Error::PoolTimedOut))) {
                Err(error) if gone(&error) && begun.elapsed() < PATIENCE => {
                    tracing::warn!(%error, case.id = %opened.case_id, "Case `{}` waits for the database", opened.case_id);
                    tokio::time::sleep(PAUSE).await;
                    again = true;
                }
                ended => return ended,
            }
        }
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

    /// Lets go of the database.
    pub async fn close(self) {
        self.pool.close().await;
    }

    /// Whether an artefact lies where the evidence is; its bytes are not read.
    pub(crate) async fn holds(&self, kept: &Kept) -> Result<bool, StoreError> {
        self.blobs.has(kept).await
    }

    /// Writes what stands beside the rows of a case, if it is not there.
    pub(crate) async fn seal(&self, manifest: &Manifest, text: String) -> Result<(), StoreError> {
        let sealed = Sealed { id: EvidenceId::of(text.as_bytes()), text };
        self.blobs.beside(&manifest.case_id, &sealed, &manifest.evidence).await
    }

    /// Takes over a case that was sealed elsewhere, as the next of this chain, with the entries of the log up to its own.
    pub(crate) async fn take_over(
        &self,
        manifest: &Manifest,
        whole: &WholeCase,
        entries: &[Logged],
    ) -> Result<(), StoreError> {
        let text = whole.manifest.clone();
        let sealed = Sealed { id: EvidenceId::of(text.as_bytes()), text };
        let mut transaction = self.write().await?;
        let link = self.last(&mut transaction).await?;
        if (manifest.number, manifest.previous) != (link.number, link.previous) {
            return Err(StoreError::OtherChain { case_id: manifest.case_id.clone() });
        }
        self.insert(&mut transaction, manifest, &sealed, &whole.line, whole.advertiser.as_deref()).await?;
        self.follow(&mut transaction, entries).await?;
        if let Some(deleted_at) = whole.deleted_at {
            self.forget(&mut transaction, self.whole(manifest.number)?, deleted_at).await?;
        }
        transaction.commit().await.map_err(|source| self.database(source))?;
        self.blobs.beside(&manifest.case_id, &sealed, &manifest.evidence).await
    }

    /// Writes a case's row and its manifest. The row may be there when this is done again: the commit was never answered.
    async fn record(
        &self,
        job: Option<&OfJob>,
        opened: &Opened,
        outcome: &Outcome,
        again: bool,
    ) -> Result<Filed, StoreError> {
        let mut transaction = self.write().await?;
        reach("finish: in the transaction");
        let link = self.last(&mut transaction).await?;
        let there: Option<Row> =
            sqlx::query_as("SELECT manifest, manifest_sha256 FROM cases WHERE $2 AND case_id = $1")
                .bind(opened.case_id.as_str())
                .bind(again)
                .fetch_optional(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
        if let Some((text, id)) = there {
            let manifest: Manifest = serde_json::from_str(&text)
                .map_err(|_| self.damaged(&format!("the manifest of {}", opened.case_id)))?;
            self.seal(&manifest, text.clone()).await?;
            return self.case(&text, &id).map(Filed::Recorded);
        }
        if let Some(job) = job
            && let Some(refused) = self.fence(&mut transaction, job, opened).await?
        {
            // Also that it came late is written down.
            transaction.commit().await.map_err(|source| self.database(source))?;
            return Ok(refused);
        }
        let manifest = Manifest::new(opened.clone(), outcome, (self.clock)(), link);
        let sealed = manifest.seal();
        let advertiser = opened.opening.advertiser.as_deref();
        let facts = self.insert(&mut transaction, &manifest, &sealed, &outcome.line, advertiser).await?;
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
        let bytes = manifest.evidence.iter().map(|kept| kept.bytes).sum();
        self.blobs.quota.wrote(opened.opening.whose().as_ref(), bytes);
        // After the row, as in the store of one folder: `last` mends what a crash in between left out.
        self.blobs.beside(&manifest.case_id, &sealed, &manifest.evidence).await?;
        reach("finish: manifest written");
        Ok(Filed::Recorded(manifest.stored(sealed.id)))
    }

    /// Deletes a case that another store deleted, whose log tells of it; a sweep takes away what it alone rested on.
    pub(crate) async fn delete_too(&self, number: u64, deleted_at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        self.forget(&mut transaction, self.whole(number)?, deleted_at).await?;
        transaction.commit().await.map_err(|source| self.database(source))
    }

    /// Brings every case up to date with the decisions and ads that were taken over after it.
    pub(crate) async fn weigh_all(&self) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let numbers: Vec<i64> = sqlx::query_scalar(
            "SELECT case_number FROM violations
             UNION SELECT facts.case_number FROM facts JOIN decisions ON decisions.case_id = facts.case_id ORDER BY 1",
        )
        .fetch_all(&mut *transaction)
        .await
        .map_err(|source| self.database(source))?;
        for number in numbers {
            self.weigh(&mut transaction, number).await?;
        }
        transaction.commit().await.map_err(|source| self.database(source))
    }

    /// Takes over the holds of another store, whose log tells of them.
    pub(crate) async fn take_holds(&self, holds: &[Hold]) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query("DELETE FROM holds").execute(&mut *transaction).await.map_err(|source| self.database(source))?;
        for (Hold { case_id, why, placed_at, released }, number) in holds.iter().zip(1_i64..) {
            sqlx::query(
                "INSERT INTO holds (number, case_id, why, placed_at, released_at, released_why)
                 VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(number)
            .bind(case_id.as_str())
            .bind(why)
            .bind(placed_at)
            .bind(released.as_ref().map(|(at, _)| at))
            .bind(released.as_ref().map(|(_, why)| why))
            .execute(&mut *transaction)
            .await
            .map_err(|source| self.database(source))?;
        }
        transaction.commit().await.map_err(|source| self.database(source))
    }

    /// Takes over entries of another log, which go on where this one ends.
    pub(crate) async fn take_over_log(&self, entries: &[Logged]) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        self.follow(&mut transaction, entries).await?;
        transaction.commit().await.map_err(|source| self.database(source))
    }

    /// Takes over a stamp of another store; one that is waiting here and stamped there is stamped.
    pub(crate) async fn take_stamp(&self, stamp: &KeptStamp) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let answer = stamp.answer.as_ref();
        sqlx::query(
            "INSERT INTO stamps (number, digest, what, state, wanted_at, tries, next_try, trouble, authority, response, stamped_at, expires_at)
             SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM stamps
             WHERE true ON CONFLICT (digest, what) DO UPDATE SET state = excluded.state, tries = excluded.tries,
             next_try = excluded.next_try, trouble = excluded.trouble, authority = excluded.authority,
             response = excluded.response, stamped_at = excluded.stamped_at, expires_at = excluded.expires_at
             WHERE stamps.state <> 'stamped'",
        )
        .bind(stamp.digest.to_string())
        .bind(&stamp.what)
        .bind(stamp.state.word())
        .bind(stamp.wanted_at)
        .bind(self.whole(stamp.tries)?)
        .bind(stamp.next_try)
        .bind(&stamp.trouble)
        .bind(answer.map(|answer| &answer.authority))
        .bind(answer.map(|answer| &answer.response))
        .bind(answer.map(|answer| answer.stamped_at))
        .bind(answer.map(|answer| answer.expires_at))
        .execute(&mut *transaction)
        .await
        .map_err(|source| self.database(source))?;
        transaction.commit().await.map_err(|source| self.database(source))
    }

    async fn follow(
        &self,
        transaction: &mut Transaction<'static, Postgres>,
        entries: &[Logged],
    ) -> Result<(), StoreError> {
        for Logged { index, text, .. } in entries {
            let entry: Entry = serde_json::from_str(text).map_err(|_| self.damaged(text))?;
            let put = self.append_text(transaction, text, entry.kind(), entry.case()).await?;
            if put.index != *index {
                return Err(StoreError::OtherLog { index: *index });
            }
        }
        Ok(())
    }

    /// A transaction in which no other process finishes a case.
    async fn write(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        let mut transaction = self.pool.begin().await.map_err(|source| self.database(source))?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind(CHAIN_LOCK)
            .execute(&mut *transaction)
            .await
            .map_err(|source| self.database(source))?;
        Ok(transaction)
    }

    /// A transaction that finishes no case: it waits for nobody who does.
    async fn change(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        self.pool.begin().await.map_err(|source| self.database(source))
    }

    /// Where the next case goes.
    async fn last(&self, transaction: &mut Transaction<'static, Postgres>) -> Result<Link, StoreError> {
        let last: Option<(i64, String, String)> =
            sqlx::query_as("SELECT number, case_id, manifest FROM cases ORDER BY number DESC LIMIT 1")
                .fetch_optional(&mut **transaction)
                .await
                .map_err(|source| self.database(source))?;
        self.blobs.after(last).await
    }

    async fn insert(
        &self,
        transaction: &mut Transaction<'static, Postgres>,
        manifest: &Manifest,
        sealed: &Sealed,
        line: &str,
        advertiser: Option<&str>,
    ) -> Result<Facts, StoreError> {
        let number = self.whole(manifest.number)?;
        sqlx::query(
            "INSERT INTO cases (number, case_id, key, ad_id, position, opened_at, sealed_at, verdict, line, manifest, manifest_sha256, previous, advertiser)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(number)
        .bind(manifest.case_id.as_str())
        .bind(&manifest.key)
        .bind(&manifest.ad_id)
        .bind(self.whole(manifest.position)?)
        .bind(manifest.opened_at)
        .bind(manifest.sealed_at)
        .bind(&manifest.verdict)
        .bind(line)
        .bind(&sealed.text)
        .bind(sealed.id.to_string())
        .bind(manifest.previous.map(|id| id.to_string()))
        .bind(advertiser)
        .execute(&mut **transaction)
        .await
        .map_err(|source| self.database(source))?;
        reach("finish: row written");
        let blobs: Vec<_> = manifest.evidence.iter().map(|kept| kept.id.to_string()).collect();
        sqlx::query("INSERT INTO case_evidence (case_number, evidence_id) SELECT $1, unnest($2::text[])")
            .bind(number)
            .bind(&blobs)
            .execute(&mut **transaction)
            .await
            .map_err(|source| self.database(source))?;
        // From here on the case itself keeps them.
        sqlx::query("DELETE FROM kept_again WHERE evidence_id = ANY($1)")
            .bind(&blobs)
            .execute(&mut **transaction)
            .await
            .map_err(|source| self.database(source))?;
        let facts = Facts::of(&manifest.ad_id, line);
        self.tell_in(transaction, number, &facts).await?;
        Ok(facts)
    }

    async fn rows(&self, asked: Asked<'_>) -> Result<Vec<StoredCase>, StoreError> {
        let rows = asked.fetch_all(&self.pool).await.map_err(|source| self.database(source))?;
        rows.into_iter().map(|(manifest, id)| self.case(&manifest, &id)).collect()
    }

    fn case(&self, manifest: &str, id: &str) -> Result<StoredCase, StoreError> {
        let read: Manifest = serde_json::from_str(manifest).map_err(|_| self.damaged(manifest))?;
        Ok(read.stored(id.parse().map_err(|_| self.damaged(id))?))
    }

    /// The one text that a query gives of a case.
    async fn text(&self, query: &'static str, case: &CaseId) -> Result<String, StoreError> {
        sqlx::query_scalar(query)
            .bind(case.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| self.database(source))?
            .ok_or_else(|| self.no_such_case(case))
    }

    /// Takes note that a case on its way rests on a blob that was there.
    async fn keep_again(&self, id: EvidenceId) -> Result<(), StoreError> {
        sqlx::query(
            "WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared($3))
             INSERT INTO kept_again (evidence_id, kept_at) SELECT $1, $2 FROM held
             ON CONFLICT (evidence_id) DO UPDATE SET kept_at = excluded.kept_at",
        )
        .bind(id.to_string())
        .bind((self.clock)())
        .bind(SWEEP_LOCK)
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(|source| self.database(source))
    }

    /// Those of these blobs that some case rests on, or will, or that some ad names: nobody keeps one again until the transaction ends.
    async fn wanted(
        &self,
        transaction: &mut Transaction<'static, Postgres>,
        ids: &[EvidenceId],
    ) -> Result<HashSet<EvidenceId>, StoreError> {
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind(SWEEP_LOCK)
            .execute(&mut **transaction)
            .await
            .map_err(|source| self.database(source))?;
        let named: Vec<String> = sqlx::query_scalar(
            "SELECT evidence_id FROM case_evidence WHERE evidence_id = ANY($1)
             UNION SELECT evidence_id FROM ad_files WHERE evidence_id = ANY($1)
             UNION SELECT evidence_id FROM appeal_files WHERE evidence_id = ANY($1)
             UNION SELECT evidence_id FROM kept_again WHERE evidence_id = ANY($1)",
        )
        .bind(&ids)
        .fetch_all(&mut **transaction)
        .await
        .map_err(|source| self.database(source))?;
        named.iter().map(|id| id.parse().map_err(|_| self.damaged(id))).collect()
    }

    async fn forget_kept_again(&self, before: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM kept_again WHERE kept_at < $1")
            .bind(before)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(|source| self.database(source))
    }

    /// A moment as this database has it.
    fn moment(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        at
    }

    fn no_such_case(&self, case: &CaseId) -> StoreError {
        StoreError::NoSuchCase(case.clone(), self.name.clone())
    }

    fn whole(&self, number: u64) -> Result<i64, StoreError> {
        i64::try_from(number).map_err(|_| self.database(sqlx::Error::Encode(format!("{number} is too large").into())))
    }

    pub(crate) fn reading(&self) -> &PgPool {
        &self.pool
    }

    fn damaged(&self, what: &str) -> StoreError {
        StoreError::Damaged { path: self.name.clone(), what: what.to_owned() }
    }

    pub(crate) fn database(&self, source: sqlx::Error) -> StoreError {
        StoreError::Database { path: self.name.clone(), source }
    }
}

log_rows!(PostgresStore, Postgres);
fact_rows!(PostgresStore, Postgres);
decision_rows!(PostgresStore, Postgres);
outbox_rows!(PostgresStore, Postgres, " FOR UPDATE SKIP LOCKED");
previews!(PostgresStore, Postgres);
retention_rows!(PostgresStore, Postgres);
quota_rows!(
    PostgresStore,
    "SELECT coalesce(sum(bytes), 0)::bigint FROM (SELECT DISTINCT kept ->> 'id', (kept ->> 'bytes')::bigint AS bytes
     FROM cases LEFT JOIN facts ON facts.case_number = cases.number LEFT JOIN ads ON ads.ad_id = cases.ad_id
     CROSS JOIN json_array_elements(cases.manifest::json -> 'evidence') AS kept
     WHERE cases.advertiser = $1 AND cases.deleted_at IS NULL
     AND CASE WHEN facts.case_number IS NULL THEN ads.platform ELSE facts.platform END IS NOT DISTINCT FROM $2) AS each_once"
);

stamp_rows!(PostgresStore, Postgres);

mod accounts;
mod appeals;
mod badges;
mod desk;
mod figures;
mod frontier;
pub(crate) mod hearing;
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
pub(crate) mod tests;
