//! Whether a host told its visitor to come again later, or could not be seen at all.

use chrono::{DateTime, TimeDelta, Utc};
use model::snapshot::Part;
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
    let has_page =
        |visitor: &String| visited.pages.iter().any(|page| page.visitor == *visitor && page.part == Part::Landing);
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
fn retry_after(value: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(TimeDelta::seconds(seconds.into()));
    }
    Some(DateTime::parse_from_rfc2822(value).ok()?.to_utc() - now)
}

#[cfg(test)]
mod tests {
    use super::*;

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
