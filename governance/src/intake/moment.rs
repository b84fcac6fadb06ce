//! Moments as platforms write them.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::shown;

/// How far a clock of theirs may be ahead of ours.
pub const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// Nothing of what is told is older: 2000-01-01, 00:00 UTC. Seconds since 1970.
pub const EARLIEST: i64 = 946_684_800;

/// Forms without a zone.
const LOCAL: [&str; 7] = [
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
];

/// A moment that neither lies ahead nor before [`EARLIEST`], to the millisecond: by RFC 3339, as seconds or milliseconds since 1970,
/// or by the clocks of a place.
pub(super) fn of(text: &str, place: Tz, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    let at = read(text, place).ok_or_else(|| {
        format!(
            "`{}` is no moment: write 2026-11-20T08:30:00+08:00, 2026-11-20 08:30:00 (as clocks in {place} show) or seconds since 1970",
            shown(text)
        )
    })?;
    if at.timestamp() < EARLIEST {
        return Err(format!("`{}` is before 2000: is the clock right?", shown(text)));
    }
    if at > now + AHEAD {
        return Err(format!(
            "`{}` is still to come, by more than {} minutes: is the clock right?",
            shown(text),
            AHEAD.num_minutes()
        ));
    }
    DateTime::from_timestamp_millis(at.timestamp_millis()).ok_or_else(|| "is out of range".to_owned())
}

fn read(text: &str, place: Tz) -> Option<DateTime<Utc>> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        return match text.len() {
            9 | 10 => DateTime::from_timestamp(number, 0),
            12 | 13 => DateTime::from_timestamp_millis(number),
            _ => None,
        };
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    let local = LOCAL.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
    // What is twice on the clock in autumn is the first of the two.
    local.and_local_timezone(place).earliest().map(|at| at.to_utc())
}
