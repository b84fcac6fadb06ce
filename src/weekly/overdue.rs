//! Cases that were due in a week, and whether somebody decided them in time.

use console::documents::weekly::Overdue;
use governance::deadlines::decision_due;
use model::account::Sight;
use storage::weeks::Examined;

use super::{Counted, Place, Placed, Span};

/// By when they were decided is compared with when they were due, and not with now: counted later, it is the same.
pub(super) async fn overdue(
    store: &impl Counted,
    sight: &Sight,
    placed: Placed<'_>,
    span: Span,
) -> anyhow::Result<Overdue> {
    // Whatever is due in the week was sealed as long before.
    let long = decision_due(span.from).at - span.from;
    let cases = store.examined(sight, span.from - long, span.until - long).await?;
    let is_ours =
        |case: &&Examined| !case.violations.is_empty() && placed.place(case.region.as_deref()) == Place::Within;
    let mut overdue = Overdue::default();
    for case in cases.iter().filter(is_ours) {
        overdue.due += 1;
        let in_time = case.first_decided_at.is_some_and(|at| at < decision_due(case.sealed_at).at);
        overdue.overdue += u64::from(!in_time);
    }
    Ok(overdue)
}
