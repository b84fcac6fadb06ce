//! Webhooks that people made, beside those of the configuration: each is told of what its account sees, as long as that may sign in.
//!
//! Their secrets are kept as they are given: sealed, by whoever gives them. Those of an older postlink are in clear.

use chrono::{DateTime, TimeDelta, Utc};
use model::account::Account;

use crate::store::StoreError;

pub(crate) mod sql;

#[cfg(test)]
pub(crate) mod suite;

pub(crate) use sql::webhooks;

/// How long an earlier secret signs beside the one that follows it.
const BOTH_SIGN: TimeDelta = TimeDelta::hours(24);

/// Where they are kept. Its promises are the tests in `webhooks/suite.rs`.
pub trait Webhooks: Send + Sync {
    fn add_webhook(&self, hook: &Webhook) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Those of an account, or all of them, by when they were made.
    fn webhooks(&self, of: Option<&str>) -> impl Future<Output = Result<Vec<Webhook>, StoreError>> + Send;

    /// Those that are told now, each with its account.
    fn webhooks_to_tell(&self) -> impl Future<Output = Result<Vec<(Webhook, Account)>, StoreError>> + Send;

    /// Gives one another secret: whether there is such a one, of this account or of any.
    fn turn_webhook(
        &self,
        id: &str,
        of: Option<&str>,
        secret: &str,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Takes one away with what it was not told yet: whether there was such a one, of this account or of any.
    fn drop_webhook(&self, id: &str, of: Option<&str>) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// A webhook that somebody made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its destination among the deliveries.
    pub id: String,
    pub account: String,
    pub url: String,
    /// Of events; none: all of them.
    pub kinds: Vec<String>,
    /// As it is kept: sealed.
    pub secret: String,
    /// The secret before it, and when this one followed.
    pub earlier: Option<(String, DateTime<Utc>)>,
    pub made_at: DateTime<Utc>,
}

impl Webhook {
    /// What signs at a moment, as it is kept.
    pub fn secrets(&self, now: DateTime<Utc>) -> Vec<&str> {
        let earlier = self.earlier.iter().filter(|(_, turned_at)| now - *turned_at < BOTH_SIGN);
        std::iter::once(self.secret.as_str()).chain(earlier.map(|(earlier, _)| earlier.as_str())).collect()
    }
}
