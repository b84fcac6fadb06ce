//! What is done about violations: the steps of a graded ladder.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::violation::Severity;

/// One step taken against an advertiser (or an account), and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    pub id: String,
    pub platform: Option<String>,
    pub advertiser: String,
    /// The ladder's id, and the step's on it: `platform` and `suspend`.
    pub ladder: String,
    pub step: String,
    pub severity: Severity,
    /// The cases it rests on.
    pub cases: Vec<String>,
    /// Why it is this step and no other, one sentence per reason.
    pub reasons: Vec<String>,
    pub proposed_at: DateTime<Utc>,
    pub state: MeasureState,
    /// The account that decided; none while it is proposed, or where the ladder's data lets a step stand by itself.
    pub by: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    /// When it ends by itself; none: never, or as long as nobody lifts it.
    pub until: Option<DateTime<Utc>>,
}

/// Where a measure stands. Each step can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MeasureState {
    Proposed,
    Taken,
    Refused,
    /// Taken back after an appeal.
    Lifted,
}

impl MeasureState {
    pub const ALL: [Self; 4] = [Self::Proposed, Self::Taken, Self::Refused, Self::Lifted];

    pub fn word(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Taken => "taken",
            Self::Refused => "refused",
            Self::Lifted => "lifted",
        }
    }

    /// What it may turn to from here.
    pub fn turns_to(self, next: Self) -> bool {
        matches!((self, next), (Self::Proposed, Self::Taken | Self::Refused) | (Self::Taken, Self::Lifted))
    }
}
