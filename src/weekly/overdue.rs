//! Cases and complaints that were due in a week, and whether people did what was to be done in time.

use chrono::TimeDelta;
use console::documents::weekly::{Late, Overdue};
use console::told::local;
use governance::deadlines::{Calendar, Due, decision_due};
use model::account::Sight;
use model::complaint::Age;
use storage::weeks::{ComplainedThen, Examined};

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
    // Whatever is due in the week was sealed as long before.
    let long = decision_due(span.from).at - span.from;
    let cases = store.examined(sight, span.from - long, span.until - long).await?;
    let is_ours =
        |case: &&Examined| !case.violations.is_empty() && placed.place(case.region.as_deref()) == Place::Within;
    for case in cases.iter().filter(is_ours) {
        overdue.due += 1;
        let due = decision_due(case.sealed_at);
        if case.first_decided_at.is_none_or(|at| at >= due.at) {
            overdue.overdue += 1;
            late.push((due.at, late_case(case, due)));
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

fn late_case(case: &Examined, due: Due) -> Late {
    Late {
        kind: "decision",
        id: case.case_id.clone(),
        ad: Some(case.ad_id.clone()),
        platform: case.platform.clone(),
        advertiser: case.advertiser.clone(),
        protected: false,
        since: local(case.sealed_at),
        due_at: local(due.at),
        done_at: case.first_decided_at.map(local),
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
