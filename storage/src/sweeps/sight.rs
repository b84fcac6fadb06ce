//! The sweeps that an account sees: those whose scope lies within what it sees, and that are no preview of an ad.

use model::account::Sight;
use model::sweep::{Round, Sweep};

use crate::store::StoreError;

/// What is asked by those who look at sweeps. Its promises are the tests in `sweeps/suite.rs`.
pub trait SweepsInSight: Send + Sync {
    /// All of them, by name.
    fn sweeps_in_sight(&self, sight: &Sight) -> impl Future<Output = Result<Vec<Sweep>, StoreError>> + Send;

    /// A sweep; none where there is none, and where it is not to be seen.
    fn sweep_in_sight(
        &self,
        sight: &Sight,
        name: &str,
    ) -> impl Future<Output = Result<Option<Sweep>, StoreError>> + Send;

    /// The latest round of each sweep, the latest first: so many.
    fn latest_rounds(&self, sight: &Sight, most: u64) -> impl Future<Output = Result<Vec<Round>, StoreError>> + Send;
}

/// Implements it beside [`super::sweeps`]; `$platform` and `$advertiser` are what the database has for those of a sweep's scope.
macro_rules! sweeps_in_sight {
    ($store:ty, $platform:literal, $advertiser:literal) => {
        impl $crate::sweeps::SweepsInSight for $store {
            async fn sweeps_in_sight(&self, sight: &model::account::Sight) -> Result<Vec<Sweep>, StoreError> {
                let texts: Vec<String> = sqlx::query_scalar(concat!(
                    "SELECT sweep FROM sweeps WHERE sweeps.name NOT IN (SELECT ad_id FROM previews) AND ($1 IS NULL OR ", $platform, " = $1) AND ($2 IS NULL OR ", $advertiser,
                    " = $2) AND $3 IS NULL AND name NOT IN (SELECT ad_id FROM previews) ORDER BY name"
                ))
                .bind(&sight.platform)
                .bind(&sight.advertiser)
                // No sweep is of a region alone: who sees one sees no more than its cases.
                .bind(&sight.region)
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                texts.iter().map(|text| self.sweep_of(text)).collect()
            }

            async fn sweep_in_sight(
                &self,
                sight: &model::account::Sight,
                name: &str,
            ) -> Result<Option<Sweep>, StoreError> {
                // PostgreSQL refuses to be asked for one.
                if name.contains('\0') {
                    return Ok(None);
                }
                let text: Option<String> = sqlx::query_scalar(concat!(
                    "SELECT sweep FROM sweeps WHERE sweeps.name NOT IN (SELECT ad_id FROM previews) AND ($1 IS NULL OR ", $platform, " = $1) AND ($2 IS NULL OR ", $advertiser,
                    " = $2) AND $3 IS NULL AND name = $4 AND name NOT IN (SELECT ad_id FROM previews)"
                ))
                .bind(&sight.platform)
                .bind(&sight.advertiser)
                // No sweep is of a region alone: who sees one sees no more than its cases.
                .bind(&sight.region)
                .bind(name)
                .fetch_optional(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                text.map(|text| self.sweep_of(&text)).transpose()
            }

            async fn latest_rounds(
                &self,
                sight: &model::account::Sight,
                most: u64,
            ) -> Result<Vec<Round>, StoreError> {
                let rows: Vec<RoundRow> = sqlx::query_as(concat!(
                    "SELECT rounds.round, rounds.sweep, rounds.state, rounds.opened_at, rounds.ended_at, rounds.ads,
                         rounds.landings, rounds.left_out, rounds.jobs
                     FROM rounds JOIN sweeps ON sweeps.name = rounds.sweep
                     WHERE sweeps.name NOT IN (SELECT ad_id FROM previews) AND ($1 IS NULL OR ", $platform, " = $1) AND ($2 IS NULL OR ", $advertiser, " = $2) AND $3 IS NULL
                         AND sweeps.name NOT IN (SELECT ad_id FROM previews)
                         AND NOT EXISTS (SELECT 1 FROM rounds AS later WHERE later.sweep = rounds.sweep
                             AND (later.opened_at, later.round) > (rounds.opened_at, rounds.round))
                     ORDER BY rounds.opened_at DESC, rounds.round DESC LIMIT $4"
                ))
                .bind(&sight.platform)
                .bind(&sight.advertiser)
                // No sweep is of a region alone: who sees one sees no more than its cases.
                .bind(&sight.region)
                .bind(self.whole(most)?)
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                rows.into_iter().map(|row| self.round_of(row)).collect()
            }
        }
    };
}

pub(crate) use sweeps_in_sight;
