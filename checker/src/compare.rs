//! Runs every check over a case and brings what they found together.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use model::case::{Case, Gap, Step};
use model::finding::{Confidence, Finding};

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
///
/// What shows only when words of the ad are guessed that were heard otherwise is never more than likely.
pub fn compare(case: &Case, words: &Words) -> Compared {
    let mut compared = checked(case, words);
    if case.promised.iter().any(|statement| !statement.normal.guesses.is_empty()) {
        let plain = checked(&as_heard(case), words).findings;
        let sure = |check: &str| plain.iter().find(|finding| finding.check() == check).map(Finding::confidence);
        compared.findings = (compared.findings.into_iter())
            .map(|finding| {
                let most = sure(finding.check()).map_or(Confidence::Medium, |sure| sure.max(Confidence::Medium));
                finding.at_most(most)
            })
            .collect();
    }
    compared
}

/// What the pages that were seen offer, by kind and by family.
pub fn kinds(case: &Case, words: &Words) -> BTreeSet<String> {
    /// Words of less weight together do not say what a page offers.
    const PLAIN: f64 = 0.8;
    let sides = Sides::read(case, words);
    let offered = sides.pages.iter().flat_map(|page| page.side.standings.iter());
    let plain = offered.filter(|standing| standing.score >= PLAIN);
    plain.flat_map(|standing| [standing.kind.0.clone(), standing.family.clone()]).collect()
}

/// The case with the words of its ad as they were heard.
fn as_heard(case: &Case) -> Case {
    let mut case = case.clone();
    for statement in &mut case.promised {
        statement.normal = statement.normal.without_guesses();
    }
    case
}

fn checked(case: &Case, words: &Words) -> Compared {
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
