//! By when something has to be done, on the calendar of working days of China (`governance/data/calendar-cn.toml`).

mod calendar;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;
use model::complaint::Age;
use serde::{Deserialize, Serialize};

pub use calendar::{Calendar, CalendarError};

/// A moment by which something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The end of it: at this moment it is overdue.
    pub at: DateTime<Utc>,
    /// A year that no notice is known of was counted by its weekends alone.
    pub provisional: bool,
}

/// How an item stands to its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    Open,
    /// Less than a quarter of its time is left.
    Soon,
    Overdue,
}

/// Of complaints by minors and the elderly. Working days.
const SHORT_WAY: u32 = 5;
/// Of others, as authorities have by 广告法 #53. Working days.
const USUAL_WAY: u32 = 7;
/// From detection to decision. Hours.
const DECISION: i64 = 72;
/// A deadline is this part of its time away when it is soon: one in four.
const SOON: i32 = 4;

impl Calendar {
    /// The end of so many working days behind the day of a moment, on the clocks of Shanghai: that day itself does not count.
    ///
    /// The last day is over at the midnight behind it.
    pub fn working_days_after(&self, from: DateTime<Utc>, days: u32) -> Due {
        let mut day = from.with_timezone(&Shanghai).date_naive();
        let (mut left, mut provisional) = (days, false);
        while left > 0 {
            day += TimeDelta::days(1);
            provisional |= !self.knows(day.year());
            left -= u32::from(self.is_worked(day));
        }
        Due { at: midnight_behind(day), provisional }
    }

    /// By when a complaint is to be settled: 5 working days for minors and the elderly, 7 for others.
    pub fn complaint_due(&self, heard: DateTime<Utc>, age: Option<Age>) -> Due {
        let short = age.is_some_and(Age::is_protected);
        self.working_days_after(heard, if short { SHORT_WAY } else { USUAL_WAY })
    }
}

/// By when a finding is to be decided: 72 hours, whatever day it is.
pub fn decision_due(detected: DateTime<Utc>) -> Due {
    Due { at: detected + TimeDelta::hours(DECISION), provisional: false }
}

/// What was found at this moment or before it, and nobody decided, is overdue.
pub fn overdue_since(now: DateTime<Utc>) -> DateTime<Utc> {
    now - TimeDelta::hours(DECISION)
}

/// How something that is not done stands at a moment; `since`: from when on its time counts.
pub fn urgency(since: DateTime<Utc>, due: &Due, now: DateTime<Utc>) -> Urgency {
    if now >= due.at {
        Urgency::Overdue
    } else if (due.at - now) * SOON < due.at - since {
        Urgency::Soon
    } else {
        Urgency::Open
    }
}

/// The midnight of Shanghai at which a day is over.
fn midnight_behind(day: NaiveDate) -> DateTime<Utc> {
    let midnight = (day + TimeDelta::days(1)).and_time(NaiveTime::MIN);
    // No clock of Shanghai has skipped a midnight since 1991; before, the hour of the winter stands.
    midnight
        .and_local_timezone(Shanghai)
        .earliest()
        .map_or_else(|| midnight.and_utc() - TimeDelta::hours(8), |at| at.to_utc())
}

#[cfg(test)]
mod tests;
