//! Further looks: what differed between visitors must differ again before anything is made of it.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use model::case::{Case, Gap, Step};

use crate::pipeline::{Kept, read_page};
use crate::tools::{Looking, Tools};

/// Compares what the visitors of a case were shown. Where it differs, those concerned click again, twice if need be, and
/// only what differs each time, the same way, is marked as repeated.
///
/// They come one after the other, first in one order and then in the other: a server that deals out its variants in
/// turn then deals each visitor another one. The further visits leave their evidence, and nothing else: a case has one
/// chain for each visitor. Their gaps are not the case's, for the first look saw what there is to see.
pub(crate) async fn look_again(case: &mut Case, kept: &mut Kept, looking: &Looking, tools: &Arc<Tools>) {
    case.differences = compared(case, |case| checker::differences(case, &tools.words)).unwrap_or_default();
    let concerned: BTreeSet<_> = case.differences.iter().flat_map(|difference| &difference.visitors).cloned().collect();
    let mut order: Vec<_> = looking.visitors.iter().filter(|visitor| concerned.contains(*visitor)).collect();
    // What did not show again is not looked for a third time.
    let mut dismissed = Vec::new();
    for which in ["second look", "third look"] {
        if case.differences.is_empty() {
            break;
        }
        order.reverse();
        let again = look(case, &order, looking, (which, kept), tools).await;
        let Some(seen) = compared(case, |case| checker::seen_again(case, &again, &tools.words)) else { break };
        case.gaps.extend(seen.gaps);
        let (repeated, not): (Vec<_>, Vec<_>) = seen.differences.into_iter().partition(|one| one.repeated);
        case.differences = repeated;
        dismissed.extend(not);
    }
    case.differences.extend(dismissed);
}

/// The same click again as these visitors, one after the other.
async fn look(
    case: &Case,
    order: &[&String],
    looking: &Looking,
    (which, kept): (&str, &mut Kept),
    tools: &Arc<Tools>,
) -> Case {
    let mut again = Case::open(case.ad.clone(), case.ad_evidence, (tools.clock)());
    for visitor in order {
        let Looking { levels, until, pasted, .. } = looking;
        let mut visit = tools.crawler.visit_levels(&case.ad, visitor, *levels, *until, pasted.as_ref()).await;
        for evidence in &mut visit.evidence {
            evidence.what = format!("{}, {which}", evidence.what);
        }
        again.gaps.extend(visit.gaps);
        kept.keep_all(visit.evidence);
        again.chains.push(visit.chain);
        for snapshot in visit.snapshots {
            let read = read_page(snapshot, kept, tools).await;
            again.gaps.extend(read.gaps);
            again.pages.extend(read.page);
        }
    }
    again
}

/// A comparison that crashes on hostile input costs the comparison only; the case is then inconclusive, not clean.
fn compared<T>(case: &mut Case, compare: impl FnOnce(&Case) -> T) -> Option<T> {
    let compared = catch_unwind(AssertUnwindSafe(|| compare(case))).ok();
    if compared.is_none() {
        let detail = "comparing what the visitors were shown failed on this case; please report it with the evidence";
        case.gaps.push(Gap {
            step: Step::Compare,
            reason: "comparison-failed".into(),
            visitor: None,
            hop: None,
            retry: false,
            detail: detail.into(),
        });
    }
    compared
}
