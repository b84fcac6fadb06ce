//! What waits for people, and since when: by when it is due is computed by whoever asks (`governance::deadlines`).

use chrono::{DateTime, Utc};
use model::account::Sight;

use crate::store::StoreError;

/// Where it is asked what waits. Its promises are the tests in `waiting/suite.rs`.
pub trait Waiting: Send + Sync {
    /// The latest cases of ads in which something was found that nobody has decided, those that wait longest first.
    fn undecided_cases(
        &self,
        sight: &Sight,
        most: u64,
    ) -> impl Future<Output = Result<Vec<UndecidedCase>, StoreError>> + Send;

    /// How many of them were sealed at a moment or before it.
    fn undecided_since(&self, moment: DateTime<Utc>) -> impl Future<Output = Result<u64, StoreError>> + Send;
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
    /// When it was found.
    pub sealed_at: DateTime<Utc>,
}

#[cfg(test)]
pub(crate) mod suite;

/// A case: its id, ad, platform, advertiser, severity, when it was sealed.
pub(crate) type UndecidedRow = (String, String, Option<String>, Option<String>, Option<String>, i64);

/// Implements [`Waiting`] for a store that reads from `reading`.
macro_rules! waiting {
    ($store:ty) => {
        impl $crate::waiting::Waiting for $store {
            async fn undecided_cases(&self, sight: &Sight, most: u64) -> Result<Vec<UndecidedCase>, StoreError> {
                let rows: Vec<UndecidedRow> = sqlx::query_as(
                    "SELECT case_id, ad_id, platform, advertiser, severity, sealed_at FROM facts
                     WHERE case_number IN (SELECT case_number FROM undecided)
                     AND ($1 IS NULL OR platform = $1) AND ($2 IS NULL OR advertiser = $2)
                     ORDER BY sealed_at, case_number LIMIT $3",
                )
                .bind(&sight.platform)
                .bind(&sight.advertiser)
                .bind(self.whole(most)?)
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let case = |(case_id, ad_id, platform, advertiser, severity, sealed_at): UndecidedRow| UndecidedCase {
                    case_id,
                    ad_id,
                    platform,
                    advertiser,
                    severity,
                    sealed_at: DateTime::from_timestamp_millis(sealed_at).unwrap_or_default(),
                };
                Ok(rows.into_iter().map(case).collect())
            }

            async fn undecided_since(&self, moment: DateTime<Utc>) -> Result<u64, StoreError> {
                let cases: i64 =
                    sqlx::query_scalar("SELECT count(DISTINCT case_number) FROM undecided WHERE sealed_at <= $1")
                        .bind(moment.timestamp_millis())
                        .fetch_one(self.reading())
                        .await
                        .map_err(|source| self.database(source))?;
                Ok(cases.unsigned_abs())
            }
        }
    };
}

pub(crate) use waiting;
