//! A pack: the rules of one issuer, what they cite, and the notes they write. Data, checked when it is loaded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use include_dir::{Dir, include_dir};
use model::finding::{Finding, Scope};
use model::violation::Weighed;

use crate::circumstances::Circumstances;
use crate::modifier::Threshold;
use crate::note::NoteBook;
use crate::read::{PackError, embedded};

mod schema;
pub use schema::Basis;
use schema::{Head, Stage};
pub(crate) use schema::{Rule, day_of as day};

mod folder;
use folder::Folder;

mod fit;

mod packs;
pub use packs::{About, Judging, Packs, RuleView};

mod conflicts;
pub use conflicts::Conflict;

mod json_schema;
pub use json_schema::json_schema;

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/packs");

/// The packs that are compiled in, as texts by path.
pub fn built_in_files() -> BTreeMap<String, String> {
    embedded(&BUILT_IN)
}

/// A clause that rules rest on.
#[derive(Clone, Debug, PartialEq)]
pub struct Citation {
    /// `<instrument>#<clause>`.
    pub id: String,
    /// Instrument and clause by language, as one quotes them.
    pub title: BTreeMap<String, String>,
    /// By whom and under which number the instrument was issued, in its own language.
    pub issued: String,
    /// What the clause says in plain words, by language.
    pub clause: BTreeMap<String, String>,
    /// Whether it was read in the instrument or a copy of it; what is known from memory only is shown with a mark.
    pub verified: bool,
    /// First and last day of the instrument, where they are known.
    pub in_force: (Option<NaiveDate>, Option<NaiveDate>),
}

impl Citation {
    pub(crate) fn holds(&self, day: NaiveDate) -> bool {
        let (from, until) = self.in_force;
        from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until)
    }
}

/// One issuer's rules, with what it inherits.
#[derive(Debug)]
pub(crate) struct Pack {
    head: Head,
    /// Gravest first, then by id: the first that matches judges.
    rules: Vec<Rule>,
    citations: BTreeMap<String, Citation>,
    /// By language.
    notes: BTreeMap<String, NoteBook>,
}

/// A rule that concerns a finding, and what an audience's lower threshold has to do with it.
pub(crate) struct Concerned<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) lowered: Option<Weighed>,
}

impl Pack {
    fn load(folder: Folder<'_>, parent: Option<&Self>) -> Result<Self, PackError> {
        let mut head = folder.head()?;
        let mut citations = folder.citations()?;
        let mut rules = folder.rules()?;
        rules.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.id().cmp(b.id())));
        if let Some(parent) = parent {
            head.inherit(&parent.head);
            for (id, citation) in &parent.citations {
                citations.entry(id.clone()).or_insert_with(|| citation.clone());
            }
        }
        let notes = folder.notes(&head, |language| parent.and_then(|parent| parent.notes.get(language)))?;
        let pack = Self { head, rules, citations, notes };
        fit::check(&pack, folder)?;
        Ok(pack)
    }

    pub(crate) fn id(&self) -> &str {
        self.head.id.get_ref()
    }

    pub(crate) fn name(&self) -> String {
        format!("{}@{}", self.id(), self.head.version)
    }

    /// Whether this pack judges such ads at all.
    pub(crate) fn applies(&self, circumstances: &Circumstances) -> bool {
        let here = |market: &String| {
            if self.head.markets.is_empty() {
                *market == self.head.jurisdiction
            } else {
                self.head.markets.contains(market)
            }
        };
        let platforms = &self.head.platforms;
        circumstances.markets.iter().any(here)
            && (platforms.is_empty() || circumstances.platform.as_ref().is_some_and(|on| platforms.contains(on)))
            && self.head.effective_from <= self.day(circumstances.at)
    }

    /// The day of a moment where the pack's law holds.
    pub(crate) fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.head.utc_offset).date_naive()
    }

    /// The middle of a day where the pack's law holds.
    pub(crate) fn noon(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let noon = day.and_hms_opt(12, 0, 0)?.and_local_timezone(self.head.utc_offset).single()?;
        Some(noon.to_utc())
    }

    /// The first rule that is in force at that moment, concerns the finding, and is not replaced.
    pub(crate) fn rule_for(
        &self,
        finding: &Finding,
        circumstances: &Circumstances,
        replaced: impl Fn(&Rule) -> bool,
    ) -> Option<Concerned<'_>> {
        let day = self.day(circumstances.at);
        let judging = self.rules.iter().filter(|rule| rule.judges_on(day, circumstances.trial));
        judging.filter(|rule| !replaced(rule)).find_map(|rule| {
            let least = rule.when.min_confidence;
            let (least, lowered) = Threshold::lowered(&self.head.thresholds, finding, least, circumstances);
            rule.when.concerns(finding, least, circumstances).then_some(Concerned { rule, lowered })
        })
    }

    /// What a rule cites of a finding of this scope on that day, in order.
    pub(crate) fn cited(&self, rule: &Rule, scope: Scope, day: NaiveDate) -> Vec<&Citation> {
        rule.cites(scope).map(|id| self.citation(id.get_ref())).filter(|citation| citation.holds(day)).collect()
    }

    fn citation(&self, id: &str) -> &Citation {
        self.citations.get(id).expect("internal error: a loaded rule cites what the pack knows")
    }

    /// What makes a finding's violation graver or less grave.
    pub(crate) fn weigh(&self, finding: &Finding, all: &[Finding], circumstances: &Circumstances) -> Vec<Weighed> {
        self.head.modifiers.iter().filter_map(|modifier| modifier.weigh(finding, all, circumstances)).collect()
    }

    pub(crate) fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id() == id)
    }

    pub(crate) fn notes(&self) -> impl Iterator<Item = (&String, &NoteBook)> {
        self.notes.iter()
    }

    pub(crate) fn book(&self, language: &str) -> Option<&NoteBook> {
        self.notes.get(language)
    }

    pub(crate) fn facts(&self) -> &BTreeSet<String> {
        &self.head.facts
    }

    pub(crate) fn withheld(&self) -> &BTreeSet<String> {
        &self.head.withheld
    }
}

#[cfg(test)]
pub(crate) mod tests;
