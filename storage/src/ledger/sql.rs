//! The ledger in SQL that both databases read.

use model::evidence::EvidenceId;
use model::ledger::{Act, Entry};

use crate::appeals::sql::ENDED;

/// An entry: number, at, act, subject, what, follows, by, body, previous, hash.
pub(crate) type EntryRow =
    (i64, i64, String, String, String, Option<String>, Option<String>, String, Option<String>, String);

pub(crate) const COLUMNS: &str = "number, at, act, subject, what, follows, done_by, body, previous, hash";

/// None where no postlink wrote it so.
pub(crate) fn entry(row: EntryRow) -> Option<Entry> {
    let (number, at, act, subject, what, follows, by, body, previous, hash) = row;
    Some(Entry {
        number: number.unsigned_abs(),
        at: chrono::DateTime::from_timestamp_millis(at)?,
        act: Act::ALL.into_iter().find(|one| one.word() == act)?,
        subject,
        what,
        follows,
        by,
        body: serde_json::from_str(&body).ok()?,
        previous: previous.map(|id| id.parse::<EvidenceId>()).transpose().ok()?,
        hash: hash.parse().ok()?,
    })
}

/// Leaves out what is not in sight. Binds platform, advertiser, regions from $4 on.
pub(crate) const IN_SIGHT: &str = "(($4 IS NULL AND $5 IS NULL AND $6 IS NULL) OR EXISTS (SELECT 1 FROM ledger_scopes
     WHERE ledger_scopes.number = ledger.number AND ($4 IS NULL OR ledger_scopes.platform = $4)
     AND ($5 IS NULL OR ledger_scopes.advertiser = $5) AND ($6 IS NULL OR ledger_scopes.region LIKE $6)))";

/// Writes down what an entry is about, as its case or its measure has it. Binds the entry's number, and what names the other.
pub(crate) fn scoped(entry: &Entry) -> Option<(&'static str, &str)> {
    const OF_CASE: &str = "INSERT INTO ledger_scopes (number, platform, advertiser, region)
        SELECT $1, platform, advertiser, region FROM facts WHERE case_id = $2";
    const OF_MEASURE: &str = "INSERT INTO ledger_scopes (number, platform, advertiser, region)
        SELECT $1, platform, advertiser, region FROM measures WHERE 'measure-' || number = $2";
    let measure = entry.what.strip_suffix("-lifted").unwrap_or(&entry.what);
    match entry.act {
        Act::Finding => Some((OF_CASE, &entry.what)),
        _ if measure.starts_with("measure-") => Some((OF_MEASURE, measure)),
        _ => entry.body.get("case").and_then(|case| case.as_str()).map(|case| (OF_CASE, case)),
    }
}

/// What the entry of a case is called, where there is one: a case in which nothing was found has none.
const OF_CASE: &str = "CASE WHEN facts.violations > 0 THEN facts.case_id END";

/// The last word before a moment that confirmed one of these cases, else the case itself.
fn confirmed(cases: &str, moment: &str) -> String {
    format!(
        "coalesce((SELECT 'decision-' || max(decisions.leaf_index) FROM decisions WHERE decisions.decision = 'confirm'
         AND decisions.decided_at <= {moment} AND decisions.case_id IN ({cases})), ({cases} ORDER BY 1 LIMIT 1))"
    )
}

pub(crate) fn founds() -> String {
    "SELECT facts.case_id, facts.ad_id, facts.advertiser, facts.platform, facts.trade, facts.severity, facts.violations,
     facts.sealed_at, cases.manifest_sha256 FROM facts JOIN cases ON cases.number = facts.case_number
     WHERE facts.violations > 0 AND NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.what = facts.case_id)
     ORDER BY facts.case_number LIMIT $1"
        .to_owned()
}

pub(crate) fn decideds() -> String {
    format!(
        "SELECT decisions.leaf_index, decisions.case_id, facts.ad_id, facts.advertiser, decisions.violation, decisions.decision,
         decisions.reason, decisions.decided_by, decisions.decided_at, {OF_CASE}
         FROM decisions JOIN facts ON facts.case_id = decisions.case_id
         WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.what = 'decision-' || decisions.leaf_index)
         ORDER BY decisions.number LIMIT $1"
    )
}

pub(crate) fn turneds() -> String {
    let follows = confirmed(
        "SELECT case_id FROM measure_cases WHERE measure_cases.measure = measures.number",
        "measure_turns.turned_at",
    );
    format!(
        "SELECT measures.number, measures.platform, measures.advertiser, measures.ladder, measures.step, measures.severity,
         measures.ends_at, measure_turns.state, measure_turns.turned_by, measure_turns.turned_at, measure_turns.why, {follows}
         FROM measure_turns JOIN measures ON measures.number = measure_turns.measure
         WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.what = 'measure-' || measures.number
            || CASE WHEN measure_turns.state = 'lifted' THEN '-lifted' ELSE '' END)
         ORDER BY measure_turns.turned_at, measures.number LIMIT $1"
    )
}

pub(crate) fn appealeds() -> String {
    format!(
        "SELECT appeals.number, appeals.case_id, facts.ad_id, facts.advertiser, appeals.violation, appeals.appealed_by,
         ending.leaf_index, ending.decision, ending.decided_by, ending.decided_at
         FROM appeals JOIN facts ON facts.case_id = appeals.case_id JOIN decisions AS ending ON ending.number = {ENDED}
         WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.what = 'appeal-' || appeals.number || '-' || ending.leaf_index)
         ORDER BY appeals.number LIMIT $1"
    )
}

pub(crate) fn correcteds() -> String {
    format!(
        "SELECT corrections.case_id, facts.ad_id, facts.advertiser, corrections.said_by, corrections.said_at, {OF_CASE}
         FROM corrections JOIN facts ON facts.case_id = corrections.case_id
         WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.what = 'corrected-' || corrections.case_id)
         ORDER BY corrections.said_at, corrections.case_id LIMIT $1"
    )
}

pub(crate) fn handed_overs() -> String {
    let decided = confirmed("SELECT transfers.case_id", "transfers.made_at");
    format!(
        "SELECT transfers.number, transfers.case_id, transfers.subject, transfers.authority, transfers.document, transfers.basis,
         transfers.sums, transfers.made_by, transfers.made_at,
         coalesce((SELECT 'measure-' || max(measures.number) FROM measures JOIN measure_cases ON measure_cases.measure = measures.number
            JOIN measure_turns ON measure_turns.measure = measures.number AND measure_turns.state IN ('taken', 'refused')
            WHERE measure_cases.case_id = transfers.case_id AND measure_turns.turned_at <= transfers.made_at), {decided})
         FROM transfers WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.what = 'transfer-' || transfers.number)
         ORDER BY transfers.number LIMIT $1"
    )
}

/// Implements [`super::Ledger`] for a store that gives out transactions by `write`, and reads from `reading`.
macro_rules! ledger {
    ($store:ty, $database:ty) => {
        impl $crate::ledger::Ledger for $store {
            async fn untold(&self, most: u64) -> Result<Vec<Told>, StoreError> {
                let of = [
                    self.rows_told(sql::founds(), most).await?.into_iter().map(told::found).collect(),
                    self.rows_told(sql::decideds(), most).await?.into_iter().map(told::decided).collect(),
                    self.turns_told(most).await?,
                    self.rows_told(sql::appealeds(), most).await?.into_iter().map(told::appealed).collect(),
                    self.rows_told(sql::correcteds(), most).await?.into_iter().map(told::corrected).collect(),
                    self.rows_told(sql::handed_overs(), most).await?.into_iter().map(told::handed_over).collect(),
                ];
                Ok(told::in_order(of, most))
            }

            async fn enter(&self, entries: &[Entry]) -> Result<bool, StoreError> {
                let Some(first) = entries.first() else { return Ok(true) };
                let mut transaction = self.write().await?;
                let last: Option<(i64, String)> =
                    sqlx::query_as("SELECT number, hash FROM ledger ORDER BY number DESC LIMIT 1")
                        .fetch_optional(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                let (number, hash) = last.map_or((0, None), |(number, hash)| (number.unsigned_abs(), Some(hash)));
                if (first.number, first.previous.map(|id| id.to_string())) != (number + 1, hash) {
                    return Ok(false);
                }
                for entry in entries {
                    sqlx::query(
                        "INSERT INTO ledger (number, at, act, subject, what, follows, done_by, body, previous, hash)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                    )
                    .bind(self.whole(entry.number)?)
                    .bind(entry.at.timestamp_millis())
                    .bind(entry.act.word())
                    .bind(&entry.subject)
                    .bind(&entry.what)
                    .bind(&entry.follows)
                    .bind(&entry.by)
                    .bind(entry.body.to_string())
                    .bind(entry.previous.map(|id| id.to_string()))
                    .bind(entry.hash.to_string())
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                    let Some((statement, of)) = sql::scoped(entry) else { continue };
                    sqlx::query(statement)
                        .bind(self.whole(entry.number)?)
                        .bind(of)
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                }
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(true)
            }

            async fn last_entry(&self) -> Result<Option<Entry>, StoreError> {
                let columns = sql::COLUMNS;
                let asked = format!("SELECT {columns} FROM ledger ORDER BY number DESC LIMIT $1");
                self.rows_told(asked, 1).await?.into_iter().next().map(|row| self.ledger_entry(row)).transpose()
            }

            async fn entries(
                &self,
                sight: &Sight,
                subject: Option<&str>,
                behind: u64,
                most: u64,
            ) -> Result<Vec<Entry>, StoreError> {
                let (columns, in_sight) = (sql::COLUMNS, sql::IN_SIGHT);
                let asked = format!(
                    "SELECT {columns} FROM ledger WHERE number > $1 AND ($2 IS NULL OR subject = $2) AND {in_sight}
                     ORDER BY number LIMIT $3"
                );
                let rows: Vec<EntryRow> = sqlx::query_as(sqlx::AssertSqlSafe(asked))
                    .bind(self.whole(behind)?)
                    .bind(subject)
                    .bind(self.whole(most)?)
                    .bind(&sight.platform)
                    .bind(&sight.advertiser)
                    .bind(sight.places())
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                rows.into_iter().map(|row| self.ledger_entry(row)).collect()
            }
        }

        impl $store {
            async fn turns_told(&self, most: u64) -> Result<Vec<Told>, StoreError> {
                let turned: Vec<told::Turned> = self.rows_told(sql::turneds(), most).await?;
                let mut turns = Vec::with_capacity(turned.len());
                for row in turned {
                    let cases =
                        sqlx::query_scalar("SELECT case_id FROM measure_cases WHERE measure = $1 ORDER BY case_id")
                            .bind(row.0)
                            .fetch_all(self.reading())
                            .await
                            .map_err(|source| self.database(source))?;
                    turns.push(told::turned(row, cases));
                }
                Ok(turns)
            }

            /// The rows that one of our own queries gives, not more than so many.
            async fn rows_told<R>(&self, asked: String, most: u64) -> Result<Vec<R>, StoreError>
            where
                R: for<'r> sqlx::FromRow<'r, <$database as sqlx::Database>::Row> + Send + Unpin,
            {
                sqlx::query_as(sqlx::AssertSqlSafe(asked))
                    .bind(self.whole(most)?)
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))
            }

            fn ledger_entry(&self, row: EntryRow) -> Result<Entry, StoreError> {
                let number = row.0;
                sql::entry(row).ok_or_else(|| self.damaged(&format!("entry {number} of the ledger")))
            }
        }
    };
}

pub(crate) use ledger;
