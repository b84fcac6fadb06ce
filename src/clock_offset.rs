//! How far the clock that visits were timed by lies from those of the servers they met.
//!
//! Servers tell the second of their answer (`Date`). One of them may be wrong, and many are not: the median of the hosts
//! says whether our clock was right to a second or so. What stood in a cache tells the second of another answer.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use model::traffic::{Exchange, Traffic};
use serde::Serialize;
use url::Url;

/// Of the whole second that a server tells, the middle is nearest to when it told it.
const HALF_A_SECOND: i64 = 500;

/// What servers say of our clock, milliseconds: positive where they are ahead of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ClockOffset {
    pub(crate) median_ms: i64,
    pub(crate) least_ms: i64,
    pub(crate) most_ms: i64,
    pub(crate) hosts: usize,
}

impl ClockOffset {
    /// None where no server told its time.
    pub(crate) fn of<'a>(all: impl IntoIterator<Item = &'a Traffic>) -> Option<Self> {
        let mut by_host: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for exchange in all.into_iter().flat_map(|traffic| &traffic.exchanges) {
            if let Some((host, ahead)) = ahead(exchange) {
                by_host.entry(host).or_default().push(ahead);
            }
        }
        let mut hosts: Vec<i64> = by_host.into_values().map(median).collect();
        hosts.sort_unstable();
        let (least_ms, most_ms) = (*hosts.first()?, *hosts.last()?);
        Some(Self { hosts: hosts.len(), least_ms, most_ms, median_ms: median(hosts) })
    }

    /// `+0.2 s (−0.3 … +0.9 s, 5 hosts)`
    pub(crate) fn told(&self) -> String {
        let seconds = |ms: i64| format!("{:+.1}", ms as f64 / 1_000.0).replace('-', "−");
        let (median, least, most) = (seconds(self.median_ms), seconds(self.least_ms), seconds(self.most_ms));
        format!("{median} s ({least} … {most} s, {} HTTP Date)", self.hosts)
    }
}

/// The host, and how far its clock is ahead of ours.
fn ahead(exchange: &Exchange) -> Option<(String, i64)> {
    let answer = exchange.answer.as_ref().filter(|answer| !answer.service_worker)?;
    let header = |name: &str| {
        let found = answer.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    };
    if header("age").is_some() {
        return None;
    }
    let told: DateTime<Utc> = DateTime::parse_from_rfc2822(header("date")?).ok()?.to_utc();
    let ahead = told - exchange.at + TimeDelta::milliseconds(HALF_A_SECOND);
    let host = Url::parse(&exchange.url).ok()?.host_str()?.to_owned();
    Some((host, ahead.num_milliseconds()))
}

fn median(mut values: Vec<i64>) -> i64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn exchange(url: &str, at: &str, headers: serde_json::Value) -> Exchange {
        let answer = json!({"protocol": "http/1.1", "status": 200, "reason": "OK", "media_type": "text/html", "headers": headers});
        let exchange = json!({"by": "browser", "url": url, "method": "GET", "kind": "document", "at": at, "at_ms": 0, "request_headers": [], "answer": answer});
        serde_json::from_value(exchange).expect("an exchange")
    }

    fn of(exchanges: Vec<Exchange>) -> Option<ClockOffset> {
        ClockOffset::of([&Traffic { exchanges, ..Traffic::default() }])
    }

    #[test]
    fn one_server_whose_clock_is_wrong_moves_nothing() {
        let date = |second: u32| json!([["Date", format!("Fri, 27 Nov 2026 12:00:{second:02} GMT")]]);
        let at = "2026-11-27T12:00:10.300Z";
        let mut all = vec![
            exchange("https://a.test/", at, date(10)),
            exchange("https://b.test/", at, date(10)),
            exchange("https://wrong.test/", at, json!([["date", "Fri, 27 Nov 2026 18:00:00 GMT"]])),
        ];
        // Many answers of one host are one voice.
        all.extend(
            (0..9).map(|_| exchange("https://wrong.test/x", at, json!([["date", "Fri, 27 Nov 2026 18:00:00 GMT"]]))),
        );
        let offset = of(all).expect("three hosts");
        assert_eq!((offset.median_ms, offset.least_ms, offset.hosts), (200, 200, 3));
        assert_eq!(offset.told(), "+0.2 s (+0.2 … +21590.2 s, 3 HTTP Date)");
    }

    #[test]
    fn what_stood_in_a_cache_or_tells_no_time_says_nothing() {
        let at = "2026-11-27T12:00:10Z";
        let cached = json!([["Date", "Fri, 27 Nov 2026 11:00:00 GMT"], ["Age", "3610"]]);
        let none =
            [cached, json!([]), json!([["date", "soon"]])].map(|headers| exchange("https://a.test/", at, headers));
        assert_eq!(of(none.into()), None);
        let behind = of(vec![exchange(
            "https://a.test/",
            "2026-11-27T12:00:12Z",
            json!([["date", "Fri, 27 Nov 2026 12:00:10 GMT"]]),
        )]);
        assert_eq!(behind.expect("one").told(), "−1.5 s (−1.5 … −1.5 s, 1 HTTP Date)");
    }
}
