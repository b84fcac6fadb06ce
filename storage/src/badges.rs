//! What is said of a case in public to those who have a link to it, and what signs such links.

use chrono::{DateTime, Utc};
use model::evidence::EvidenceId;

use crate::store::{CaseId, StoreError};

/// Where it is asked for. Its promises are in `appeals/suite.rs`.
pub trait Badges: Send + Sync {
    /// The key that signs links: 64 hex digits. Where there is none yet it is this one, whoever else asks at the same time.
    fn badge_key(&self, new: &str) -> impl Future<Output = Result<String, StoreError>> + Send;

    /// What is said of a case in public; none where it was deleted, or never was.
    fn badged(&self, case: &CaseId) -> impl Future<Output = Result<Option<Badged>, StoreError>> + Send;
}

/// What is said of a case in public: nothing of its ad but the id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badged {
    pub ad_id: String,
    pub verdict: String,
    pub opened_at: DateTime<Utc>,
    pub sealed_at: DateTime<Utc>,
    /// The SHA-256 of its manifest.
    pub manifest: EvidenceId,
}

/// Implements [`Badges`] for a store that gives out transactions by `change`, and reads from `reading`.
macro_rules! badges {
    ($store:ty) => {
        impl $crate::badges::Badges for $store {
            async fn badge_key(&self, new: &str) -> Result<String, StoreError> {
                let mut transaction = self.change().await?;
                sqlx::query("INSERT INTO badge_keys (name, key) VALUES ('badge', $1) ON CONFLICT DO NOTHING")
                    .bind(new)
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                let key = sqlx::query_scalar("SELECT key FROM badge_keys WHERE name = 'badge'")
                    .fetch_one(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(key)
            }

            async fn badged(&self, case: &CaseId) -> Result<Option<Badged>, StoreError> {
                let row: Option<(String, String, DateTime<Utc>, DateTime<Utc>, String)> = sqlx::query_as(
                    "SELECT ad_id, verdict, opened_at, sealed_at, manifest_sha256 FROM cases
                     WHERE case_id = $1 AND deleted_at IS NULL",
                )
                .bind(case.as_str())
                .fetch_optional(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let Some((ad_id, verdict, opened_at, sealed_at, manifest)) = row else { return Ok(None) };
                let manifest: EvidenceId = manifest.parse().map_err(|_| self.damaged(&manifest))?;
                Ok(Some(Badged { ad_id, verdict, opened_at, sealed_at, manifest }))
            }
        }
    };
}

pub(crate) use badges;
