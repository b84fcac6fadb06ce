//! Cases that were due in a week, and whether somebody decided them in time.

use console::documents::weekly::Overdue;
use governance::deadlines::decision_due;
use model::account::Sight;
use storage::weeks::{Examined, FoundThere};

use super::{Counted, Place, Placed, Span};

/// By when they were decided is compared with when they were due, and not with now: counted later, it is the same.
pub(super) async fn overdue(
    store: &impl Counted,
    sight: &Sight,
    placed: Placed<'_>,
    span: Span,
) -> anyhow::Result<Overdue> {
    // Whatever is due in the week was sealed so long before, or later where an earlier case had found it.
    let long = decision_due(span.from).at - span.from;
    let cases = store.examined(sight, span.from - long, span.until).await?;
    let is_ours =
        |case: &&Examined| !case.violations.is_empty() && placed.place(case.region.as_deref()) == Place::Within;
    let mut overdue = Overdue::default();
    for case in cases.iter().filter(is_ours) {
        let was_due: Vec<&FoundThere> = case.violations.iter().filter(|found| is_due(case, found, span)).collect();
        overdue.due += u64::from(!was_due.is_empty());
        overdue.overdue += u64::from(!was_due.into_iter().all(in_time));
    }
    Ok(overdue)
}

/// Whether it was to be decided in this case, and in this week. What another visit took the place of before it was due is decided there.
fn is_due(case: &Examined, found: &FoundThere, span: Span) -> bool {
    let due = decision_due(found.found_since).at;
    let was_left = case.superseded_at.is_some_and(|at| at <= due) && !in_time(found);
    span.holds(due) && case.sealed_at <= due && !was_left
}

fn in_time(found: &FoundThere) -> bool {
    found.decided_at.is_some_and(|at| at < decision_due(found.found_since).at)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use model::violation::Severity;

    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        span().from + TimeDelta::hours(hours)
    }

    fn span() -> Span {
        Span::of("2026-W47".parse().expect("a week")).expect("it is in the calendar")
    }

    fn found(since: i64, decided: Option<i64>) -> FoundThere {
        FoundThere {
            check: "price-mismatch".into(),
            severity: Severity::S2,
            promised_source: "title".into(),
            decision: None,
            found_since: at(since),
            decided_at: decided.map(at),
        }
    }

    fn case(sealed: i64, superseded: Option<i64>) -> Examined {
        Examined {
            case_id: "c".into(),
            ad_id: "a".into(),
            platform: None,
            advertiser: None,
            advertiser_name: None,
            trade: None,
            region: None,
            verdict: "violating".into(),
            sealed_at: at(sealed),
            superseded_at: superseded.map(at),
            violations: Vec::new(),
        }
    }

    #[test]
    fn a_finding_is_due_once_in_the_case_that_a_queue_shows_then() {
        let due = |case: &Examined, since, decided| is_due(case, &found(since, decided), span());
        assert!(due(&case(0, None), 0, None));
        assert!(!due(&case(-73, None), -73, None), "it was due before the week");
        assert!(!due(&case(0, Some(24)), 0, None), "another visit found it");
        assert!(due(&case(24, None), 0, None), "which is to be decided by when the first was");
        assert!(due(&case(0, Some(73)), 0, None), "it was overdue by then");
        assert!(due(&case(0, Some(24)), 0, Some(9)), "it was decided before");
        assert!(!due(&case(80, None), 0, None), "it was overdue in the case before");
    }

    #[test]
    fn a_finding_is_decided_in_time_by_its_own_clock() {
        assert!(in_time(&found(0, Some(71))));
        assert!(!in_time(&found(0, Some(72))));
        assert!(!in_time(&found(0, None)));
    }
}
