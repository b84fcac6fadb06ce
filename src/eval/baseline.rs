//! Two plain ways to guess at a mismatch, to measure the checks against.

use std::collections::BTreeSet;

use model::case::Case;
use model::snapshot::Part;

use super::score::{Examined, Tally};
use super::truth::Word;

/// Words of traps, as anyone would list them who never looked at how an ad tells a fee. By meaning: that something is paid
/// again, or a code asked for.
const TRAP_WORDS: [&str; 12] = [
    "元/月",
    "/月",
    "包月",
    "自动续",
    "次月起",
    "代扣",
    "信息费",
    "验证码",
    "资费",
    "per month",
    "/month",
    "auto-renew",
];

/// Says that an ad misleads when its pages hold a trap word and the ad itself holds none.
pub(crate) fn keywords(examined: &[&Examined]) -> Tally {
    tally(examined, |one| {
        let holds = |text: &str| TRAP_WORDS.iter().any(|word| text.contains(word));
        holds(&pages(&one.case)) && !holds(&ad(&one.case))
    })
}

/// Says that an ad misleads when too few of its pairs of characters stand on its pages.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Overlap {
    /// The least share, 0 to 1, of an ad that is believed.
    pub(crate) least: f64,
}

impl Overlap {
    /// The threshold with the best F1 on these.
    pub(crate) fn tuned_on(examined: &[&Examined]) -> Self {
        let shares: Vec<f64> = examined.iter().map(|one| overlap(&one.case)).collect();
        let candidates = shares.iter().map(|share| Self { least: share + 1e-9 });
        candidates.max_by(|a, b| f1(a, examined).total_cmp(&f1(b, examined))).unwrap_or(Self { least: 0.5 })
    }

    pub(crate) fn of(self, examined: &[&Examined]) -> Tally {
        tally(examined, |one| overlap(&one.case) < self.least)
    }
}

fn f1(overlap: &Overlap, examined: &[&Examined]) -> f64 {
    overlap.of(examined).f1().unwrap_or_default()
}

/// Only ads whose pages could be seen have a right answer here.
fn tally(examined: &[&Examined], misleads: impl Fn(&Examined) -> bool) -> Tally {
    let mut tally = Tally::default();
    for one in examined.iter().filter(|one| one.truth.verdict != Word::Inconclusive) {
        tally.add(misleads(one), one.truth.verdict == Word::Violating);
    }
    tally
}

fn overlap(case: &Case) -> f64 {
    let (said, shown) = (pairs(&ad(case)), pairs(&pages(case)));
    said.intersection(&shown).count() as f64 / said.len().max(1) as f64
}

fn pairs(text: &str) -> BTreeSet<(char, char)> {
    let plain: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    plain.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

fn ad(case: &Case) -> String {
    case.promised.iter().map(|statement| statement.normal.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn pages(case: &Case) -> String {
    let pages = case.pages.iter().filter(|page| matches!(page.part, Part::Landing | Part::Next));
    let statements = pages.flat_map(|page| &page.statements);
    statements.map(|statement| statement.normal.text.as_str()).collect::<Vec<_>>().join("\n")
}
