//! Which days are worked: weekends are not, and notices say what else is not, and which weekends are.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate, Weekday};
use serde::Deserialize;

/// Which days are worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Days that notices speak of, with whether they are worked.
    days: BTreeMap<NaiveDate, bool>,
    years: BTreeSet<i32>,
}

/// Why a calendar cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    #[error("this calendar cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    #[error("the calendar of {year} {wrong}")]
    Wrong { year: i32, wrong: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    year: Vec<WrittenYear>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenYear {
    year: i32,
    notice: String,
    #[expect(dead_code, reason = "for people who look it up")]
    published: NaiveDate,
    #[expect(dead_code, reason = "for people who look it up")]
    url: String,
    holidays: Vec<Holiday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    name: String,
    from: NaiveDate,
    to: NaiveDate,
    worked: Vec<NaiveDate>,
}

/// No holiday of a notice is longer: a slip of the pen is.
const LONGEST: i64 = 14;

impl Calendar {
    /// That of China.
    ///
    /// # Panics
    ///
    /// Where the file that is built in is wrong, which a test holds.
    pub fn cn() -> Self {
        Self::read(include_str!("../../data/calendar-cn.toml")).expect("internal error: the built-in calendar is wrong")
    }

    /// That of a text like `governance/data/calendar-cn.toml`.
    pub fn read(text: &str) -> Result<Self, CalendarError> {
        let written: Written = toml::from_str(text)?;
        let mut calendar = Self { days: BTreeMap::new(), years: BTreeSet::new() };
        for year in written.year {
            let wrong = |wrong: String| CalendarError::Wrong { year: year.year, wrong };
            if !calendar.years.insert(year.year) {
                return Err(wrong("stands there twice".to_owned()));
            }
            if year.notice.trim().is_empty() {
                return Err(wrong("names no notice".to_owned()));
            }
            for holiday in &year.holidays {
                calendar.add(year.year, holiday).map_err(wrong)?;
            }
        }
        Ok(calendar)
    }

    fn add(&mut self, year: i32, holiday: &Holiday) -> Result<(), String> {
        let Holiday { name, from, to, worked } = holiday;
        let long = (*to - *from).num_days();
        if !(0..LONGEST).contains(&long) {
            return Err(format!("has {name} from {from} to {to}: write its first day before its last"));
        }
        if to.year() != year {
            return Err(format!("has {name} until {to}, which is of another year"));
        }
        if let Some(day) = worked.iter().find(|day| !is_weekend(**day)) {
            return Err(format!("has {day} worked for {name}, which is worked anyway: only weekends stand there"));
        }
        let off = from.iter_days().take_while(|day| day <= to).map(|day| (day, false));
        for (day, is_worked) in off.chain(worked.iter().map(|day| (*day, true))) {
            if self.days.insert(day, is_worked).is_some() {
                return Err(format!("speaks twice of {day}"));
            }
        }
        Ok(())
    }

    /// Whether a day is worked.
    pub fn is_worked(&self, day: NaiveDate) -> bool {
        self.days.get(&day).copied().unwrap_or(!is_weekend(day))
    }

    /// Whether a notice says which days of a year are worked.
    pub fn knows(&self, year: i32) -> bool {
        self.years.contains(&year)
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}
