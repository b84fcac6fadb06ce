//! A scheduled round over a scope of ads, for given visitors, within a budget.

use chrono::{DateTime, NaiveDateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::landing::{Landing, LandingId, Seen};

/// What is looked at, how often, as whom, and for how much.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// Lower-case letters, digits and hyphens: it names its rounds and their jobs.
    pub name: String,
    pub scope: Scope,
    pub cadence: Cadence,
    /// Names of `[visitors.…]`.
    pub visitors: Vec<String>,
    /// Levels behind the landing page that are walked.
    pub depth: u8,
    /// Region and device of the workers that do it.
    pub pool: String,
    /// Of each round; of each day where it is continuous.
    pub budget: Budget,
    /// Larger goes first.
    pub priority: i32,
    pub state: SweepState,
    /// What its chance is drawn from: who does not know it cannot tell when it looks. Hex digits.
    pub secret: String,
    pub created_at: DateTime<Utc>,
    /// When its next round opens; none when there will be none.
    pub next_at: Option<DateTime<Utc>>,
}

/// Which ads: those for which everything holds that is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// The advertiser's id on its platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advertiser: Option<String>,
    /// The advertiser's trade, or the ad's declared category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trade: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// One ad. Those that are examined before they run are in no scope but this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ad: Option<String>,
    /// Of the landings of these, so many in a hundred, others each round; none for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<f64>,
}

/// When it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "snake_case", deny_unknown_fields)]
pub enum Cadence {
    /// One round, then or as soon as may be.
    Once {
        #[schemars(with = "Option<String>", extend("format" = "date-time"))]
        at: Option<DateTime<Utc>>,
    },
    /// A round whenever the pattern says so on the clocks of a time zone, at a random minute of the window that begins then.
    Cron { pattern: String, time_zone: String, window_minutes: u32 },
    /// Each landing as often as its risk asks for, and the budget of a day allows.
    Continuous,
}

/// What a round may cost; none where there is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_minutes: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SweepState {
    Running,
    /// Opens no round, and holds what waits of those that are open.
    Paused,
    Cancelled,
    /// Its only round is over.
    Done,
}

/// One run of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// The sweep's name and when it was due: `nightly.20261127T190500Z`.
    pub id: String,
    pub sweep: String,
    pub opened_at: DateTime<Utc>,
    pub state: RoundState,
    pub counts: RoundCounts,
    pub ended_at: Option<DateTime<Utc>>,
}

impl Round {
    /// The round of a sweep that was due then: whoever opens it, it is the same.
    pub fn name(sweep: &str, due: DateTime<Utc>) -> String {
        format!("{sweep}.{}", due.format(DUE))
    }

    /// When a round was due, by its name.
    pub fn due(id: &str) -> Option<DateTime<Utc>> {
        Some(NaiveDateTime::parse_from_str(id.rsplit_once('.')?.1, DUE).ok()?.and_utc())
    }

    /// Names the job of a round that looks at this landing.
    pub fn job(id: &str, landing: &LandingId) -> String {
        format!("{id}.{landing}")
    }

    /// The round of a job, by its name.
    pub fn of_job<'a>(job: &'a str, work: &Work) -> &'a str {
        job.split_once(&format!(".{}", work.landing.id)).map_or(job, |(round, _)| round)
    }
}

/// How a moment stands in the name of a round.
const DUE: &str = "%Y%m%dT%H%M%SZ";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RoundState {
    /// Its jobs are being made: if that is cut off, it is begun again and comes to the same.
    Opening,
    Open,
    Paused,
    Cancelled,
    Done,
}

/// How much a round is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundCounts {
    pub ads: u64,
    pub landings: u64,
    /// Landings that the budget did not allow, or that were not due; their ads are not counted above.
    pub left_out: u64,
    pub jobs: u64,
}

/// What a worker is to do for one landing of one round. What it does not know it leaves aside: workers may be older or newer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Work {
    pub landing: Landing,
    /// The first one's click is followed, another's each round; what is seen there is held against each.
    pub ads: Vec<String>,
    /// Whether more ads lead there than one job holds: when it is done, those with greater ids have one of their own.
    #[serde(default)]
    pub more: bool,
    /// The job whose look is held against these ads, in place of one of their own.
    #[serde(default)]
    pub look_of: Option<String>,
    pub visitors: Vec<String>,
    pub depth: u8,
    /// What was seen there last: where nothing has changed, a cheap look confirms it.
    #[serde(default)]
    pub last: Option<Seen>,
}
