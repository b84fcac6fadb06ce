//! How long an event waits that did not come to its destination: twice as long each time, each a little otherwise.

use chrono::TimeDelta;
use governance::chance::Chance;
use storage::outbox::ToSend;

/// No wait is longer.
const LONGEST: TimeDelta = TimeDelta::hours(6);

/// How often it is tried, and when.
pub(super) struct Waiting {
    /// Before the second attempt.
    pub(super) first: TimeDelta,
    /// After so many it is dead.
    pub(super) attempts: u64,
}

impl Waiting {
    /// Between the attempt that just failed and the next one: from three quarters to five quarters of what doubling gives, so
    /// that what failed together does not come again together.
    pub(super) fn before_next(&self, destination: &str, event: &ToSend) -> TimeDelta {
        let doubled = 2_i32.pow(u32::try_from(event.attempts).unwrap_or(20).min(20));
        let wait = self.first.checked_mul(doubled).map_or(LONGEST, |wait| wait.min(LONGEST));
        let attempts = i64::try_from(event.attempts).unwrap_or(i64::MAX);
        let share = 0.75 + Chance::of(destination).unit(&event.event_id, attempts) / 2.0;
        TimeDelta::milliseconds((wait.num_milliseconds() as f64 * share) as i64)
    }

    /// Whether the attempt that just failed was the last.
    pub(super) fn is_enough(&self, event: &ToSend) -> bool {
        event.attempts + 1 >= self.attempts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, attempts: u64) -> ToSend {
        ToSend { event_id: id.into(), kind: "done".into(), body: "{}".into(), attempts }
    }

    #[test]
    fn each_wait_is_about_twice_as_long_and_none_is_longer_than_six_hours() {
        let waiting = Waiting { first: TimeDelta::seconds(10), attempts: 16 };
        for attempts in 0..40 {
            let doubled = TimeDelta::seconds(10 << attempts.min(20)).min(LONGEST);
            let wait = waiting.before_next("a", &event("e", attempts));
            assert!(wait >= doubled * 3 / 4 && wait <= doubled * 5 / 4, "{attempts}: {wait}");
        }
        assert_ne!(waiting.before_next("a", &event("e", 3)), waiting.before_next("a", &event("f", 3)));
        assert!(!waiting.is_enough(&event("e", 14)) && waiting.is_enough(&event("e", 15)));
    }
}
