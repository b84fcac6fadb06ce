//! What a rate is made of: complaints that count, valid conversions, and the week that both are of.

use std::fmt;

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Complaints that count and valid conversions of one group in one span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub complaints: u64,
    pub conversions: u64,
}

impl Counts {
    /// Complaints by conversions; none where nothing converted. It can be above 1: who converted last week complains in this one.
    pub fn rate(self) -> Option<f64> {
        (self.conversions > 0).then(|| self.complaints as f64 / self.conversions as f64)
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.complaints += other.complaints;
        self.conversions += other.conversions;
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, one| {
            sum += one;
            sum
        })
    }
}

/// A week by ISO 8601, Monday to Sunday, of the place whose clocks it is told by: `2026-W05`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Week {
    /// The year of its Thursday, which at the turn of the year may be another than that of its Monday.
    pub year: i32,
    /// 1 to 53.
    pub week: u32,
}

impl Week {
    /// The week of a moment on the clocks of a place.
    pub fn of(at: DateTime<Utc>, place: Tz) -> Self {
        let week = at.with_timezone(&place).date_naive().iso_week();
        Self { year: week.year(), week: week.week() }
    }

    /// Its Monday.
    pub fn monday(self) -> Option<NaiveDate> {
        NaiveDate::from_isoywd_opt(self.year, self.week, Weekday::Mon)
    }

    /// The one after it.
    pub fn next(self) -> Option<Self> {
        let week = self.monday()?.checked_add_signed(TimeDelta::weeks(1))?.iso_week();
        Some(Self { year: week.year(), week: week.week() })
    }
}

/// What is no week: there are 52 or 53 in a year.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no week: write one as 2026-W47")]
pub struct NoWeek(String);

impl std::str::FromStr for Week {
    type Err = NoWeek;

    fn from_str(text: &str) -> Result<Self, NoWeek> {
        let read = || {
            let (year, week) = text.split_once("-W").filter(|parts| parts.0.len() == 4 && parts.1.len() == 2)?;
            let week = Self { year: year.parse().ok()?, week: week.parse().ok()? };
            week.monday().is_some().then_some(week)
        };
        read().ok_or_else(|| NoWeek(text.chars().take(20).collect()))
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-W{:02}", self.year, self.week)
    }
}
