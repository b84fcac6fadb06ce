//! What a user said after the click.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::violation::Severity;

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

/// What is sold in what is complained about: goods 实物交易, virtual 虚拟履约 (memberships, credit, games), service 服务履约.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    Goods,
    Virtual,
    Service,
}

/// What a complaint is about: what the ad said, what was given for it, who was shown it how often, or none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Content,
    Fulfilment,
    Distribution,
    Other,
}

/// What a complaint says, by words of the lexicon or by a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Labelled {
    /// None where the text does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<Scenario>,
    pub kind: Kind,
    /// From the widest to the narrowest: scenario, kind, group, matter. `unknown` where a level is not known.
    pub path: [String; 4],
    pub severity: Severity,
    /// 0 to 1; 1 where a person said it. Below one half a person should read it.
    pub confidence: f64,
    /// The words that it rests on, in their normal form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
}

/// Why a complaint does not count. Whoever takes it back leaves it standing beside who did so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exclusion {
    /// The rule's id (`burst-template`, `coupon-hunting`, …); `person` where a person said so.
    pub rule: String,
    /// By language: `zh-CN`, `en`.
    pub why: BTreeMap<String, String>,
    /// What it rests on: words of the text, or ids of complaints that say the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rests_on: Vec<String>,
}
