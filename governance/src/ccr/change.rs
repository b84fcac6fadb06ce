//! When a rate has changed: a CUSUM of likelihood ratios (Page 1954) over weeks of any size.

use serde::{Deserialize, Serialize};

use super::Counts;

/// What is watched for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// Weeks at the beginning that say what is usual; nothing is alarmed within them.
    pub usual_weeks: usize,
    /// How many times the usual a rate is that is to be found; its inverse is found as well.
    pub times: f64,
    /// How likely a false alarm may be in a year without a change, each way.
    pub false_a_year: f64,
}

impl Default for Watch {
    fn default() -> Self {
        Self { usual_weeks: 8, times: 1.5, false_a_year: 0.05 }
    }
}

/// A change that was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Index of the first week with another rate, as far as it can be told.
    pub since: usize,
    /// Index of the week that gave the alarm.
    pub noticed: usize,
    pub from: f64,
    /// The rate of the weeks from `since` to `noticed`.
    pub to: f64,
}

/// The first change behind the usual weeks; none where there is none, or nothing is usual yet.
pub fn alarm(weeks: &[Counts], watch: &Watch) -> Option<Change> {
    let _ = (weeks, watch);
    todo!()
}
