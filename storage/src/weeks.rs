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
    /// Whether something could not be seen.
    pub gaps: bool,
    pub platform: Option<String>,
    pub advertiser: Option<String>,
    pub advertiser_name: Option<String>,
    pub trade: Option<String>,
    /// Digits of an administrative code: two of a province, four of a city, six of a district.
    pub region: Option<String>,
    pub verdict: String,
    pub sealed_at: DateTime<Utc>,
    /// When the next case of its ad was: from then on no queue shows this one.
    pub superseded_at: Option<DateTime<Utc>>,
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
    /// When it was found, by this case or one before it.
    pub found_since: DateTime<Utc>,
    /// When somebody first confirmed or rejected it.
    pub decided_at: Option<DateTime<Utc>>,
}

impl Examined {
    /// When the last of its violations got its word; none while one is open.
    pub fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.violations.iter().map(|found| found.decided_at).collect::<Option<Vec<_>>>()?.into_iter().max()
    }
}

#[cfg(test)]
pub(crate) mod suite;

/// A case: its number, id, ad, whether it has gaps, platform, advertiser, its name, trade, region, verdict, when it was sealed, and the next of its ad was.
pub(crate) type CaseRow = (
    i64,
    String,
    String,
    i32,
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
    "SELECT case_number, case_id, ad_id, CASE WHEN gaps = '[]' THEN 0 ELSE 1 END, platform, advertiser, advertiser_name, trade,
     region, verdict, sealed_at,
     (SELECT next.sealed_at FROM facts AS next WHERE next.ad_id = facts.ad_id AND next.case_number > facts.case_number
        ORDER BY next.case_number LIMIT 1)
     FROM facts";

/// A violation: its case, check, severity, part of the ad, decision, when it was found and first decided.
pub(crate) type FoundRow = (i64, String, String, String, Option<String>, i64, Option<i64>);

/// What of a violation is counted; a condition follows.
pub(crate) const FOUND: &str = "SELECT case_number, check_id, severity, promised_source, decision, found_since,
     (SELECT min(decisions.decided_at) FROM decisions WHERE decisions.decision <> 'again'
        AND decisions.case_id = (SELECT case_id FROM facts WHERE facts.case_number = violations.case_number)
        AND (decisions.violation IS NULL OR decisions.violation = violations.number))
     FROM violations";

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
                let asked = format!(
                    "{FOUND} WHERE case_number IN (SELECT case_number FROM facts WHERE sealed_at >= $1 AND sealed_at < $2)
                     ORDER BY case_number, number"
                );
                let found: Vec<FoundRow> = sqlx::query_as(sqlx::AssertSqlSafe(asked))
                .bind(from)
                .bind(until)
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                self.counted(cases, found)
            }

            async fn examined_cases(&self, cases: &[String]) -> Result<Vec<Examined>, StoreError> {
                let asked = format!("{CASES} WHERE case_id = $1");
                let asked_of = format!("{FOUND} WHERE case_number = $1 ORDER BY number");
                let (mut rows, mut found): (Vec<CaseRow>, Vec<FoundRow>) = (Vec::new(), Vec::new());
                for case in cases {
                    let row: Option<CaseRow> = sqlx::query_as(sqlx::AssertSqlSafe(asked.as_str()))
                        .bind(case)
                        .fetch_optional(self.reading())
                        .await
                        .map_err(|source| self.database(source))?;
                    let Some(row) = row else { continue };
                    let of_case: Vec<FoundRow> = sqlx::query_as(sqlx::AssertSqlSafe(asked_of.as_str()))
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
                for (number, check, severity, promised_source, decision, since, decided_at) in found {
                    let severity = word(&severity).ok_or_else(|| self.damaged(&severity))?;
                    of_case.entry(number).or_default().push(FoundThere {
                        check,
                        severity,
                        promised_source,
                        decision,
                        found_since: DateTime::from_timestamp_millis(since).unwrap_or_default(),
                        decided_at: decided_at.and_then(DateTime::from_timestamp_millis),
                    });
                }
                let case = |row: CaseRow| {
                    let (number, case_id, ad_id, gaps, platform, advertiser, advertiser_name, trade, region, verdict, at, next) =
                        row;
                    Examined {
                        case_id,
                        ad_id,
                        gaps: gaps != 0,
                        platform,
                        advertiser,
                        advertiser_name,
                        trade,
                        region,
                        verdict,
                        sealed_at: DateTime::from_timestamp_millis(at).unwrap_or_default(),
                        superseded_at: next.and_then(DateTime::from_timestamp_millis),
                        violations: of_case.remove(&number).unwrap_or_default(),
                    }
                };
                Ok(cases.into_iter().map(case).collect())
            }
        }
    };
}

pub(crate) use weeks;
