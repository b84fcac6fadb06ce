//! What cases show of who is behind their ads, which accounts are taken for one by it, and what that says of their landings.

use chrono::{DateTime, Utc};
use model::account::Sight;
use model::kin::{Account, Group, Has, Shared};

use crate::store::StoreError;

pub(crate) mod sql;

#[cfg(test)]
pub(crate) mod suite;

/// Where it is kept which accounts are taken for one. Its promises are the tests in `kin/suite.rs`.
pub trait Kin: Send + Sync {
    /// The number of the latest case that shows something; 0 where none does.
    fn shown(&self) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// What was shown since a moment of at least two accounts and no more than `most`, and who is paid.
    fn shared(&self, since: DateTime<Utc>, most: usize) -> impl Future<Output = Result<Vec<Has>, StoreError>> + Send;

    /// Keeps these groups in place of those that were; gives back how many edges came or went.
    fn join(&self, groups: &[Group]) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Weighs anew what was heard and found, for [`crate::library::Library::known`].
    fn weigh_signs(&self, now: DateTime<Utc>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Whether a violation of an account was found since a moment, and confirmed.
    fn is_confirmed(
        &self,
        account: &Account,
        since: DateTime<Utc>,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Why accounts in sight are taken for one: of this advertiser, or all of them; the first so many by name.
    ///
    /// Whoever may not see one of two is not told that it is joined with the other.
    fn linked(
        &self,
        sight: &Sight,
        advertiser: Option<&str>,
        most: usize,
    ) -> impl Future<Output = Result<Vec<Linked>, StoreError>> + Send;
}

/// Two accounts that are taken for one advertiser's, and what shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Linked {
    pub a: Account,
    pub b: Account,
    /// What both have, the heaviest first.
    pub shown: Vec<ShownBy>,
}

/// Which cases show it; none where they are gone.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownBy {
    pub shared: Shared,
    pub a: Option<String>,
    pub b: Option<String>,
}

pub(crate) fn account(platform: String, advertiser: String) -> Account {
    Account { platform: (!platform.is_empty()).then_some(platform), advertiser }
}
