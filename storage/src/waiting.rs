//! What waits for people, and since when: by when it is due is computed by whoever asks (`governance::deadlines`).

use chrono::{DateTime, Utc};
use model::account::Sight;
use model::complaint::Age;

use crate::store::StoreError;

/// Where it is asked what waits. Its promises are the tests in `waiting/suite.rs`.
pub trait Waiting: Send + Sync {
    /// The latest cases of ads in which something was found that nobody has decided, those that wait longest first.
    fn undecided_cases(
        &self,
        sight: &Sight,
        most: u64,
    ) -> impl Future<Output = Result<Vec<UndecidedCase>, StoreError>> + Send;

    /// How many of them were found at a moment or before it.
    fn undecided_since(&self, moment: DateTime<Utc>) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Complaints that count and that nobody has settled, those that wait longest first: no person has said anything of them, and no
    /// case of their ad was decided after them.
    fn unsettled_complaints(
        &self,
        sight: &Sight,
        most: u64,
    ) -> impl Future<Output = Result<Vec<UnsettledComplaint>, StoreError>> + Send;

    /// How many of them were said before a moment: of minors and the elderly, or of others.
    fn unsettled_before(
        &self,
        sight: &Sight,
        moment: DateTime<Utc>,
        protected: bool,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}

/// A case that waits to be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndecidedCase {
    pub case_id: String,
    pub ad_id: String,
    pub platform: Option<String>,
    pub advertiser: Option<String>,
    /// Of its gravest violation.
    pub severity: Option<String>,
    /// When the first of what waits in it was found, by this case or one before it.
    pub found_since: DateTime<Utc>,
}

/// A complaint that waits to be settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsettledComplaint {
    pub id: String,
    pub platform: Option<String>,
    /// The ad that it belongs to.
    pub ad: Option<String>,
    pub advertiser: Option<String>,
    pub age: Option<Age>,
    pub at: DateTime<Utc>,
}

#[cfg(test)]
pub(crate) mod suite;

/// A case: its id, ad, platform, advertiser, severity, when the first of it was found.
pub(crate) type UndecidedRow = (String, String, Option<String>, Option<String>, Option<String>, i64);

/// A complaint: its id, platform, ad, advertiser, age, when it was said.
pub(crate) type UnsettledRow = (String, String, Option<String>, Option<String>, Option<String>, i64);

/// That nobody has settled.
pub(crate) const UNSETTLED: &str = "complaints.excluded IS NULL AND complaints.label_settled = 0 AND complaints.noise_settled = 0
    AND NOT EXISTS (SELECT 1 FROM facts JOIN decisions ON decisions.case_id = facts.case_id
        WHERE facts.ad_id = complaints.belongs AND decisions.decision <> 'again' AND decisions.decided_at >= complaints.at)";

/// Implements [`Waiting`] for a store that reads from `reading`.
macro_rules! waiting {
    ($store:ty) => {
        impl $crate::waiting::Waiting for $store {
            async fn undecided_cases(&self, sight: &Sight, most: u64) -> Result<Vec<UndecidedCase>, StoreError> {
                let rows: Vec<UndecidedRow> = sqlx::query_as(
                    "SELECT case_id, ad_id, platform, advertiser, severity,
                     (SELECT min(found_since) FROM undecided WHERE undecided.case_number = facts.case_number) AS since FROM facts
                     WHERE case_number IN (SELECT case_number FROM undecided)
                     AND ($1 IS NULL OR platform = $1) AND ($2 IS NULL OR advertiser = $2) AND ($3 IS NULL OR region LIKE $3)
                     ORDER BY since, case_number LIMIT $4",
                )
                .bind(&sight.platform)
                .bind(&sight.advertiser)
                .bind(sight.places())
                .bind(self.whole(most)?)
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let case = |(case_id, ad_id, platform, advertiser, severity, since): UndecidedRow| UndecidedCase {
                    case_id,
                    ad_id,
                    platform,
                    advertiser,
                    severity,
                    found_since: DateTime::from_timestamp_millis(since).unwrap_or_default(),
                };
                Ok(rows.into_iter().map(case).collect())
            }

            async fn undecided_since(&self, moment: DateTime<Utc>) -> Result<u64, StoreError> {
                let cases: i64 =
                    sqlx::query_scalar("SELECT count(DISTINCT case_number) FROM undecided WHERE found_since <= $1")
                        .bind(moment.timestamp_millis())
                        .fetch_one(self.reading())
                        .await
                        .map_err(|source| self.database(source))?;
                Ok(cases.unsigned_abs())
            }

            async fn unsettled_complaints(&self, sight: &Sight, most: u64) -> Result<Vec<UnsettledComplaint>, StoreError> {
                let asked = format!(
                    "SELECT complaints.id, complaints.platform, complaints.belongs, coalesce(ads.advertiser, its.advertiser),
                     complaints.age, complaints.at
                     FROM complaints LEFT JOIN ads ON ads.ad_id = complaints.belongs
                     LEFT JOIN facts AS its ON its.ad_id = complaints.belongs AND its.latest = 1
                     WHERE {UNSETTLED} AND ($1 IS NULL OR complaints.platform = $1) AND ($2 IS NULL OR coalesce(ads.advertiser, its.advertiser) = $2)
                     AND ($3 IS NULL OR its.region LIKE $3)
                     ORDER BY complaints.at, complaints.platform, complaints.id LIMIT $4"
                );
                let rows: Vec<UnsettledRow> = sqlx::query_as(sqlx::AssertSqlSafe(asked))
                    .bind(&sight.platform)
                    .bind(&sight.advertiser)
                    .bind(sight.places())
                    .bind(self.whole(most)?)
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                let complaint = |(id, platform, ad, advertiser, age, at): UnsettledRow| UnsettledComplaint {
                    id,
                    platform: Some(platform).filter(|platform| !platform.is_empty()),
                    ad,
                    advertiser,
                    age: age.as_deref().and_then(word),
                    at: DateTime::from_timestamp_millis(at).unwrap_or_default(),
                };
                Ok(rows.into_iter().map(complaint).collect())
            }

            async fn unsettled_before(
                &self,
                sight: &Sight,
                moment: DateTime<Utc>,
                protected: bool,
            ) -> Result<u64, StoreError> {
                let of = if protected { "IN" } else { "NOT IN" };
                let asked = format!(
                    "SELECT count(*) FROM complaints LEFT JOIN ads ON ads.ad_id = complaints.belongs
                     LEFT JOIN facts AS its ON its.ad_id = complaints.belongs AND its.latest = 1
                     WHERE {UNSETTLED} AND complaints.at < $1 AND coalesce(complaints.age, '') {of} ('minor', 'elderly')
                     AND ($2 IS NULL OR complaints.platform = $2)
                     AND ($3 IS NULL OR coalesce(ads.advertiser, its.advertiser) = $3) AND ($4 IS NULL OR its.region LIKE $4)"
                );
                let complaints: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(asked))
                    .bind(moment.timestamp_millis())
                    .bind(&sight.platform)
                    .bind(&sight.advertiser)
                    .bind(sight.places())
                    .fetch_one(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                Ok(complaints.unsigned_abs())
            }
        }
    };
}

pub(crate) use waiting;
