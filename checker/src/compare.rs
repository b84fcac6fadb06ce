//! Runs every check over a case and brings what they found together.

use std::panic::{AssertUnwindSafe, catch_unwind};

use model::case::{Case, Gap, Step};
use model::finding::Finding;

use crate::checks::ALL;
use crate::side::Sides;
use crate::words::Words;

/// What the checks found, and which of them failed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compared {
    pub findings: Vec<Finding>,
    pub gaps: Vec<Gap>,
}

/// Compares the ad's promises with every page of the case. At most one finding a check: what other visitors saw alike
/// becomes a further place of it.
pub fn compare(case: &Case, words: &Words) -> Compared {
    let sides = Sides::read(case, words);
    let mut compared = Compared::default();
    for check in ALL {
        // A crash of one check costs that check only; the case is then inconclusive, not clean.
        match catch_unwind(AssertUnwindSafe(|| check.run(&sides))) {
            Ok(found) => compared.findings.extend(merged(found)),
            Err(_) => compared.gaps.push(Gap {
                step: Step::Compare,
                reason: "check-failed".into(),
                visitor: None,
                hop: None,
                retry: false,
                detail: format!("the check `{}` failed on this case; please report it with the evidence", check.id()),
            }),
        }
    }
    compared
}

/// The surest finding, with the delivered places of the others added.
fn merged(mut found: Vec<Finding>) -> Option<Finding> {
    let surest = (0..found.len()).max_by_key(|&at| (found[at].confidence(), std::cmp::Reverse(at)))?;
    let first = found.remove(surest);
    Some(found.into_iter().fold(first, |finding, other| finding.also(other.delivered().clone())))
}
