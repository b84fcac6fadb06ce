//! What other systems are told: an event is written in the transaction that makes it true, and sent later, until it is confirmed.
//!
//! How far it is stands for each event and destination. There is no cursor over numbers: those that are given out before a
//! transaction ends may come to light in another order, and a cursor would pass over some.

use chrono::{DateTime, Utc};
use model::account::Sight;

use crate::store::StoreError;

mod rows;

#[cfg(test)]
pub(crate) mod suite;

pub(crate) use rows::outbox_rows;

/// Events on their way. Its promises are the tests in `outbox/suite.rs`.
pub trait Outbox: Send + Sync {
    /// Gives events that are new to the destinations that want them, as many at once as asked for; gives back how many there were.
    fn spread(
        &self,
        to: &[Subscription],
        now: DateTime<Utc>,
        most: u64,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// What is to be sent to a destination now, the one that has waited longest first.
    fn to_send(
        &self,
        destination: &str,
        now: DateTime<Utc>,
        most: u64,
    ) -> impl Future<Output = Result<Vec<ToSend>, StoreError>> + Send;

    /// The destination has it.
    fn sent(
        &self,
        event_id: &str,
        destination: &str,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// It did not come to that: it is tried again at a time, or never.
    fn not_sent(
        &self,
        event_id: &str,
        destination: &str,
        trouble: &str,
        then: Then,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// What has not come to its destination, the oldest first.
    fn undelivered(
        &self,
        only_dead: bool,
        most: u64,
    ) -> impl Future<Output = Result<Vec<Undelivered>, StoreError>> + Send;

    /// Has dead ones tried again from the beginning: all, those of one event, or of one destination. Gives back how many.
    fn revive(
        &self,
        event_id: Option<&str>,
        destination: Option<&str>,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// How much has not come to each destination.
    fn backlog(&self) -> impl Future<Output = Result<Vec<Backlog>, StoreError>> + Send;

    /// Takes away events that happened before a moment, wherever they have come.
    fn drop_events(&self, before: DateTime<Utc>) -> impl Future<Output = Result<u64, StoreError>> + Send;
}

/// A destination, and what it wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub destination: String,
    /// Kinds of events; none: all of them.
    pub kinds: Vec<String>,
    /// Of whose cases.
    pub sight: Sight,
    /// What happened before is not for it.
    pub since: DateTime<Utc>,
}

impl Subscription {
    /// All that ever happens.
    pub fn all(destination: &str) -> Self {
        let (kinds, sight) = (Vec::new(), Sight::default());
        Self { destination: destination.to_owned(), kinds, sight, since: DateTime::UNIX_EPOCH }
    }

    pub fn wants(&self, kind: &str, happened_at: DateTime<Utc>) -> bool {
        let kind_is = self.kinds.is_empty() || self.kinds.iter().any(|wanted| wanted == kind);
        kind_is && happened_at >= self.since
    }
}

/// An event for one destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToSend {
    pub event_id: String,
    pub kind: String,
    /// The same bytes each time.
    pub body: String,
    /// How often it was tried before.
    pub attempts: u64,
}

/// What becomes of an event that was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    TryAt(DateTime<Utc>),
    /// Nobody tries by themselves any more.
    Dead(DateTime<Utc>),
}

/// An event that has not come to its destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    pub event_id: String,
    pub kind: String,
    pub destination: String,
    pub happened_at: DateTime<Utc>,
    pub dead: bool,
    pub attempts: u64,
    pub next_at: DateTime<Utc>,
    pub trouble: Option<String>,
}

/// Events that have not come to one destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlog {
    pub destination: String,
    pub waiting: u64,
    pub dead: u64,
    /// When the oldest of those that wait happened.
    pub since: Option<DateTime<Utc>>,
}
