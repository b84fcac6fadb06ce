//! Findings in, violations out: by the rules in force at a moment.

use std::cmp::Reverse;

use model::finding::{Finding, Scope};
use model::violation::{Ruling, Violation};

use crate::circumstances::Circumstances;
use crate::note;
use crate::pack::{Pack, Packs};

mod overlap;

/// Judges each finding by each pack that applies; within a pack the first rule that concerns it judges alone.
///
/// What several packs say of one finding is one violation: a law speaks before a platform's own rule, the graver before the
/// less grave, and the others stand beside it. Violations come in the order of the findings. What rests on the same words as a
/// graver one that its rule names is told within that.
pub fn judge(findings: &[Finding], packs: &Packs, circumstances: &Circumstances) -> Vec<Violation> {
    let applying: Vec<_> = packs.iter().filter(|pack| pack.applies(circumstances)).collect();
    let violations = findings.iter().filter_map(|finding| {
        let by = |pack: &&Pack| by(pack, packs, finding, findings, circumstances);
        one_of(applying.iter().filter_map(by).collect())
    });
    overlap::told_once(violations.collect(), packs)
}

/// The violation that speaks for all.
fn one_of(mut all: Vec<Violation>) -> Option<Violation> {
    let rank = |violation: &Violation| (violation.scope == Scope::Platform, Reverse(violation.severity));
    all.sort_by_key(rank);
    let mut all = all.into_iter();
    let mut first = all.next()?;
    first.also_by = all
        .map(|Violation { pack, rule, severity, scope, cite, .. }| Ruling { pack, rule, severity, scope, cite })
        .collect();
    Some(first)
}

fn by(
    pack: &Pack,
    packs: &Packs,
    finding: &Finding,
    all: &[Finding],
    circumstances: &Circumstances,
) -> Option<Violation> {
    let replaced = |rule: &_| packs.is_replaced(pack, rule, circumstances);
    let concerned = pack.rule_for(finding, circumstances, replaced)?;
    let rule = concerned.rule;
    let cited = pack.cited(rule, finding.scope(), pack.day(circumstances.at));
    let matter = note::Matter { rule, finding, cited: &cited, facts: pack.facts(), withheld: None };
    let notes = pack.notes().map(|(language, book)| (language.clone(), book.write(&matter)));
    let weighed: Vec<_> = concerned.lowered.into_iter().chain(pack.weigh(finding, all, circumstances)).collect();
    let steps = weighed.iter().map(|one| i32::from(one.by)).sum();
    Some(Violation {
        rule: rule.id().to_owned(),
        pack: pack.name(),
        severity: rule.severity.moved(steps),
        weighed,
        scope: rule.scope.unwrap_or(finding.scope()),
        note: notes.collect(),
        cite: cited.iter().map(|citation| citation.id.clone()).collect(),
        finding: finding.clone(),
        covers: Vec::new(),
        also_by: Vec::new(),
        fixes: Vec::new(),
    })
}

#[cfg(test)]
pub(crate) mod tests;
