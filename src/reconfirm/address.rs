//! Addresses as two visits to one landing have them in common.

use chrono::{DateTime, TimeDelta, Utc};
use crawler::source::landing::{self, Trackers};

/// How far a time in an address lies from the visit that it is of.
const NEAR: TimeDelta = TimeDelta::minutes(15);

/// How to read the addresses of a visit that was made then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address {
    pub(super) at: DateTime<Utc>,
}

impl Address {
    /// Without what tells one click from another, whoever's click it is, and without the time of it.
    pub(super) fn normal(self, url: &str) -> String {
        let url = landing::of(url, None, &Trackers::default()).url;
        let mut told = String::new();
        let mut rest = url.as_str();
        while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
            let (before, from) = rest.split_at(at);
            let (run, after) = from.split_at(from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len()));
            told.push_str(before);
            told.push_str(if self.is_time(run) { "{time}" } else { run });
            rest = after;
        }
        told + rest
    }

    /// Whether digits are the time of the visit, in seconds or in milliseconds since 1970.
    fn is_time(self, digits: &str) -> bool {
        let Ok(count) = digits.parse::<i64>() else { return false };
        let time = match digits.len() {
            10 => DateTime::from_timestamp(count, 0),
            13 => DateTime::from_timestamp_millis(count),
            _ => None,
        };
        time.is_some_and(|time| (time - self.at).abs() < NEAR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_click_is_no_part_of_where_it_leads_and_any_other_number_is() {
        let at = |seconds: i64| Address { at: DateTime::from_timestamp(seconds, 0).expect("a time") };
        let (then, now) = (at(1_795_819_720), at(1_795_919_738));
        let url = |ts: &str, id: &str| format!("http://a.test/c?id={id}&sent={ts}&gclid=x{ts}");
        let one = then.normal(&url("1795819720769", "1795919738"));
        assert_eq!(one, "http://a.test/c?id=1795919738&sent={time}");
        assert_eq!(one, then.normal(&url("1795819721", "1795919738")));
        assert_ne!(
            one,
            now.normal(&url("1795919738141", "1795819720")),
            "what is a time for one is an id for the other"
        );
        assert_ne!(then.normal(&url("1695819720769", "7")), now.normal(&url("1795919738141", "7")));
    }
}
