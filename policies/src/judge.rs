//! Findings in, violations out: by the rules in force at a moment.

use chrono::{DateTime, Utc};
use model::finding::Finding;
use model::violation::Violation;

use crate::note;
use crate::pack::{Pack, Packs};

mod overlap;

/// Judges each finding by each pack; within a pack the first rule that concerns it judges alone.
///
/// Violations come in the order of the findings, then of the packs. What rests on the same words as a graver one that its
/// rule names is told within that.
pub fn judge(findings: &[Finding], packs: &Packs, at: DateTime<Utc>) -> Vec<Violation> {
    let violations = findings.iter().flat_map(|finding| packs.iter().filter_map(move |pack| by(pack, finding, at)));
    overlap::told_once(violations.collect(), packs)
}

fn by(pack: &Pack, finding: &Finding, at: DateTime<Utc>) -> Option<Violation> {
    let rule = pack.rule_for(finding, at)?;
    let cite = rule.cites(finding.scope());
    let cited: Vec<_> = cite.iter().map(|id| pack.citation(id)).collect();
    let matter = note::Matter { rule, finding, cited: &cited, facts: pack.facts() };
    let notes = pack.notes().map(|(language, book)| (language.clone(), book.write(&matter)));
    Some(Violation {
        rule: rule.id.get_ref().clone(),
        pack: pack.name(),
        severity: rule.severity,
        scope: rule.scope.unwrap_or(finding.scope()),
        note: notes.collect(),
        cite,
        finding: finding.clone(),
        covers: Vec::new(),
    })
}

#[cfg(test)]
pub(crate) mod tests;
