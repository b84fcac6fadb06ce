//! Whether what differed differs again, when the same visitors click once more.

use std::collections::BTreeSet;

use model::case::{Case, Gap, Step};
use model::difference::{About, Difference};

use super::sight::Sight;
use super::{between, sights};
use crate::words::Words;

/// What a further look showed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Again {
    /// Those of the first look; what showed again, the same way, is `repeated`.
    pub differences: Vec<Difference>,
    /// Visitors for whom the look saw no page, so that a difference could be neither confirmed nor dismissed.
    pub gaps: Vec<Gap>,
}

/// Compares a further look with the first.
///
/// A difference is repeated when both visitors are shown the same of it again, and no visitor was shown something else
/// than the first time: a page that changes from look to look differs by chance, not by visitor. What does not show
/// again stays in the list without `repeated`, so that a reader sees that there was something, and that it was
/// looked for again; a shop that shows a thing to each newcomer once looks no different from chance.
pub fn seen_again(first: &Case, again: &Case, words: &Words) -> Again {
    let (before, after) = (sights(first, words), sights(again, words));
    let of = |sights: &'_ [Sight<'_>], visitor: &str| sights.iter().position(|sight| sight.visitor() == visitor);
    let mut unsteady: BTreeSet<About> = BTreeSet::new();
    for now in &after {
        if let Some(then) = of(&before, now.visitor()) {
            unsteady.extend(between(&before[then], now, words).into_iter().map(|difference| difference.about));
        }
    }
    let mut seen = Again::default();
    for mut difference in first.differences.iter().cloned() {
        difference.repeated = false;
        let [one, other] = difference.visitors.each_ref().map(|visitor| of(&after, visitor));
        let same = one.zip(other).and_then(|(one, other)| {
            let found = between(&after[one], &after[other], words);
            found.into_iter().find(|now| is_same(&difference, now))
        });
        if let Some(same) = same {
            difference.repeated = !unsteady.contains(&difference.about);
            difference.again = Some(same.places);
        }
        if !difference.repeated {
            for visitor in &difference.visitors {
                let lost = of(&before, visitor).is_some_and(|at| before[at].meaning.is_some())
                    && of(&after, visitor).is_none_or(|at| after[at].meaning.is_none());
                if lost && !seen.gaps.iter().any(|gap: &Gap| gap.visitor.as_ref() == Some(visitor)) {
                    seen.gaps.push(not_seen_again(visitor));
                }
            }
        }
        seen.differences.push(difference);
    }
    seen
}

/// The same matter, and something of what each side was shown is the same.
fn is_same(then: &Difference, now: &Difference) -> bool {
    let alike = |then: &[String], now: &[String]| {
        (then.is_empty() && now.is_empty()) || then.iter().any(|word| now.contains(word))
    };
    then.about == now.about && (0..2).all(|at| alike(&then.shown[at], &now.shown[at]))
}

fn not_seen_again(visitor: &str) -> Gap {
    Gap {
        step: Step::Compare,
        reason: "not-seen-again".into(),
        visitor: Some(visitor.to_owned()),
        hop: None,
        retry: true,
        detail: format!(
            "Visitors were shown different things, and at a further look {visitor} came to no page: whether it is so \
             each time is not known. Look again."
        ),
    }
}
