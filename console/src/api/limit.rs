//! How many requests are answered: a bucket for each token, and for each address that comes with a wrong one.
//!
//! A bucket is full at first, and fills again evenly within a minute. It is kept in this process: of several `serve` each
//! counts for itself.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use chrono::{DateTime, Utc};

/// Milliseconds.
const MINUTE: u64 = 60_000;
/// Buckets that are kept; those that are full again are forgotten first, then those that are nearly so.
const MOST: usize = 10_000;

/// The buckets.
pub(crate) struct Limits {
    per_minute: u64,
    /// When each would be full, in milliseconds since 1970 times `per_minute`: in this unit one request is a [`MINUTE`].
    full_at: Mutex<HashMap<String, u128>>,
}

/// What is left in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    /// Whether this request may go on.
    pub(crate) goes_on: bool,
    per_minute: u64,
    left: u64,
    /// Until there is one more. Seconds.
    pub(crate) more_in_secs: u64,
}

impl Limits {
    pub(crate) fn new(per_minute: u64) -> Self {
        Self { per_minute: per_minute.max(1), full_at: Mutex::default() }
    }

    /// Whether something was taken out of a bucket before.
    pub(crate) fn knows(&self, bucket: &str) -> bool {
        self.all().contains_key(bucket)
    }

    /// What is left in a bucket; nothing is taken out of it.
    pub(crate) fn look(&self, bucket: &str, now: DateTime<Utc>) -> Left {
        let mut full_at = self.all().get(bucket).copied().unwrap_or_default();
        self.taken(&mut full_at, now)
    }

    /// Takes one request out of a bucket.
    pub(crate) fn take(&self, bucket: &str, now: DateTime<Utc>) -> Left {
        let mut all = self.all();
        if all.len() >= MOST && !all.contains_key(bucket) {
            let now = self.units(now);
            all.retain(|_, full_at| *full_at > now);
            // Then those that are fullest.
            if all.len() >= MOST {
                let mut kept: Vec<u128> = all.values().copied().collect();
                let (_, fuller, _) = kept.select_nth_unstable(MOST / 10);
                let fuller = *fuller;
                all.retain(|_, full_at| *full_at > fuller);
            }
        }
        self.taken(all.entry(bucket.to_owned()).or_default(), now)
    }

    /// Takes one request out of the bucket that is full at this time.
    fn taken(&self, full_at: &mut u128, now: DateTime<Utc>) -> Left {
        let (minute, per_minute) = (u128::from(MINUTE), u128::from(self.per_minute));
        let now = self.units(now);
        let most = now + minute * per_minute;
        // Never more than a minute's worth, even where a clock was set back.
        *full_at = (*full_at).clamp(now, most);
        let after = *full_at + minute;
        let goes_on = after <= most;
        if goes_on {
            *full_at = after;
        }
        let left = most.saturating_sub(*full_at) / minute;
        let missing = (*full_at + minute).saturating_sub(most);
        let more_in_secs = missing.div_ceil(per_minute).div_ceil(1_000);
        let whole = |number: u128| u64::try_from(number).unwrap_or(u64::MAX);
        Left { goes_on, per_minute: self.per_minute, left: whole(left), more_in_secs: whole(more_in_secs) }
    }

    /// Milliseconds since 1970 times `per_minute`.
    fn units(&self, now: DateTime<Utc>) -> u128 {
        u128::try_from(now.timestamp_millis()).unwrap_or_default() * u128::from(self.per_minute)
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, u128>> {
        self.full_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Left {
    /// As draft-ietf-httpapi-ratelimit-headers has it.
    pub(crate) fn tell(self, headers: &mut HeaderMap) {
        let told = [
            ("ratelimit-policy", format!("\"requests\";q={};w=60", self.per_minute)),
            ("ratelimit", format!("\"requests\";r={};t={}", self.left, self.more_in_secs)),
        ];
        for (name, value) in told {
            let value = HeaderValue::from_str(&value).expect("internal error: digits are a header");
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_800_000_000_000 + ms).expect("a moment")
    }

    #[test]
    fn a_bucket_is_emptied_and_fills_again() {
        let limits = Limits::new(3);
        let left = [(); 4].map(|()| limits.take("one", at(0)));
        assert_eq!(left.map(|left| left.goes_on), [true, true, true, false]);
        assert_eq!(left.map(|left| left.left), [2, 1, 0, 0]);
        assert_eq!(left[3].more_in_secs, 20, "a third of a minute");
        assert!(limits.take("another", at(0)).goes_on, "each has its own");
        assert!(!limits.take("one", at(19_999)).goes_on);
        assert!(limits.take("one", at(20_000)).goes_on);
        assert!(!limits.take("one", at(20_000)).goes_on);
        assert_eq!(limits.take("one", at(600_000)).left, 2, "full again, and no fuller");
    }

    #[test]
    fn a_clock_that_is_set_back_shuts_nobody_out() {
        let limits = Limits::new(60);
        limits.take("one", at(0));
        assert_eq!(limits.take("one", at(-86_400_000)).more_in_secs, 1);
    }

    #[test]
    fn no_more_buckets_are_kept_than_may_be() {
        let limits = Limits::new(1);
        for bucket in 0..MOST {
            limits.take(&bucket.to_string(), at(0));
        }
        limits.take("later", at(60_000));
        assert_eq!(limits.full_at.lock().expect("the lock").len(), 1);
        // And where none is full again.
        let limits = Limits::new(600);
        for bucket in 0..3 * MOST {
            limits.take("busy", at(0));
            limits.take(&bucket.to_string(), at(0));
            assert!(limits.full_at.lock().expect("the lock").len() <= MOST, "{bucket}");
        }
        assert!(!limits.take("busy", at(0)).goes_on, "one that was asked most is known longest");
        assert!(limits.knows("29999") && !limits.knows("0"));
    }

    #[test]
    fn who_looks_takes_nothing() {
        let limits = Limits::new(1);
        assert!(limits.look("one", at(0)).goes_on && limits.look("one", at(0)).goes_on && !limits.knows("one"));
        limits.take("one", at(0));
        assert!(!limits.look("one", at(0)).goes_on && limits.look("one", at(60_000)).goes_on);
    }

    #[test]
    fn what_is_left_is_told() {
        let mut headers = HeaderMap::new();
        Limits::new(600).take("one", at(0)).tell(&mut headers);
        assert_eq!(headers["ratelimit-policy"], "\"requests\";q=600;w=60");
        assert_eq!(headers["ratelimit"], "\"requests\";r=599;t=0");
    }
}
