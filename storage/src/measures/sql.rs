//! The measures in SQL that both databases read.

use chrono::DateTime;
use model::measure::{Measure, MeasureState};
use model::violation::Severity;
use serde::de::DeserializeOwned;

use super::{KeptMeasure, Turn};

/// A measure: number, platform, advertiser, ladder, step, severity, reasons, whether to decide, when proposed, state, when it ends.
pub(crate) type MeasureRow =
    (i64, Option<String>, String, String, String, String, String, i64, i64, String, Option<i64>);

pub(crate) const COLUMNS: &str =
    "number, platform, advertiser, ladder, step, severity, reasons, to_decide, proposed_at, state, ends_at";

/// Says of a measure where all its cases are: the narrowest region that holds them all. Binds its number.
pub(crate) const PLACED: &str = "UPDATE measures SET region = (
    SELECT CASE
        WHEN count(*) > count(facts.region) THEN NULL
        WHEN min(facts.region) = max(facts.region) THEN min(facts.region)
        WHEN min(substr(facts.region, 1, 4)) = max(substr(facts.region, 1, 4)) THEN min(substr(facts.region, 1, 4))
        WHEN min(substr(facts.region, 1, 2)) = max(substr(facts.region, 1, 2)) THEN min(substr(facts.region, 1, 2))
    END FROM measure_cases LEFT JOIN facts ON facts.case_id = measure_cases.case_id
    WHERE measure_cases.measure = measures.number
) WHERE measures.number = $1";

/// A turn: what to, by whom, when, why.
pub(crate) type TurnRow = (String, Option<String>, i64, Option<String>);

/// A case: its number, id, ad, platform, advertiser, when it was sealed.
pub(crate) type ConfirmedRow = (i64, String, String, Option<String>, Option<String>, i64);

/// None where no postlink wrote it so.
pub(crate) fn kept(row: MeasureRow, cases: Vec<String>, turns: Vec<TurnRow>) -> Option<KeptMeasure> {
    let (number, platform, advertiser, ladder, step, severity, reasons, to_decide, proposed_at, state, ends_at) = row;
    let turns: Vec<Turn> = turns.into_iter().map(turn).collect::<Option<_>>()?;
    let last = turns.last();
    Some(KeptMeasure {
        measure: Measure {
            id: id(number),
            platform,
            advertiser,
            ladder,
            step,
            severity: word(&severity)?,
            cases,
            reasons: serde_json::from_str(&reasons).ok()?,
            proposed_at: DateTime::from_timestamp_millis(proposed_at)?,
            state: self::state(&state)?,
            by: last.and_then(|turn| turn.by.clone()),
            decided_at: last.map(|turn| turn.at),
            until: ends_at.and_then(DateTime::from_timestamp_millis),
        },
        to_decide: to_decide != 0,
        turns,
    })
}

fn turn((state, by, at, why): TurnRow) -> Option<Turn> {
    Some(Turn { state: self::state(&state)?, by, at: DateTime::from_timestamp_millis(at)?, why })
}

fn state(text: &str) -> Option<MeasureState> {
    MeasureState::ALL.into_iter().find(|one| one.word() == text)
}

/// The measure of this number is called so; in the ledger, too.
pub(crate) fn id(number: i64) -> String {
    format!("measure-{number}")
}

pub(crate) fn number(id: &str) -> Option<i64> {
    id.strip_prefix("measure-")?.parse().ok()
}

/// A value that is written as one word.
pub(crate) fn word<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).ok()
}

/// As it is written in rows.
pub(crate) fn severity(severity: Severity) -> String {
    format!("{severity:?}")
}

/// Cases whose gravest violation that is confirmed a measure answers: one for that severity or a graver one, that stands or that people
/// took back. What postlink took back itself rested on nothing any more. Binds the ladder.
const ANSWERED: &str = "EXISTS (SELECT 1 FROM measure_cases JOIN measures ON measures.number = measure_cases.measure
     WHERE measure_cases.case_id = facts.case_id AND measure_cases.ladder = $1
     AND measures.severity >= (SELECT max(severity) FROM violations
        WHERE violations.case_number = facts.case_number AND violations.decision = 'confirm')
     AND NOT EXISTS (SELECT 1 FROM measure_turns WHERE measure_turns.measure = measures.number
        AND measure_turns.state = measures.state AND measures.state IN ('refused', 'lifted') AND measure_turns.turned_by IS NULL))";

/// Cases that wait for a step of a ladder. Binds the ladder.
pub(crate) fn unanswered() -> String {
    format!(
        "SELECT case_number, case_id, ad_id, platform, advertiser, sealed_at FROM facts
         WHERE case_number IN (SELECT case_number FROM violations WHERE decision = 'confirm')
         AND case_number NOT IN (SELECT case_number FROM undecided) AND NOT {ANSWERED} ORDER BY case_number"
    )
}

/// Of a case, whether a measure answers it. Binds the ladder and the case.
pub(crate) fn is_answered() -> String {
    format!("SELECT 1 FROM facts WHERE case_id = $2 AND {ANSWERED}")
}

/// Implements [`super::Measures`] for a store that gives out transactions by `write`, and reads from `reading`.
macro_rules! measures {
    ($store:ty, $database:ty) => {
        impl $crate::measures::Measures for $store {
            async fn unanswered(&self, ladder: &str) -> Result<Vec<Confirmed>, StoreError> {
                let rows: Vec<ConfirmedRow> = sqlx::query_as(sqlx::AssertSqlSafe(sql::unanswered()))
                    .bind(ladder)
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                let mut confirmed = Vec::with_capacity(rows.len());
                for (number, case_id, ad_id, platform, advertiser, sealed_at) in rows {
                    let found: Vec<(String, String)> = sqlx::query_as(
                        "SELECT severity, check_id FROM violations WHERE case_number = $1 AND decision = 'confirm' ORDER BY number",
                    )
                    .bind(number)
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                    let severities = found.iter().filter_map(|(severity, _)| sql::word::<Severity>(severity));
                    let checks: BTreeSet<&String> = found.iter().map(|(_, check)| check).collect();
                    confirmed.push(Confirmed {
                        case_id,
                        ad_id,
                        platform,
                        advertiser,
                        severity: severities.max().unwrap_or(Severity::S1),
                        sealed_at: DateTime::from_timestamp_millis(sealed_at).unwrap_or_default(),
                        checks: checks.into_iter().cloned().collect(),
                    });
                }
                Ok(confirmed)
            }

            async fn propose(&self, proposed: &Proposed) -> Result<Option<KeptMeasure>, StoreError> {
                let Proposed { measure, to_decide } = proposed;
                let mut transaction = self.write().await?;
                for case in &measure.cases {
                    let answered: Option<i32> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql::is_answered()))
                        .bind(&measure.ladder)
                        .bind(case)
                        .fetch_optional(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                    if answered.is_some() {
                        return Ok(None);
                    }
                }
                let state = if *to_decide { MeasureState::Proposed } else { MeasureState::Taken };
                let number: i64 = sqlx::query_scalar(
                    "INSERT INTO measures (number, platform, advertiser, ladder, step, severity, reasons, to_decide, proposed_at, state, ends_at)
                     SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM measures RETURNING number",
                )
                .bind(&measure.platform)
                .bind(&measure.advertiser)
                .bind(&measure.ladder)
                .bind(&measure.step)
                .bind(sql::severity(measure.severity))
                .bind(serde_json::to_string(&measure.reasons).expect("internal error: reasons are plain data"))
                .bind(i64::from(*to_decide))
                .bind(measure.proposed_at.timestamp_millis())
                .bind(state.word())
                .bind(measure.until.map(|at| at.timestamp_millis()))
                .fetch_one(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                for case in &measure.cases {
                    sqlx::query("INSERT INTO measure_cases (measure, case_id, ladder) VALUES ($1, $2, $3)")
                        .bind(number)
                        .bind(case)
                        .bind(&measure.ladder)
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                }
                sqlx::query(sql::PLACED)
                    .bind(number)
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                if !to_decide {
                    let turn = Turn { state, by: None, at: measure.proposed_at, why: None };
                    self.note_turn(&mut transaction, number, &turn).await?;
                }
                transaction.commit().await.map_err(|source| self.database(source))?;
                self.measure(&sql::id(number)).await
            }

            async fn measures(&self, sight: &Sight, state: Option<MeasureState>) -> Result<Vec<KeptMeasure>, StoreError> {
                let columns = sql::COLUMNS;
                let asked = format!(
                    "SELECT {columns} FROM measures WHERE ($1 IS NULL OR platform = $1) AND ($2 IS NULL OR advertiser = $2)
                     AND ($3 IS NULL OR state = $3) AND ($4 IS NULL OR region LIKE $4) ORDER BY number"
                );
                let rows: Vec<MeasureRow> = sqlx::query_as(sqlx::AssertSqlSafe(asked))
                    .bind(&sight.platform)
                    .bind(&sight.advertiser)
                    .bind(state.map(MeasureState::word))
                    .bind(sight.places())
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                self.whole_measures(rows).await
            }

            async fn measure(&self, id: &str) -> Result<Option<KeptMeasure>, StoreError> {
                let Some(number) = sql::number(id) else { return Ok(None) };
                let asked = format!("SELECT {} FROM measures WHERE number = $1", sql::COLUMNS);
                let rows: Vec<MeasureRow> = sqlx::query_as(sqlx::AssertSqlSafe(asked))
                    .bind(number)
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                Ok(self.whole_measures(rows).await?.pop())
            }

            async fn turn(&self, id: &str, turn: &Turn) -> Result<Turned, StoreError> {
                let Some(stands) = self.measure(id).await? else { return Ok(Turned::Unknown) };
                let Some(number) = sql::number(id) else { return Ok(Turned::Unknown) };
                let Measure { state, proposed_at, until, .. } = stands.measure;
                if !state.turns_to(turn.state) {
                    return Ok(Turned::Stands(stands));
                }
                // A step of so many days has them from the day on which it is taken.
                let ends_at = match (turn.state, until) {
                    (MeasureState::Taken, Some(until)) => Some(turn.at + (until - proposed_at)),
                    (_, until) => until,
                };
                let mut transaction = self.write().await?;
                let turned = sqlx::query("UPDATE measures SET state = $3, ends_at = $4 WHERE number = $1 AND state = $2")
                    .bind(number)
                    .bind(state.word())
                    .bind(turn.state.word())
                    .bind(ends_at.map(|at| at.timestamp_millis()))
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                if turned.rows_affected() == 0 {
                    drop(transaction);
                    // Somebody else was faster.
                    return Ok(self.measure(id).await?.map_or(Turned::Unknown, Turned::Stands));
                }
                self.note_turn(&mut transaction, number, turn).await?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(self.measure(id).await?.map_or(Turned::Unknown, Turned::Done))
            }

            async fn unfounded(&self) -> Result<Vec<KeptMeasure>, StoreError> {
                let asked = format!(
                    "SELECT {} FROM measures WHERE state IN ('proposed', 'taken')
                     AND NOT EXISTS (SELECT 1 FROM measure_cases WHERE measure = measures.number
                        AND NOT EXISTS (SELECT 1 FROM facts WHERE facts.case_id = measure_cases.case_id))
                     AND NOT EXISTS (SELECT 1 FROM measure_cases JOIN facts ON facts.case_id = measure_cases.case_id
                        JOIN violations ON violations.case_number = facts.case_number
                        WHERE measure = measures.number AND violations.decision = 'confirm')
                     ORDER BY number",
                    sql::COLUMNS
                );
                let rows: Vec<MeasureRow> = sqlx::query_as(sqlx::AssertSqlSafe(asked))
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                self.whole_measures(rows).await
            }
        }

        impl $store {
            async fn note_turn(
                &self,
                transaction: &mut Transaction<'static, $database>,
                number: i64,
                turn: &Turn,
            ) -> Result<(), StoreError> {
                sqlx::query(
                    "INSERT INTO measure_turns (measure, state, turned_by, turned_at, why) VALUES ($1, $2, $3, $4, $5)",
                )
                .bind(number)
                .bind(turn.state.word())
                .bind(&turn.by)
                .bind(turn.at.timestamp_millis())
                .bind(turn.why.as_deref().map(kept))
                .execute(&mut **transaction)
                .await
                .map(drop)
                .map_err(|source| self.database(source))
            }

            async fn whole_measures(&self, rows: Vec<MeasureRow>) -> Result<Vec<KeptMeasure>, StoreError> {
                let mut measures = Vec::with_capacity(rows.len());
                for row in rows {
                    let number = row.0;
                    let cases: Vec<String> =
                        sqlx::query_scalar("SELECT case_id FROM measure_cases WHERE measure = $1 ORDER BY case_id")
                            .bind(number)
                            .fetch_all(self.reading())
                            .await
                            .map_err(|source| self.database(source))?;
                    // Nobody takes anything back before it was taken.
                    let turns: Vec<TurnRow> = sqlx::query_as(
                        "SELECT state, turned_by, turned_at, why FROM measure_turns WHERE measure = $1
                         ORDER BY CASE state WHEN 'lifted' THEN 1 ELSE 0 END",
                    )
                    .bind(number)
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                    let kept = sql::kept(row, cases, turns);
                    measures.push(kept.ok_or_else(|| self.damaged(&sql::id(number)))?);
                }
                Ok(measures)
            }
        }
    };
}

pub(crate) use measures;
