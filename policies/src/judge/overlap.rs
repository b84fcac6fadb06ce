//! One fact is one violation: what rests on the same words as a graver violation is told within it.

use model::evidence::PagePlace;
use model::finding::{Exhibit, Finding};
use model::violation::Violation;

use crate::pack::Packs;

/// Facts by which checks name the sum of money that their finding is about.
const SUMS: [&str; 2] = ["fee", "delivered_price"];

/// Takes out each violation that is told within another one, which then names its check and its place.
///
/// What stands within something that itself stands within a third is told within the third.
pub(super) fn told_once(violations: Vec<Violation>, packs: &Packs) -> Vec<Violation> {
    let within: Vec<Option<usize>> = (violations.iter())
        .map(|one| {
            let holds = |rule: (String, String)| {
                let same = |other: &Violation| rulings(other).any(|(pack, id)| (pack, id) == (&*rule.0, &*rule.1));
                violations.iter().position(|other| same(other) && rest_on_the_same(&one.finding, &other.finding))
            };
            rulings(one).flat_map(|(pack, rule)| packs.wider(pack, rule)).find_map(holds)
        })
        .collect();
    let outermost = |mut at: usize| {
        // As many steps as there are violations: rules that name each other in a ring end it.
        for _ in 0..violations.len() {
            at = within[at].unwrap_or(at);
        }
        at
    };
    let homes: Vec<usize> = (0..violations.len()).map(outermost).collect();
    let mut told: Vec<Option<Violation>> = violations.into_iter().map(Some).collect();
    for (at, home) in homes.into_iter().enumerate() {
        if at == home {
            continue;
        }
        let Some(inner) = told[at].take() else { continue };
        match &mut told[home] {
            Some(outer) => {
                outer.covers.push(inner.finding.check().to_owned());
                if inner.finding.delivered() != outer.finding.delivered() {
                    outer.finding = outer.finding.clone().also(inner.finding.delivered().clone());
                }
            }
            // A ring: the one that was taken out first stands for nothing, so this one stays.
            none => *none = Some(inner),
        }
    }
    told.into_iter().flatten().collect()
}

/// The rules that stand behind a violation, as pack and rule.
fn rulings(violation: &Violation) -> impl Iterator<Item = (&str, &str)> {
    let others = violation.also_by.iter().map(|ruling| (&ruling.pack, &ruling.rule));
    let all = std::iter::once((&violation.pack, &violation.rule)).chain(others);
    all.map(|(pack, rule)| (pack.split('@').next().unwrap_or_default(), rule.as_str()))
}

/// Whether two findings are about the same words of a page, or the same sum of money on it.
fn rest_on_the_same(one: &Finding, other: &Finding) -> bool {
    let sums = |finding: &Finding| SUMS.iter().filter_map(|name| finding.facts().get(*name).cloned()).next();
    let same_sum = sums(one).is_some_and(|sum| sum.is_string() && Some(sum) == sums(other));
    same_page(&one.delivered().place, &other.delivered().place)
        && (same_sum || same_words(one.delivered(), other.delivered()))
}

fn same_page(one: &PagePlace, other: &PagePlace) -> bool {
    one.visitor == other.visitor && one.url == other.url
}

fn same_words(one: &Exhibit<PagePlace>, other: &Exhibit<PagePlace>) -> bool {
    one.quote == other.quote
        || one.place.area.zip(other.place.area).is_some_and(|(one, other)| one.contains(&other) || other.contains(&one))
}
