//! Wordings that clear violations: each is put through the same checks on the same case before it is offered.

use std::collections::BTreeSet;

use model::case::Case;
use model::statement::Statement;
use model::violation::{Fix, FixOn, Remedy, Violation};
use policies::{Circumstances, Packs};

use change::{Draft, How};

mod change;

/// Changes that are tried for one violation.
const MOST_OF_ONE: usize = 4;
/// Changes that are tried for one case: each costs a comparison.
const MOST_OF_CASE: usize = 12;

/// What proves a wording: the words and the law by which the case was judged.
pub(crate) struct Proof<'a> {
    pub(crate) words: &'a checker::Words,
    pub(crate) packs: &'a Packs,
    /// Where an ad runs that does not say so.
    pub(crate) markets: &'a BTreeSet<String>,
}

impl Proof<'_> {
    /// Gives each violation of a judged case the wordings that were proven to clear it.
    pub(crate) fn offer(&self, case: &mut Case) {
        let mut violations = std::mem::take(&mut case.violations);
        let language = language(case);
        let worded = |violation: &Violation| !self.packs.wordings(violation, language).is_empty();
        // What a second opinion alone found the checks do not find: its rule stands nowhere here, and nothing can clear it.
        if violations.iter().any(worded)
            && let Some(judged) = self.judged(case.clone())
        {
            let before = judged.iter().flat_map(rules).collect();
            let mut tries = Tries { proof: self, case, language, before, left: MOST_OF_CASE };
            for violation in &mut violations {
                violation.fixes = tries.of(violation);
            }
        }
        case.violations = violations;
    }

    /// What the rules make of a case. None where a check failed: what was not compared proves nothing.
    fn judged(&self, mut case: Case) -> Option<Vec<Violation>> {
        for label in checker::labels(&case, self.words) {
            if !case.labels.contains(&label) {
                case.labels.push(label);
            }
        }
        let compared = checker::compare(&case, self.words);
        if !compared.gaps.is_empty() {
            return None;
        }
        let kinds = checker::kinds(&case, self.words);
        let circumstances = Circumstances { kinds, ..Circumstances::of(&case, self.markets) };
        Some(policies::judge(&compared.findings, self.packs, &circumstances))
    }
}

/// The changes that are tried on one case, one after the other.
struct Tries<'a> {
    proof: &'a Proof<'a>,
    case: &'a Case,
    language: &'static str,
    /// The rules that judge the case as it is.
    before: BTreeSet<String>,
    left: usize,
}

impl Tries<'_> {
    fn of(&mut self, violation: &Violation) -> Vec<Fix> {
        let mut left = MOST_OF_ONE;
        let wordings = self.proof.packs.wordings(violation, self.language);
        // Of the ways to use a wording the first suffices: they go from the least change to the greatest.
        let proven = |(on, text): (FixOn, String)| {
            hows(on, violation).iter().find_map(|how| self.tried(Draft::new(*how, text.clone()), violation, &mut left))
        };
        wordings.into_iter().filter_map(proven).collect()
    }

    /// The fix, if the draft clears the violation and brings none. While something is left to tell, it is told as well.
    fn tried(&mut self, mut draft: Draft, violation: &Violation, left: &mut usize) -> Option<Fix> {
        let wanted = rule(&violation.pack, &violation.rule);
        loop {
            let changed = draft.made_in(self.case, &violation.finding)?;
            *left = left.checked_sub(1)?;
            self.left = self.left.checked_sub(1)?;
            let judged = self.proof.judged(changed.case)?;
            let stands =
                |one: &&Violation| rules(one).iter().any(|rule| *rule == wanted || !self.before.contains(rule));
            let Some(standing) = judged.iter().find(stands) else {
                let after: BTreeSet<_> = judged.iter().flat_map(rules).collect();
                let clears: Vec<_> = self.before.difference(&after).cloned().collect();
                return clears.contains(&wanted).then(|| draft.fix(changed.instead_of, clears, self.language));
            };
            let more = self.proof.packs.wordings(standing, self.language);
            if !draft.tells_more(more) {
                return None;
            }
        }
    }
}

/// In which ways a wording is tried, the least change first.
fn hows(on: FixOn, violation: &Violation) -> &'static [How] {
    let remedy = violation.note.values().next().map(|note| note.remedy);
    let lacks_notice = violation.finding.facts().contains_key("missing_notice");
    match (on, remedy) {
        (FixOn::Ad, Some(Remedy::EditAd)) if !lacks_notice => &[How::Instead, How::WholeCopy],
        (FixOn::Ad, _) => &[How::Beside, How::Instead, How::WholeCopy],
        (FixOn::Page, Some(Remedy::EditAd)) => &[How::InPlace],
        (FixOn::Page, Some(Remedy::EditPage)) => &[How::Label, How::InPlace, How::AboveButton],
        (FixOn::Page, _) => &[How::AboveButton],
    }
}

/// The language in which the ad speaks; the page's where the ad says nothing.
fn language(case: &Case) -> &'static str {
    let is_chinese = |statement: &Statement| statement.text.contains(|c| matches!(c, '\u{3400}'..='\u{9fff}'));
    let on_pages = || case.pages.iter().flat_map(|page| &page.statements).any(is_chinese);
    let chinese = case.promised.iter().any(is_chinese) || (case.promised.is_empty() && on_pages());
    if chinese { "zh-CN" } else { "en" }
}

/// The rules that speak in a violation.
fn rules(violation: &Violation) -> Vec<String> {
    let others = violation.also_by.iter().map(|ruling| rule(&ruling.pack, &ruling.rule));
    others.chain([rule(&violation.pack, &violation.rule)]).collect()
}

/// `<pack>/<rule>`, whatever the pack's version: both sides are judged by the same.
fn rule(pack: &str, rule: &str) -> String {
    format!("{}/{rule}", pack.split('@').next().unwrap_or(pack))
}

#[cfg(test)]
mod tests;
