//! What a user said after the click.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One complaint as a platform heard it. Ids are unique within a platform: the same id again is the same complaint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Complaint {
    pub id: String,
    pub source: Source,
    pub at: DateTime<Utc>,
    pub text: String,
    /// A pseudonym: postlink is never told who somebody is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Where it is not given, the click or the user's conversion path says which ad was meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ad: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub click: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<Age>,
    /// Stars, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
    /// What was paid back, in hundredths of the currency's unit (fen).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refunded: Option<u64>,
}

/// Where a complaint was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    Comment,
    Report,
    Hotline,
    Rating,
    Refund,
}

/// The group of age that somebody belongs to, where a platform knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Age {
    Minor,
    Adult,
    Elderly,
}

impl Age {
    /// Whether such people have the short way: 5 working days instead of 7.
    pub fn is_protected(self) -> bool {
        self != Age::Adult
    }
}
