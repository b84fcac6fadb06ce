//! Where the clicks of ads lead, as far as they share it, and what was seen there over time.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::evidence::EvidenceId;

/// A click URL without what tells one click from another: ads with the same one are visited together.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Landing {
    pub id: LandingId,
    /// The click URL in its normal form; one that nobody can open stands here as it was written.
    pub url: String,
    /// The host that is asked first, with its port where that is not the usual one.
    pub host: String,
}

impl Landing {
    pub fn of(url: String, host: String) -> Self {
        Self { id: LandingId::of(&url), url, host }
    }
}

/// Names a landing: 32 hex digits of the SHA-256 of its URL, which may be longer than a database indexes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LandingId(String);

impl LandingId {
    const DIGITS: usize = 32;

    fn of(url: &str) -> Self {
        let mut hex = EvidenceId::of(url.as_bytes()).hex();
        hex.truncate(Self::DIGITS);
        Self(hex)
    }

    /// One that was written down before; none when it is no such name.
    pub fn written(text: &str) -> Option<Self> {
        let digits = text.len() == Self::DIGITS && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        digits.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LandingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known of a landing: what was seen there last, and as much of the past as says when to look again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Known {
    pub landing: Landing,
    pub added_at: DateTime<Utc>,
    /// When the first landing on its host was added.
    pub host_since: DateTime<Utc>,
    /// When a platform approved it, as its ads say.
    pub approved_at: Option<DateTime<Utc>>,
    /// When the first ad of its advertiser was imported; none where its ads do not say who advertises.
    pub advertiser_since: Option<DateTime<Utc>>,
    pub last: Option<Seen>,
    pub history: History,
    pub cost: Option<Cost>,
    /// When to look again, where its risk says.
    pub next_due: Option<DateTime<Utc>>,
    pub near: Near,
}

/// What was heard of a landing and of what is like it, and found there, beside what visits to it saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Near {
    pub here: Signs,
    /// Of other landings whose pages are made by the same template.
    pub template: Signs,
    /// Of other landings of its advertiser, and of those that are taken for the same.
    pub entity: Signs,
    /// Other landings whose last look saw the same page, by its fingerprint, and something that no ad may lead to.
    pub same_page_bad: u32,
}

/// What was heard and found lately. Each sign weighs 1 at first, and less from day to day: see [`Signs::weight`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Signs {
    /// Users who complained, each counted once a landing; what is excluded does not count.
    pub complaints: f64,
    /// Landings where something was found that no ad may lead to, and that nobody rejected: by when it was found last.
    pub violations: f64,
    /// Landings that were seen good: by when they were last.
    pub clean: f64,
}

impl Signs {
    /// Days after which a sign weighs nothing.
    pub const LAST_DAYS: i64 = 90;
    /// What is left of a complaint that a look found nothing of since: who shows us one thing may show others another.
    pub const ANSWERED: f64 = 0.5;

    /// What a sign of so many days weighs.
    pub fn weight(days: f64) -> f64 {
        (1.0 - days.max(0.0) / Self::LAST_DAYS as f64).max(0.0)
    }

    /// Without those that are counted in it already.
    pub fn without(self, own: Self) -> Self {
        let less = |all: f64, own: f64| (all - own).max(0.0);
        Self {
            complaints: less(self.complaints, own.complaints),
            violations: less(self.violations, own.violations),
            clean: less(self.clean, own.clean),
        }
    }
}

/// A page as it was at one moment, in as many words as it takes to tell whether it is another one now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub at: DateTime<Utc>,
    /// The fingerprint of the page that a person saw: what moves by itself is left out of it.
    pub page: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The fingerprint of the template that its landing page is made by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// SHA-256 of the document's body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Whether something was found that no ad may lead to.
    pub bad: bool,
    /// What the visit is kept as, which a cheap look may confirm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<EvidenceId>,
    /// The host where the click ended, with its port where that is not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Since when that host's certificate is valid; none over plain HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_from: Option<DateTime<Utc>>,
}

/// The past of a landing in a few numbers, whatever the count of looks. What is long past fades.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// Of all times.
    pub looks: u64,
    pub changes: u64,
    /// Hours between looks that saw the same page.
    pub quiet_hours: f64,
    /// Times between looks that saw another page, by their length: the binary logarithm of hours, twice; and how many.
    pub changed: BTreeMap<i8, f64>,
    /// Changes after which the page was good, and after which it was bad.
    pub good_changes: f64,
    pub bad_changes: f64,
    /// Fingerprints of the latest pages: one that comes back is no further change.
    pub pages: Vec<String>,
    pub last_good: Option<DateTime<Utc>>,
    /// Switches to a bad page, of all times, and the latest of them.
    pub switches: u32,
    pub switch: Option<Bracket>,
}

/// Between when and when a page went bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bracket {
    /// None when it was never seen good.
    pub last_good: Option<DateTime<Utc>>,
    pub first_bad: DateTime<Utc>,
    /// Looks since, which come close upon each other at first.
    pub looks_since: u32,
    /// When it was seen good again.
    pub good_again: Option<DateTime<Utc>>,
}

/// What one visit to a landing takes, by the mean of those that were measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    pub visits: u64,
    pub cpu_ms: f64,
    pub bytes: f64,
    /// From the click to the end.
    pub took_ms: f64,
}
