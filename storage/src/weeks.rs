//! What was examined in a span of time, case by case, for those who count.

use chrono::{DateTime, Utc};
use model::account::Sight;
use model::complaint::Age;
use model::violation::Severity;

use crate::store::StoreError;

/// Where it is asked what was examined. Its promises are the tests in `weeks/suite.rs`.
pub trait Weeks: Send + Sync {
    /// Cases in sight that were sealed at the first moment or later, and before the second, in the order of sealing. Previews are in
    /// none.
    fn examined(
        &self,
        sight: &Sight,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> impl Future<Output = Result<Vec<Examined>, StoreError>> + Send;

    /// Those of these cases that are kept, in the order of sealing.
    fn examined_cases(&self, cases: &[String]) -> impl Future<Output = Result<Vec<Examined>, StoreError>> + Send;

    /// Complaints in sight that were said at the first moment or later, and before the second, in that order. Those that a rule left
    /// out as noise, and no person put back, are in none: they wait for nobody.
    fn complained(
        &self,
        sight: &Sight,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> impl Future<Output = Result<Vec<ComplainedThen>, StoreError>> + Send;
}

/// A complaint, as it is counted when it is due.
#[derive(Clone, Debug, PartialEq)]
pub struct ComplainedThen {
    pub id: String,
    pub platform: Option<String>,
    /// The ad that it belongs to.
    pub ad: Option<String>,
    pub advertiser: Option<String>,
    /// Of the latest case of its ad, as that of [`Examined`].
    pub region: Option<String>,
    pub age: Option<Age>,
    pub at: DateTime<Utc>,
    /// When a person first said something of it, or a case of its ad was first decided after it.
    pub settled_at: Option<DateTime<Utc>>,
}

/// A case, as it is counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Examined {
    pub case_id: String,
    pub ad_id: String,
    pub platform: Option<String>,
    pub advertiser: Option<String>,
    pub advertiser_name: Option<String>,
    pub trade: Option<String>,
    /// Digits of an administrative code: two of a province, four of a city, six of a district.
    pub region: Option<String>,
    pub verdict: String,
    pub sealed_at: DateTime<Utc>,
    /// When somebody first confirmed or rejected any of it.
    pub first_decided_at: Option<DateTime<Utc>>,
    pub violations: Vec<FoundThere>,
}

/// A violation, as it is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundThere {
    pub check: String,
    pub severity: Severity,
    /// The part of the ad: `title`, `video`, ….
    pub promised_source: String,
    /// The latest word on it or its whole case.
    pub decision: Option<String>,
}

#[cfg(test)]
pub(crate) mod suite;

/// A case: its number, id, ad, platform, advertiser, its name, trade, region, verdict, when it was sealed and
/// first decided.
pub(crate) type CaseRow = (
    i64,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    String,
    i64,
    Option<i64>,
);

/// What of a case is counted; a condition follows.
pub(crate) const CASES: &str =
    "SELECT case_number, case_id, ad_id, platform, advertiser, advertiser_name, trade, region, verdict, sealed_at,
     (SELECT min(decisions.decided_at) FROM decisions WHERE decisions.case_id = facts.case_id AND decisions.decision <> 'again')
     FROM facts";

/// A violation: its case, check, severity, part of the ad, decision.
pub(crate) type FoundRow = (i64, String, String, String, Option<String>);

/// A complaint: its id, platform, ad, advertiser, region, age, when it was said, when a person first said something of it, and when
/// a case of its ad was first decided.
pub(crate) type ComplainedRow =
    (String, String, Option<String>, Option<String>, Option<String>, Option<String>, i64, Option<i64>, Option<i64>);

/// Complaints from one moment to another.
pub(crate) const COMPLAINED: &str = "SELECT complaints.id, complaints.platform, complaints.belongs,
     coalesce(ads.advertiser, facts.advertiser), facts.region, complaints.age, complaints.at,
     (SELECT min(said_at) FROM complaint_words WHERE complaint_words.platform = complaints.platform
        AND complaint_words.id = complaints.id AND by_rule = 0),
     (SELECT min(decisions.decided_at) FROM facts AS its JOIN decisions ON decisions.case_id = its.case_id
        WHERE its.ad_id = complaints.belongs AND decisions.decision <> 'again' AND decisions.decided_at >= complaints.at)
     FROM complaints LEFT JOIN ads ON ads.ad_id = complaints.belongs
     LEFT JOIN facts ON facts.ad_id = complaints.belongs AND facts.latest = 1
     WHERE complaints.at >= $1 AND complaints.at < $2 AND (complaints.excluded IS NULL OR complaints.noise_settled = 1)
     AND ($3 IS NULL OR complaints.platform = $3) AND ($4 IS NULL OR coalesce(ads.advertiser, facts.advertiser) = $4)
     AND ($5 IS NULL OR facts.region LIKE $5)
     ORDER BY complaints.at, complaints.platform, complaints.id";

/// Implements [`Weeks`] for a store that reads from `reading`.
macro_rules! weeks {
    ($store:ty) => {
        impl $crate::weeks::Weeks for $store {
            async fn examined(
                &self,
                sight: &Sight,
                from: DateTime<Utc>,
                until: DateTime<Utc>,
            ) -> Result<Vec<Examined>, StoreError> {
                let (from, until) = (from.timestamp_millis(), until.timestamp_millis());
                let asked = format!(
                    "{CASES} WHERE sealed_at >= $1 AND sealed_at < $2 AND ($3 IS NULL OR platform = $3)
                     AND ($4 IS NULL OR advertiser = $4) AND ($5 IS NULL OR region LIKE $5) ORDER BY case_number"
                );
                let cases: Vec<CaseRow> = sqlx::query_as(sqlx::AssertSqlSafe(asked))
                    .bind(from)
                    .bind(until)
                    .bind(&sight.platform)
                    .bind(&sight.advertiser)
                    .bind(sight.places())
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                let found: Vec<FoundRow> = sqlx::query_as(
                    "SELECT case_number, check_id, severity, promised_source, decision FROM violations
                     WHERE case_number IN (SELECT case_number FROM facts WHERE sealed_at >= $1 AND sealed_at < $2)
                     ORDER BY case_number, number",
                )
                .bind(from)
                .bind(until)
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                self.counted(cases, found)
            }

            async fn examined_cases(&self, cases: &[String]) -> Result<Vec<Examined>, StoreError> {
                let asked = format!("{CASES} WHERE case_id = $1");
                let (mut rows, mut found): (Vec<CaseRow>, Vec<FoundRow>) = (Vec::new(), Vec::new());
                for case in cases {
                    let row: Option<CaseRow> = sqlx::query_as(sqlx::AssertSqlSafe(asked.as_str()))
                        .bind(case)
                        .fetch_optional(self.reading())
                        .await
                        .map_err(|source| self.database(source))?;
                    let Some(row) = row else { continue };
                    let of_case: Vec<FoundRow> = sqlx::query_as(
                        "SELECT case_number, check_id, severity, promised_source, decision FROM violations
                         WHERE case_number = $1 ORDER BY number",
                    )
                    .bind(row.0)
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                    found.extend(of_case);
                    rows.push(row);
                }
                rows.sort_by_key(|row| row.0);
                self.counted(rows, found)
            }

            async fn complained(
                &self,
                sight: &Sight,
                from: DateTime<Utc>,
                until: DateTime<Utc>,
            ) -> Result<Vec<ComplainedThen>, StoreError> {
                let rows: Vec<ComplainedRow> = sqlx::query_as(COMPLAINED)
                    .bind(from.timestamp_millis())
                    .bind(until.timestamp_millis())
                    .bind(&sight.platform)
                    .bind(&sight.advertiser)
                    .bind(sight.places())
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                let complaint =
                    |(id, platform, ad, advertiser, region, age, at, said, decided): ComplainedRow| ComplainedThen {
                        id,
                        platform: Some(platform).filter(|platform| !platform.is_empty()),
                        ad,
                        advertiser,
                        region,
                        age: age.as_deref().and_then(word),
                        at: DateTime::from_timestamp_millis(at).unwrap_or_default(),
                        settled_at: [said, decided]
                            .into_iter()
                            .flatten()
                            .min()
                            .and_then(DateTime::from_timestamp_millis),
                    };
                Ok(rows.into_iter().map(complaint).collect())
            }
        }

        impl $store {
            fn counted(&self, cases: Vec<CaseRow>, found: Vec<FoundRow>) -> Result<Vec<Examined>, StoreError> {
                let mut of_case: BTreeMap<i64, Vec<FoundThere>> = BTreeMap::new();
                for (number, check, severity, promised_source, decision) in found {
                    let severity = word(&severity).ok_or_else(|| self.damaged(&severity))?;
                    of_case.entry(number).or_default().push(FoundThere { check, severity, promised_source, decision });
                }
                let case = |row: CaseRow| {
                    let (
                        number,
                        case_id,
                        ad_id,
                        platform,
                        advertiser,
                        advertiser_name,
                        trade,
                        region,
                        verdict,
                        at,
                        decided,
                    ) = row;
                    Examined {
                        case_id,
                        ad_id,
                        platform,
                        advertiser,
                        advertiser_name,
                        trade,
                        region,
                        verdict,
                        sealed_at: DateTime::from_timestamp_millis(at).unwrap_or_default(),
                        first_decided_at: decided.and_then(DateTime::from_timestamp_millis),
                        violations: of_case.remove(&number).unwrap_or_default(),
                    }
                };
                Ok(cases.into_iter().map(case).collect())
            }
        }
    };
}

pub(crate) use weeks;
