//! The second look: what differed between visitors must differ again before anything is made of it.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use model::case::{Case, Gap, Step};

use crate::pipeline::{Kept, read_page};
use crate::tools::Tools;

/// Compares what the visitors of a case were shown. Where it differs, those concerned click once more, and only what
/// differs again, the same way, is marked as repeated.
///
/// The second visits leave their evidence, and nothing else: a case has one chain for each visitor. Their gaps are not
/// the case's, for the first look saw what there is to see.
pub(crate) async fn look_again(case: &mut Case, kept: &mut Kept, tools: &Arc<Tools>) {
    case.differences = compared(case, |case| checker::differences(case, &tools.words)).unwrap_or_default();
    let concerned: BTreeSet<_> = case.differences.iter().flat_map(|difference| &difference.visitors).cloned().collect();
    if concerned.is_empty() {
        return;
    }
    let mut again = Case::open(case.ad.clone(), case.ad_evidence, (tools.clock)());
    // The other way round: a server that deals out its variants in turn then deals each visitor another one.
    for visitor in tools.visitors.iter().rev().filter(|visitor| concerned.contains(*visitor)) {
        let mut visit = tools.crawler.visit(&case.ad, visitor).await;
        for evidence in &mut visit.evidence {
            evidence.what.push_str(", second look");
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
    if let Some(seen) = compared(case, |case| checker::seen_again(case, &again, &tools.words)) {
        case.differences = seen.differences;
        case.gaps.extend(seen.gaps);
    }
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
