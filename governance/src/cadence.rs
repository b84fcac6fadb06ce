//! When a sweep runs next: by the clock of a place, at a random minute, and what becomes of hours that a clock skips or repeats.
//!
//! A time of day that a clock skips is its first minute after the gap; one that it repeats counts once, the first time. What
//! is written as "every so many minutes" goes on through both.

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use model::sweep::Cadence;

use crate::chance::Chance;

/// Why a cadence cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CadenceError {
    #[error(
        "`{pattern}` is no cron pattern: {why}; write five fields, such as \"30 2 * * *\" for each night at half past two"
    )]
    Pattern { pattern: String, why: String },
    #[error("`{0}` is no time zone: write its IANA name, such as \"Asia/Shanghai\"")]
    TimeZone(String),
    #[error("the pattern `{0}` never comes: no such day is in the calendar")]
    Never(String),
    #[error(
        "a window of {window} minutes is longer than the {between} minutes from {from} to the next run: make it shorter"
    )]
    Window { window: u32, between: i64, from: DateTime<Utc> },
}

/// How many runs ahead windows are compared with: two years of nights, so that both changes of the clock are among them.
const COMPARED: usize = 730;

/// Whether a cadence can be kept, seen from a moment.
pub fn check(cadence: &Cadence, from: DateTime<Utc>) -> Result<(), CadenceError> {
    let Cadence::Cron { pattern, time_zone, window_minutes: window } = cadence else { return Ok(()) };
    let pattern = Pattern::read(pattern, time_zone)?;
    let mut before = pattern.behind(from)?;
    for _ in 0..COMPARED {
        let Ok(next) = pattern.behind(before) else { break };
        let between = (next - before).num_minutes();
        if i64::from(*window) > between {
            return Err(CadenceError::Window { window: *window, between, from: before });
        }
        before = next;
    }
    Ok(())
}

/// When a sweep that begins now runs first.
pub fn first(cadence: &Cadence, chance: &Chance, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, CadenceError> {
    match cadence {
        Cadence::Once { at } => Ok(Some(at.unwrap_or(now))),
        Cadence::Continuous => Ok(Some(now)),
        Cadence::Cron { .. } => next(cadence, chance, now),
    }
}

/// When it runs next after a moment; none when it does not.
///
/// Whoever asks late passes over what was missed: one round makes up for all of them.
pub fn next(cadence: &Cadence, chance: &Chance, after: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, CadenceError> {
    match cadence {
        Cadence::Once { at } => Ok(at.filter(|at| *at > after)),
        Cadence::Continuous => Ok(Some(hour_after(chance, after))),
        Cadence::Cron { pattern, time_zone, window_minutes } => {
            let pattern = Pattern::read(pattern, time_zone)?;
            // The window in which we are may still be open.
            let mut window =
                pattern.behind(after - TimeDelta::minutes(i64::from(*window_minutes)) - TimeDelta::minutes(1))?;
            loop {
                let minute = chance.below(*window_minutes, "minute of the window", window.timestamp());
                let run = window + TimeDelta::minutes(i64::from(minute));
                if run > after {
                    return Ok(Some(run));
                }
                window = pattern.behind(window)?;
            }
        }
    }
}

/// A random minute of the hour that comes next.
fn hour_after(chance: &Chance, after: DateTime<Utc>) -> DateTime<Utc> {
    let hour = after.with_minute(0).and_then(|at| at.with_second(0)).and_then(|at| at.with_nanosecond(0));
    let hour = hour.unwrap_or(after) + TimeDelta::hours(1);
    hour + TimeDelta::minutes(i64::from(chance.below(60, "minute of the hour", hour.timestamp())))
}

/// A pattern on the clocks of a place.
struct Pattern {
    cron: Cron,
    zone: Tz,
    written: String,
}

impl Pattern {
    fn read(pattern: &str, time_zone: &str) -> Result<Self, CadenceError> {
        let zone = time_zone.parse().map_err(|_| CadenceError::TimeZone(time_zone.to_owned()))?;
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron = parser
            .parse(pattern)
            .map_err(|error| CadenceError::Pattern { pattern: pattern.to_owned(), why: error.to_string() })?;
        Ok(Self { cron, zone, written: pattern.to_owned() })
    }

    /// When it comes next after a moment.
    fn behind(&self, at: DateTime<Utc>) -> Result<DateTime<Utc>, CadenceError> {
        let next = self.cron.find_next_occurrence(&at.with_timezone(&self.zone), false);
        next.map(|next| next.to_utc()).map_err(|_| CadenceError::Never(self.written.clone()))
    }
}

#[cfg(test)]
mod tests;
