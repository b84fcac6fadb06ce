//! What other systems are told: that an ad was examined, what was found, and what people decided.
//!
//! The form of it is a contract: fields are added, and none is renamed or taken away.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that happened, told to other systems once or more often.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// The same each time it is sent: whoever hears it twice heard of one thing.
    pub id: String,
    /// When it happened.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub timestamp: DateTime<Utc>,
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", content = "data", rename_all = "kebab-case")]
pub enum What {
    /// An ad was examined, and its case came out clean or violating.
    Done(Examined),
    /// An ad could not be examined whole: its case is inconclusive.
    Error(Examined),
    /// A violation was found in a case.
    Violation(Box<Found>),
    /// A person decided about a case or one of its violations.
    Decided(Decided),
}

impl What {
    /// All their words.
    pub const KINDS: [&str; 4] = ["done", "error", "violation", "decided"];

    /// The word by which it is asked for.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::Error(_) => "error",
            Self::Violation(_) => "violation",
            Self::Decided(_) => "decided",
        }
    }
}

/// The ad of a case, as it was when it was examined.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OfAd {
    /// The ad's id on its platform.
    pub ad_id: String,
    /// Where it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// The advertiser's id on its platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advertiser: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advertiser_name: Option<String>,
    /// The advertiser's trade, or the ad's declared category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// How a case came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Examined {
    pub case_id: String,
    #[serde(flatten)]
    pub ad: OfAd,
    /// `clean`, `violating` or `inconclusive`.
    pub verdict: String,
    /// Of its gravest violation: `S1` to `S4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// How many violations it has; each is told by an event of its own.
    pub violations: u64,
    /// Why something could not be seen, each reason once: `challenge-page`, `timeout`, ….
    pub gaps: Vec<String>,
    /// When the examination began; the event's own time is when it ended.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub opened_at: DateTime<Utc>,
}

/// A violation with its case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Found {
    pub case_id: String,
    #[serde(flatten)]
    pub ad: OfAd,
    #[serde(flatten)]
    pub violation: Told,
}

/// A violation in short, as the line of its case has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Told {
    /// Its place among the violations of its case, from 1.
    #[serde(default)]
    pub number: u64,
    pub check: String,
    pub rule: String,
    /// `<pack>@<version>`.
    pub pack: String,
    /// `S1` to `S4`.
    pub severity: String,
    /// `low`, `medium` or `high`.
    pub confidence: String,
    /// `next-level`, `deeper` or `platform`.
    pub scope: String,
    /// Instrument and clause.
    #[serde(default)]
    pub cite: Vec<String>,
    pub promised: Promised,
    pub delivered: Delivered,
}

/// Where the ad promises it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Promised {
    /// `title`, `description`, `cta`, `image`, `video`, `speech` or `click`.
    pub source: String,
    /// The words, cut where they are long.
    pub quote: String,
    /// Seconds of the video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_s: Option<f64>,
}

/// What was found on the way instead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Delivered {
    /// As whom it was seen.
    pub visitor: String,
    /// 1 is the landing page.
    pub level: u64,
    pub url: String,
    /// The words, cut where they are long.
    pub quote: String,
}

/// A decision with what it is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Decided {
    pub case_id: String,
    #[serde(flatten)]
    pub ad: OfAd,
    #[serde(flatten)]
    pub decision: Decision,
}

/// What a person decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// 1, 2, 3, … in the order of deciding.
    #[serde(rename = "decision_number")]
    pub number: u64,
    /// The number of the violation that it is about; none where it is about the whole case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub violation: Option<u64>,
    pub decision: Choice,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who decided, as they were named.
    pub by: String,
}

/// What can be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// It is as it was found.
    Confirm,
    /// It is not.
    Reject,
    /// It is to be looked at again.
    Again,
}

impl Choice {
    pub const ALL: [Self; 3] = [Self::Confirm, Self::Reject, Self::Again];

    pub fn word(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Reject => "reject",
            Self::Again => "again",
        }
    }
}
