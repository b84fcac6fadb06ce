//! What users did and said after the click, as platforms tell it: touchpoints, conversions, complaints.
//!
//! A row is named by its platform and its id. The same row again changes nothing; another one under the same id is refused, and the
//! first stands. Conversions and complaints belong to the ad that they name, else to that of the click they name, else to that of
//! their user's last click on an ad within [`LAST_CLICK`]: said when they come in, and again when a click comes in after them.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use model::account::Sight;
use model::complaint::Complaint;
use model::touchpoint::{Contact, Conversion, Touchpoint};
use serde::{Deserialize, Serialize};

use crate::store::StoreError;

pub(crate) mod heard;
pub(crate) mod intake;
pub(crate) mod links;
pub(crate) mod over;
pub(crate) mod traffic;
pub(crate) mod words;

mod digest;

#[cfg(test)]
pub(crate) mod suite;

/// How long before a conversion or a complaint the last click of its user may be.
pub const LAST_CLICK: TimeDelta = TimeDelta::days(30);

/// Rows that are taken in at once: one transaction.
pub const MOST_AT_ONCE: usize = 5_000;

/// Rows in one statement: of the widest table nineteen times as many values, of which SQLite takes 32,766.
pub(crate) const ROWS: usize = 1_000;

/// Contacts of one user that are looked at: who has more is no person.
pub const MOST_CONTACTS: usize = 10_000;

/// Where it is taken in, and let go of. Its promises are the tests in `hearing/suite.rs`.
pub trait Hearing: Send + Sync {
    /// Takes touchpoints in, in one transaction, each kept for so long after it was.
    fn take_touchpoints(
        &self,
        rows: &[Touchpoint],
        kept_for: TimeDelta,
    ) -> impl Future<Output = Result<Intake, StoreError>> + Send;

    /// Takes conversions in, in one transaction.
    fn take_conversions(&self, rows: &[Conversion]) -> impl Future<Output = Result<Intake, StoreError>> + Send;

    /// Takes complaints in, in one transaction; what they say is kept for so long after it was said.
    fn take_complaints(
        &self,
        rows: &[Complaint],
        kept_for: TimeDelta,
    ) -> impl Future<Output = Result<Intake, StoreError>> + Send;

    /// Says something of complaints, in one transaction and this order. What a rule says of a complaint that a person has settled
    /// is passed over. Gives back of how many it was said.
    fn say(&self, words: &[NewWord]) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Writes down by which rules touchpoints are invalid traffic; empty: they are valid. What they led to is as invalid.
    fn mark_touchpoints(&self, marks: &[Mark]) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Writes down by which rules conversions are invalid traffic; empty: they are valid.
    fn mark_conversions(&self, marks: &[Mark]) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Lets go of what is over: touchpoints, and what complaints said, whose time is over, and the last parts of addresses of
    /// touchpoints before a moment. What was counted counts on.
    fn forget_heard(
        &self,
        at: DateTime<Utc>,
        addresses_before: DateTime<Utc>,
    ) -> impl Future<Output = Result<Forgotten, StoreError>> + Send;

    /// How much would be let go of.
    fn would_forget_heard(
        &self,
        at: DateTime<Utc>,
        addresses_before: DateTime<Utc>,
    ) -> impl Future<Output = Result<Forgotten, StoreError>> + Send;
}

/// What is read again. Its promises are the tests in `hearing/suite.rs`.
pub trait Heard: Send + Sync {
    /// Complaints, the newest first: so many behind one.
    fn complaints(
        &self,
        sight: &Sight,
        wanted: &WantedComplaints,
        behind: Option<&HeardMark>,
        most: u64,
    ) -> impl Future<Output = Result<Vec<ComplaintRow>, StoreError>> + Send;

    /// The complaints of this id, one of each platform that has one.
    fn complaints_named(
        &self,
        sight: &Sight,
        id: &str,
    ) -> impl Future<Output = Result<Vec<ComplaintRow>, StoreError>> + Send;

    /// What was said of a complaint, in order. Whoever asks has found the complaint by its sight.
    fn words_of(&self, of: &Key) -> impl Future<Output = Result<Vec<Word>, StoreError>> + Send;

    /// How complaints and conversions fall into weeks and groups, in their order, without those of no ad.
    fn each_cell(
        &self,
        sight: &Sight,
        span: &Span,
        by: By,
        take: &mut (dyn FnMut(Cell) + Send),
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// How many complaints of a span stand how.
    fn standings(
        &self,
        sight: &Sight,
        span: &Span,
    ) -> impl Future<Output = Result<Vec<(Standing, u64)>, StoreError>> + Send;

    /// The valid contacts of users within [`LAST_CLICK`] before what they came to, end by end in the order of time.
    fn each_path(
        &self,
        sight: &Sight,
        span: &Span,
        of: Ends,
        take: &mut (dyn FnMut(Way) + Send),
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The touchpoints of a span in the order of time.
    fn each_touchpoint(
        &self,
        sight: &Sight,
        span: &Span,
        take: &mut (dyn FnMut(Touchpoint) + Send),
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The conversions of a span in the order of time, each with the click that it belongs by.
    fn each_conversion(
        &self,
        sight: &Sight,
        span: &Span,
        take: &mut (dyn FnMut(Conversion) + Send),
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// How many touchpoints and conversions of a span there are, and are invalid, by kind and rule.
    fn traffic(&self, sight: &Sight, span: &Span) -> impl Future<Output = Result<Vec<TrafficCount>, StoreError>> + Send;
}

/// What became of rows that were taken in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intake {
    /// Of each row, in their order.
    pub rows: Vec<Taken>,
    /// Ads that were named and are not known: the rows are kept, and belong to no ad until it is.
    pub unknown_ads: BTreeSet<String>,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    New,
    /// It was there, as it is.
    Same,
    /// Another one is there under its id: this one is refused.
    Changed,
}

/// Names a row: its platform, empty where nobody said, and its id there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    pub platform: String,
    pub id: String,
}

/// What a complaint is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// `goods`, `virtual` or `service`.
    pub scenario: String,
    /// `content`, `fulfilment`, `distribution` or `other`.
    pub kind: String,
    /// From the widest to the narrowest.
    pub path: [String; 4],
    /// `S1` to `S4`, where somebody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
}

/// What is said of a complaint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saying {
    /// It does not count.
    Exclude,
    /// It counts after all.
    Restore,
    Label(Label),
}

/// Something to be said of a complaint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWord {
    pub of: Key,
    pub saying: Saying,
    pub why: String,
    /// The account, or the rule.
    pub by: String,
    pub by_rule: bool,
}

/// Something that was said of a complaint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// 1, 2, 3, … in the order of saying, over all complaints.
    pub number: u64,
    pub word: NewWord,
    pub at: DateTime<Utc>,
}

/// By which rules something is invalid traffic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub of: Key,
    /// Words without spaces.
    pub rules: Vec<String>,
}

/// How much was let go of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    pub touchpoints: u64,
    /// Whose words were forgotten.
    pub complaints: u64,
    /// That were cut to their network.
    pub addresses: u64,
}

/// Complaints for which everything holds that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WantedComplaints {
    pub ad: Option<String>,
    pub advertiser: Option<String>,
    pub trade: Option<String>,
    pub platform: Option<String>,
    /// Of the label.
    pub kind: Option<String>,
    pub source: Option<String>,
    pub standing: Option<Standing>,
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
}

/// Whether a complaint counts, or why not: the first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It belongs to no ad, or to one that is not known.
    NoAd,
    Excluded,
    /// Nobody said what it is about.
    Unlabelled,
    /// Its user has no valid conversion by the ad before it.
    NotConverted,
    /// Its user has complained of this kind about the ad before.
    Repeated,
    Counts,
}

impl Standing {
    pub const ALL: [Self; 6] =
        [Self::NoAd, Self::Excluded, Self::Unlabelled, Self::NotConverted, Self::Repeated, Self::Counts];

    pub fn word(self) -> &'static str {
        match self {
            Self::NoAd => "no-ad",
            Self::Excluded => "excluded",
            Self::Unlabelled => "unlabelled",
            Self::NotConverted => "not-converted",
            Self::Repeated => "repeated",
            Self::Counts => "counts",
        }
    }

    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.word() == word)
    }
}

/// Where a page of complaints ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeardMark {
    pub at: DateTime<Utc>,
    pub key: Key,
}

/// A complaint as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct ComplaintRow {
    pub complaint: Complaint,
    /// The ad that it belongs to, known or not.
    pub belongs: Option<String>,
    /// `ad`, `click` or `last-click`.
    pub linked_by: Option<String>,
    /// The click by which it belongs.
    pub via: Option<String>,
    /// Of the ad; its id on its platform.
    pub advertiser: Option<String>,
    pub trade: Option<String>,
    pub label: Option<Label>,
    /// Why it does not count, where somebody or a rule says so.
    pub excluded: Option<String>,
    pub standing: Standing,
    /// What was said is not kept any more.
    pub forgotten: bool,
}

impl ComplaintRow {
    pub fn key(&self) -> Key {
        Key { platform: self.complaint.platform.clone().unwrap_or_default(), id: self.complaint.id.clone() }
    }

    pub fn mark(&self) -> HeardMark {
        HeardMark { at: self.complaint.at, key: self.key() }
    }
}

/// A stretch of time, from one moment to before another, and where its days begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// Of the clock by which weeks begin, ahead of UTC.
    pub ahead: TimeDelta,
}

/// How rates are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    All,
    Ad,
    Advertiser,
    Trade,
    Platform,
}

/// A week of a group: conversions by its ads, and complaints about them that count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its Monday.
    pub week: NaiveDate,
    /// Of an ad, an advertiser or a platform; empty where nobody said, and of the others.
    pub platform: String,
    /// The ad, advertiser, trade or platform; empty where nobody said.
    pub who: String,
    pub conversions: u64,
    pub invalid_conversions: u64,
    pub content: u64,
    pub fulfilment: u64,
    pub distribution: u64,
    pub other: u64,
}

/// What paths end in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// Valid ones.
    Conversions,
    /// That are not excluded.
    Complaints,
    /// Complaints with money paid back, that are not excluded.
    Refunds,
}

/// The way of a user to what they came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    pub end: Key,
    pub at: DateTime<Utc>,
    pub user: Option<String>,
    /// The ad that the end belongs to.
    pub ad: Option<String>,
    /// The click by which it belongs.
    pub via: Option<String>,
    /// Paid, or paid back.
    pub value: Option<u64>,
    /// Of a complaint's label.
    pub kind: Option<String>,
    pub steps: Vec<Step>,
}

/// A valid contact on a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub id: String,
    pub kind: Contact,
    pub at: DateTime<Utc>,
    pub ad: Option<String>,
    pub channel: String,
}

/// Traffic of one kind; by one rule, or all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrafficCount {
    /// `impression`, `click` or `conversion`.
    pub kind: String,
    /// None: however it is marked.
    pub rule: Option<String>,
    pub before: u64,
    /// Without what is invalid; of a rule, without what is invalid by it.
    pub after: u64,
}

/// Of a moment as it is kept.
pub(crate) fn moment(at: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at).unwrap_or_default()
}
