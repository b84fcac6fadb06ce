//! The ads that sweeps choose from, and the landings that they share.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::evidence::EvidenceId;
use model::landing::{Known, Landing, LandingId};
use model::sweep::Scope;

use crate::store::StoreError;

mod sql;

#[cfg(any(test, feature = "suite"))]
pub mod suite;

pub(crate) use sql::library;

/// Where ads and landings are kept. Its promises are the tests in `library/suite.rs`.
pub trait Library: Send + Sync {
    /// Takes ads over, all or none; one that is known is replaced, and where its click led before is kept.
    ///
    /// No more than [`MOST_AT_ONCE`]: whoever has more calls again.
    fn import(&self, ads: &[NewAd], now: DateTime<Utc>) -> impl Future<Output = Result<Imported, StoreError>> + Send;

    /// The ads of these ids that are known, in the order of their ids.
    fn ads(&self, ids: &[String]) -> impl Future<Output = Result<Vec<KnownAd>, StoreError>> + Send;

    /// Those of these files that some ad names, as they were when they were read: in the order of [`AdFile::lay_at`].
    fn files(&self, lay_at: &[String]) -> impl Future<Output = Result<Vec<AdFile>, StoreError>> + Send;

    /// Where the click of an ad led before, the first first.
    fn moves(&self, ad_id: &str) -> impl Future<Output = Result<Vec<Moved>, StoreError>> + Send;

    /// The ads of a scope that were there and ran at a moment, by landing, then by id: so many behind the one that is given.
    ///
    /// Its sample is not drawn here: that is for whoever opens a round.
    fn choose(
        &self,
        scope: &Scope,
        at: DateTime<Utc>,
        behind: Option<&Chosen>,
        most: usize,
    ) -> impl Future<Output = Result<Vec<Chosen>, StoreError>> + Send;

    /// Those of them that lead to one landing: so many behind the id that is given.
    fn leading_to(
        &self,
        landing: &LandingId,
        scope: &Scope,
        at: DateTime<Utc>,
        behind: &str,
        most: usize,
    ) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;

    /// What is known of these landings, in their order.
    fn known(&self, landings: &[LandingId]) -> impl Future<Output = Result<Vec<Known>, StoreError>> + Send;

    /// Keeps what a look has added to what is known of a landing.
    fn looked(&self, known: &Known) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// How many ads and landings there are.
    fn counts(&self) -> impl Future<Output = Result<Counts, StoreError>> + Send;
}

/// Ads in one call of [`Library::import`]: so many that what a transaction costs is little, and few enough for memory.
pub const MOST_AT_ONCE: usize = 5_000;

/// An ad as it comes in.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAd {
    pub ad_id: String,
    pub platform: Option<String>,
    pub advertiser: Option<String>,
    pub trade: Option<String>,
    pub tags: Vec<String>,
    pub approved_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    pub landing: Landing,
    /// JSON.
    pub ad: String,
    /// What paths in it are relative to.
    pub folder: String,
    /// Those of its files that are kept, by the paths that it names.
    pub files: BTreeMap<String, AdFile>,
}

/// A file of an ad, as it was read and kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdFile {
    pub evidence: EvidenceId,
    /// 32 hex digits of the SHA-256 of where it lay, which may be longer than a database indexes.
    pub lay_at: String,
    pub bytes: u64,
    /// When the file or its entry was changed last, nanoseconds since 1970: who finds it so again need not read it.
    pub changed_ns: i64,
}

/// What became of the ads of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub new: u64,
    pub changed: u64,
    /// Of those: led elsewhere before.
    pub moved: u64,
    pub same: u64,
    pub new_landings: u64,
}

impl std::ops::AddAssign for Imported {
    fn add_assign(&mut self, more: Self) {
        self.new += more.new;
        self.changed += more.changed;
        self.moved += more.moved;
        self.same += more.same;
        self.new_landings += more.new_landings;
    }
}

/// An ad as it was imported last.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownAd {
    pub ad_id: String,
    pub landing: LandingId,
    pub advertiser: Option<String>,
    /// JSON.
    pub ad: String,
    pub folder: String,
    /// Blobs, by the paths that the ad names: those of its files that could be read.
    pub files: BTreeMap<String, EvidenceId>,
    pub imported_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Where a click led until an ad was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    pub landing: LandingId,
    pub until: DateTime<Utc>,
}

/// An ad of a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub landing: LandingId,
    pub ad_id: String,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub ads: u64,
    pub landings: u64,
    pub hosts: u64,
}
