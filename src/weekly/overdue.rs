//! Cases and complaints that were due in a week, and whether people did what was to be done in time.

use chrono::TimeDelta;
use console::documents::weekly::{Late, Overdue};
use console::told::local;
use governance::deadlines::{Calendar, Due, decision_due};
use model::account::Sight;
use model::complaint::Age;
use storage::weeks::{ComplainedThen, Examined, FoundThere};

use super::{Counted, Place, Placed, Span};

/// The longest way to a deadline: seven working days, around the longest holidays and the days that are worked for them.
const LONGEST_WAY: TimeDelta = TimeDelta::days(31);

/// When something was done is compared with when it was due, and not with now: counted later, it is the same.
pub(super) async fn overdue(
    store: &impl Counted,
    sight: &Sight,
    placed: Placed<'_>,
    span: Span,
) -> anyhow::Result<Overdue> {
    let mut overdue = Overdue::default();
    let mut late = Vec::new();
    // Whatever is due in the week was sealed so long before, or later where an earlier case had found it.
    let long = decision_due(span.from).at - span.from;
    let cases = store.examined(sight, span.from - long, span.until).await?;
    let is_ours =
        |case: &&Examined| !case.violations.is_empty() && placed.place(case.region.as_deref()) == Place::Within;
    for case in cases.iter().filter(is_ours) {
        let was_due: Vec<&FoundThere> = case.violations.iter().filter(|found| is_due(case, found, span)).collect();
        overdue.due += u64::from(!was_due.is_empty());
        if let Some(first) = was_due.into_iter().filter(|found| !in_time(found)).min_by_key(|found| found.found_since) {
            overdue.overdue += 1;
            let due = decision_due(first.found_since);
            late.push((due.at, late_case(case, first, due)));
        }
    }
    let calendar = Calendar::cn();
    for complaint in store.complained(sight, span.from - LONGEST_WAY, span.until).await? {
        let due = calendar.complaint_due(complaint.at, complaint.age);
        if !span.holds(due.at) || placed.place(complaint.region.as_deref()) != Place::Within {
            continue;
        }
        overdue.complaints_due += 1;
        if complaint.settled_at.is_none_or(|at| at >= due.at) {
            overdue.complaints_overdue += 1;
            late.push((due.at, late_complaint(complaint, due)));
        }
    }
    late.sort_by(|one, other| (one.0, &one.1.id).cmp(&(other.0, &other.1.id)));
    overdue.items = late.into_iter().map(|(_, item)| item).take(Overdue::LISTED).collect();
    Ok(overdue)
}

fn late_case(case: &Examined, found: &FoundThere, due: Due) -> Late {
    Late {
        kind: "decision",
        id: case.case_id.clone(),
        ad: Some(case.ad_id.clone()),
        platform: case.platform.clone(),
        advertiser: case.advertiser.clone(),
        protected: false,
        since: local(found.found_since),
        due_at: local(due.at),
        done_at: found.decided_at.map(local),
    }
}

fn late_complaint(complaint: ComplainedThen, due: Due) -> Late {
    Late {
        kind: "complaint",
        id: complaint.id,
        ad: complaint.ad,
        platform: complaint.platform,
        advertiser: complaint.advertiser,
        protected: complaint.age.is_some_and(Age::is_protected),
        since: local(complaint.at),
        due_at: local(due.at),
        done_at: complaint.settled_at.map(local),
    }
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
            gaps: false,
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
