//! What users did and said after the click, as platforms tell it: touchpoints, conversions, complaints.
//!
//! A row is named by its platform and its id. The same row again changes nothing; another one under the same id is refused, and the
//! first stands. Conversions and complaints belong to the ad that they name, else to that of the click they name, else to that of
//! their user's last click on an ad within [`LAST_CLICK`]: said when they come in, and again when a click comes in after them.

use std::collections::BTreeSet;
use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use model::account::Sight;
use model::complaint::{Complaint, Exclusion, Kind, Labelled};
use model::touchpoint::{Contact, Conversion, Touchpoint};
use serde::{Deserialize, Serialize};

use crate::store::StoreError;

pub(crate) mod heard;
pub(crate) mod intake;
pub(crate) mod links;
pub(crate) mod over;
pub(crate) mod traffic;
pub(crate) mod ways;
pub(crate) mod words;

pub(crate) mod digest;

#[cfg(test)]
pub(crate) mod suite;

/// How long before a conversion or a complaint the last click of its user may be.
pub const LAST_CLICK: TimeDelta = TimeDelta::days(30);

/// Rows that are taken in at once: one transaction.
pub const MOST_AT_ONCE: usize = 5_000;

/// Rows in one statement: of the widest table nineteen times as many values, of which SQLite takes 32,766.
pub(crate) const ROWS: usize = 1_000;

/// Contacts of one user that are looked at within a week and what was before it, the latest: who has more is no person.
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

    /// Writes down that rules have looked at complaints.
    fn heeded(&self, of: &[Key]) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Writes down by which rules touchpoints are invalid traffic; empty: they are valid. What they led to is as invalid.
    fn mark_touchpoints(&self, marks: &[Mark]) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Writes down by which rules conversions are invalid traffic; empty: they are valid.
    fn mark_conversions(&self, marks: &[Mark]) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Takes back every mark of a span, to judge it anew.
    fn clear_marks(&self, span: &Span) -> impl Future<Output = Result<(), StoreError>> + Send;

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

    /// Complaints of a span, and what their users said before it about the same ads and was not excluded: ad by ad, those of no known
    /// ad first, each ad's in the order of time; of one ad, where it is given.
    fn each_complaint(
        &self,
        sight: &Sight,
        ad: Option<&str>,
        span: &Span,
        take: &mut (dyn FnMut(Complained) + Send),
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// How many conversions of a span there are by each known ad, by its id.
    fn each_ad(
        &self,
        sight: &Sight,
        span: &Span,
        take: &mut (dyn FnMut(ByAd) + Send),
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Complaints that no rule has looked at yet: the oldest first.
    fn unheeded(&self, most: u64) -> impl Future<Output = Result<Vec<ComplaintRow>, StoreError>> + Send;

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

    /// The conversions of a span in the order of time, each with the ad that it belongs to and the click by which it does.
    fn each_conversion(
        &self,
        sight: &Sight,
        span: &Span,
        take: &mut (dyn FnMut(Converted) + Send),
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// How many touchpoints and conversions of a span there are, and are invalid, by kind and rule.
    fn traffic(&self, sight: &Sight, span: &Span)
    -> impl Future<Output = Result<Vec<TrafficCount>, StoreError>> + Send;
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

/// What is said of a complaint.
#[derive(Clone, Debug, PartialEq)]
pub enum Saying {
    /// It does not count.
    Exclude(Exclusion),
    /// A person should say whether it counts.
    Doubt(Exclusion),
    /// It counts after all.
    Restore,
    Label(Labelled),
}

/// Something to be said of a complaint.
#[derive(Clone, Debug, PartialEq)]
pub struct NewWord {
    pub of: Key,
    pub saying: Saying,
    /// In words.
    pub why: String,
    /// The account, or the rule.
    pub by: String,
    pub by_rule: bool,
}

/// Something that was said of a complaint.
#[derive(Clone, Debug, PartialEq)]
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
    /// Excluded, or not.
    pub excluded: Option<bool>,
    /// A person should look, or nobody need.
    pub doubted: Option<bool>,
    /// Belongs to a known ad, or to none.
    pub linked: Option<bool>,
    /// Whether it counts: a word of `governance::ccr::Standing`.
    pub standing: Option<String>,
    /// Money was paid back, or none.
    pub refunded: Option<bool>,
    /// Its user had converted by its ad before, on valid traffic, or not.
    pub converted: Option<bool>,
    /// Rules have looked at it, or not yet.
    pub heeded: Option<bool>,
    pub from: Option<DateTime<Utc>>,
    pub before: Option<DateTime<Utc>>,
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
    /// Whether its ad was imported or examined.
    pub known: bool,
    pub label: Option<Labelled>,
    /// Why it does not count, where somebody or a rule says so.
    pub excluded: Option<Exclusion>,
    /// Why a person should say whether it counts.
    pub doubted: Option<Exclusion>,
    /// When its user first converted by its ad, on valid traffic.
    pub converted_at: Option<DateTime<Utc>>,
    /// What was said is not kept any more.
    pub forgotten: bool,
    /// Whether it counts, and if not, why: a word of `governance::ccr::Standing`.
    pub standing: String,
}

impl ComplaintRow {
    pub fn key(&self) -> Key {
        Key { platform: self.complaint.platform.clone().unwrap_or_default(), id: self.complaint.id.clone() }
    }

    pub fn mark(&self) -> HeardMark {
        HeardMark { at: self.complaint.at, key: self.key() }
    }
}

/// A stretch of time, from one moment to before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

/// A complaint as far as it says whether it counts, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Complained {
    pub key: Key,
    pub at: DateTime<Utc>,
    pub user: Option<String>,
    /// None where it belongs to no ad, or to one that is not known.
    pub of: Option<AdOf>,
    /// None where nobody has labelled it.
    pub kind: Option<Kind>,
    pub excluded: bool,
    /// When its user first converted by its ad, on valid traffic.
    pub converted_at: Option<DateTime<Utc>>,
}

/// An ad, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AdOf {
    pub ad: String,
    pub platform: Option<String>,
    /// Its id on its platform.
    pub advertiser: Option<String>,
    pub trade: Option<String>,
}

/// Conversions by an ad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByAd {
    pub of: AdOf,
    pub valid: u64,
    pub invalid: u64,
}

/// A conversion, and of the click that it belongs by what says whether it is a person's.
#[derive(Clone, Debug, PartialEq)]
pub struct Converted {
    /// With the ad that it belongs to, and the click by which it does, whatever it named.
    pub conversion: Conversion,
    pub clicked_at: Option<DateTime<Utc>>,
    pub device: Option<String>,
    pub ip: Option<IpAddr>,
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
    /// Of another advertiser's ad, which is not in sight: neither the contact nor the ad is named.
    pub elsewhere: bool,
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

/// Implements both for a store that gives out transactions by `hearing`, and reads from `reading`.
macro_rules! hearing {
    ($store:ty, $database:ty) => {
        impl $crate::hearing::Hearing for $store {
            async fn take_touchpoints(&self, rows: &[Touchpoint], kept_for: TimeDelta) -> Result<Intake, StoreError> {
                self.intake_touchpoints(rows, kept_for).await
            }

            async fn take_conversions(&self, rows: &[Conversion]) -> Result<Intake, StoreError> {
                self.intake_conversions(rows).await
            }

            async fn take_complaints(&self, rows: &[Complaint], kept_for: TimeDelta) -> Result<Intake, StoreError> {
                self.intake_complaints(rows, kept_for).await
            }

            async fn say(&self, words: &[NewWord]) -> Result<u64, StoreError> {
                self.say_words(words).await
            }

            async fn heeded(&self, of: &[Key]) -> Result<(), StoreError> {
                self.heed(of).await
            }

            async fn mark_touchpoints(&self, marks: &[Mark]) -> Result<(), StoreError> {
                self.mark(
                    marks,
                    &["UPDATE touchpoints SET invalid = $3 WHERE platform = $1 AND id = $2", traffic::MARK_LED_TO],
                )
                .await
            }

            async fn mark_conversions(&self, marks: &[Mark]) -> Result<(), StoreError> {
                self.mark(marks, &["UPDATE conversions SET invalid = $3 WHERE platform = $1 AND id = $2"]).await
            }

            async fn clear_marks(&self, span: &Span) -> Result<(), StoreError> {
                self.unmark(span).await
            }

            async fn forget_heard(
                &self,
                at: DateTime<Utc>,
                addresses_before: DateTime<Utc>,
            ) -> Result<Forgotten, StoreError> {
                self.forget_over(at, addresses_before).await
            }

            async fn would_forget_heard(
                &self,
                at: DateTime<Utc>,
                addresses_before: DateTime<Utc>,
            ) -> Result<Forgotten, StoreError> {
                self.count_over(at, addresses_before).await
            }
        }

        impl $crate::hearing::Heard for $store {
            async fn complaints(
                &self,
                sight: &Sight,
                wanted: &WantedComplaints,
                behind: Option<&HeardMark>,
                most: u64,
            ) -> Result<Vec<ComplaintRow>, StoreError> {
                self.list_complaints(sight, wanted, behind, most).await
            }

            async fn complaints_named(&self, sight: &Sight, id: &str) -> Result<Vec<ComplaintRow>, StoreError> {
                self.find_complaints(sight, id).await
            }

            async fn words_of(&self, of: &Key) -> Result<Vec<Word>, StoreError> {
                self.words_said_of(of).await
            }

            async fn each_complaint(
                &self,
                sight: &Sight,
                ad: Option<&str>,
                span: &Span,
                take: &mut (dyn FnMut(Complained) + Send),
            ) -> Result<(), StoreError> {
                self.walk_complaints(sight, ad, span, take).await
            }

            async fn each_ad(
                &self,
                sight: &Sight,
                span: &Span,
                take: &mut (dyn FnMut(ByAd) + Send),
            ) -> Result<(), StoreError> {
                self.walk_ads(sight, span, take).await
            }

            async fn unheeded(&self, most: u64) -> Result<Vec<ComplaintRow>, StoreError> {
                self.list_unheeded(most).await
            }

            async fn each_path(
                &self,
                sight: &Sight,
                span: &Span,
                of: Ends,
                take: &mut (dyn FnMut(Way) + Send),
            ) -> Result<(), StoreError> {
                self.walk_paths(sight, span, of, take).await
            }

            async fn each_touchpoint(
                &self,
                sight: &Sight,
                span: &Span,
                take: &mut (dyn FnMut(Touchpoint) + Send),
            ) -> Result<(), StoreError> {
                self.walk_touchpoints(sight, span, take).await
            }

            async fn each_conversion(
                &self,
                sight: &Sight,
                span: &Span,
                take: &mut (dyn FnMut(Converted) + Send),
            ) -> Result<(), StoreError> {
                self.walk_conversions(sight, span, take).await
            }

            async fn traffic(&self, sight: &Sight, span: &Span) -> Result<Vec<TrafficCount>, StoreError> {
                self.count_traffic(sight, span).await
            }
        }

        hearing_intake!($store, $database);
        hearing_links!($store, $database);
        hearing_words!($store, $database);
        hearing_over!($store, $database);
        hearing_traffic!($store, $database);
        hearing_heard!($store, $database);
        hearing_ways!($store, $database);
    };
}

pub(crate) use hearing;

/// A moment as it is kept.
pub(crate) fn moment(at: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at).unwrap_or_default()
}
