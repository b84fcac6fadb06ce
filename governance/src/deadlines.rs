//! By when something has to be done, on the calendar of working days of China (`governance/data/calendar-cn.toml`).

use chrono::{DateTime, NaiveDate, Utc};
use model::complaint::Age;
use serde::{Deserialize, Serialize};

/// Which days are worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {}

/// Why a calendar cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    #[error("this calendar cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    #[error("the calendar of {year} {wrong}")]
    Wrong { year: i32, wrong: String },
}

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

impl Calendar {
    /// That of China.
    pub fn cn() -> Self {
        todo!()
    }

    /// That of a text like `governance/data/calendar-cn.toml`.
    pub fn read(text: &str) -> Result<Self, CalendarError> {
        let _ = text;
        todo!()
    }

    /// Whether a day is worked.
    pub fn is_worked(&self, day: NaiveDate) -> bool {
        let _ = day;
        todo!()
    }

    /// Whether a notice says which days of a year are worked.
    pub fn knows(&self, year: i32) -> bool {
        let _ = year;
        todo!()
    }

    /// The end of so many working days behind the day of a moment, on the clocks of Shanghai: that day itself does not count.
    pub fn working_days_after(&self, from: DateTime<Utc>, days: u32) -> Due {
        let _ = (from, days);
        todo!()
    }

    /// By when a complaint is to be settled: 5 working days for minors and the elderly, 7 for others.
    pub fn complaint_due(&self, heard: DateTime<Utc>, age: Option<Age>) -> Due {
        self.working_days_after(heard, if age.is_some_and(Age::is_protected) { 5 } else { 7 })
    }
}

/// By when a finding is to be decided: 72 hours, whatever day it is.
pub fn decision_due(detected: DateTime<Utc>) -> Due {
    Due { at: detected + chrono::TimeDelta::hours(72), provisional: false }
}

/// How something that is not done stands at a moment.
pub fn urgency(since: DateTime<Utc>, due: &Due, now: DateTime<Utc>) -> Urgency {
    if now >= due.at {
        Urgency::Overdue
    } else if (due.at - now) * 4 < due.at - since {
        Urgency::Soon
    } else {
        Urgency::Open
    }
}
