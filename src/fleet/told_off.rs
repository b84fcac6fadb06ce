//! Whether a host told its visitor to come again later, or could not be seen at all.

use chrono::{DateTime, TimeDelta, Utc};
use model::snapshot::Part;
use model::statement::Page;
use model::traffic::Traffic;

use crate::pipeline::Visited;
use crate::tools::Looking;

/// Why a look is to be taken again.
pub(super) struct Why {
    pub(super) reason: String,
    /// Whether the host is to blame, and not our own browser.
    pub(super) by_host: bool,
}

/// Reasons of gaps that our own machine gives.
const OUR_OWN: [&str; 3] = ["browser-failed", "browser-unwell", "no-picture"];

/// No longer than this, whatever it asks for.
const LONGEST: TimeDelta = TimeDelta::hours(6);

/// Why another attempt, later, may see what this one did not: some visitor came to no page.
pub(super) fn try_again(visited: &Visited, looking: &Looking) -> Option<Why> {
    let is_seen = |page: &Page| page.part == Part::Landing && page.status.is_none_or(|status| status < 400);
    let has_page = |visitor: &String| visited.pages.iter().any(|page| page.visitor == *visitor && is_seen(page));
    let without: Vec<_> = looking.visitors.iter().filter(|visitor| !has_page(visitor)).collect();
    let mut gaps = visited.gaps.iter().filter(|gap| gap.retry);
    let gap = gaps.find(|gap| gap.visitor.as_ref().is_none_or(|visitor| without.contains(&visitor)))?;
    let reason = format!("{}: {}", gap.reason, gap.detail);
    (!without.is_empty()).then(|| Why { reason, by_host: !OUR_OWN.contains(&gap.reason.as_str()) })
}

/// For how many milliseconds a host asked to be left alone.
pub(super) fn pause_ms(visited: &Visited, now: DateTime<Utc>) -> u64 {
    let traffic = visited.kept.all().filter(|evidence| evidence.what == "traffic");
    let asked = traffic.filter_map(|evidence| serde_json::from_slice::<Traffic>(evidence.bytes()).ok());
    let asked = asked.flat_map(|traffic| traffic.exchanges).filter_map(|exchange| {
        let answer =
            exchange.answer.filter(|answer| exchange.kind == "document" && matches!(answer.status, 429 | 503))?;
        answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after")).map(|(_, value)| value.clone())
    });
    let pause = asked.filter_map(|value| retry_after(&value, now)).max().unwrap_or_default();
    pause.clamp(TimeDelta::zero(), LONGEST).num_milliseconds().unsigned_abs()
}

/// RFC 9110, 10.2.3: seconds, or a moment.
pub(crate) fn retry_after(value: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(TimeDelta::seconds(seconds.into()));
    }
    Some(DateTime::parse_from_rfc2822(value).ok()?.to_utc() - now)
}

#[cfg(test)]
mod tests {
    use model::case::{Gap, Step};
    use model::evidence::Evidence;
    use serde_json::json;

    use super::*;
    use crate::pipeline::Kept;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    /// A visit that came to no page, with one document that was answered so.
    fn visited(status: u16, headers: serde_json::Value) -> Visited {
        let answer = json!({"protocol": "http/1.1", "status": status, "reason": "", "media_type": "text/html", "headers": headers});
        let exchange = json!({
            "by": "browser", "url": "http://a.test/", "method": "GET", "kind": "document", "at": now(), "at_ms": 0,
            "request_headers": [], "answer": answer,
        });
        let traffic = json!({"visitor": "v", "exchanges": [exchange]}).to_string();
        serde_json::from_str::<Traffic>(&traffic).unwrap();
        let mut kept = Kept::default();
        kept.keep_all(vec![Evidence::new("traffic", "application/json", traffic.into_bytes(), now())]);
        let (reason, detail) = ("error-status".into(), "answered with status 503".into());
        let gap = Gap { step: Step::Capture, reason, visitor: Some("v".into()), hop: Some(0), retry: true, detail };
        Visited {
            began: now(),
            ad_id: "a".into(),
            chains: Vec::new(),
            pages: Vec::new(),
            differences: Vec::new(),
            gaps: vec![gap],
            made_by: String::new(),
            kept,
        }
    }

    #[test]
    fn a_host_is_left_alone_for_as_long_as_it_asks_and_no_longer_than_hours() {
        let pause = |status, headers| pause_ms(&visited(status, headers), now());
        assert_eq!(pause(503, json!([["Retry-After", "90"]])), 90_000);
        assert_eq!(pause(429, json!([["retry-after", "999999999"]])), 6 * 3_600_000);
        assert_eq!(pause(200, json!([["retry-after", "90"]])), 0, "it did not refuse");
        assert_eq!(pause(503, json!([])), 0);
    }

    #[test]
    fn what_no_visitor_saw_is_looked_at_again_by_the_hosts_fault_or_our_own() {
        let looking = Looking { visitors: vec!["v".into()], levels: 0, until: None, pasted: None };
        let mut seen = visited(503, json!([]));
        let why = try_again(&seen, &looking).expect("nobody saw a page");
        assert!(why.by_host && why.reason.contains("503"), "{}", why.reason);
        seen.gaps[0].reason = "browser-failed".into();
        assert!(!try_again(&seen, &looking).expect("nobody saw a page").by_host);
        seen.gaps[0].retry = false;
        assert!(try_again(&seen, &looking).is_none(), "another attempt would see no more");
    }

    #[test]
    fn a_host_may_ask_in_seconds_or_by_a_moment() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        assert_eq!(retry_after(" 120 ", now), Some(TimeDelta::seconds(120)));
        let at = (now + TimeDelta::seconds(90)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        assert_eq!(retry_after(&at, now), Some(TimeDelta::seconds(90)));
        assert_eq!(retry_after("soon", now), None);
        assert_eq!(retry_after("-5", now), None);
    }
}
