//! A pack: the rules of one issuer, what they cite, and the notes they write. Data, checked when it is loaded.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use include_dir::{Dir, include_dir};
use model::finding::{Confidence, Finding};
use model::violation::{Severity, Violation};
use toml::Spanned;

use crate::note::NoteBook;
use crate::read::{PackError, embedded, nearest};

mod schema;
use schema::Head;
pub(crate) use schema::Rule;

mod folder;
use folder::Folder;

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/packs");

/// The packs that are compiled in.
pub fn built_in() -> Result<Packs, PackError> {
    Packs::from_files(&embedded(&BUILT_IN))
}

/// Several packs, each of which judges for itself.
#[derive(Debug)]
pub struct Packs {
    packs: Vec<Pack>,
}

impl Packs {
    /// Loads packs from texts by path: `<pack>/pack.toml`, `<pack>/citations.toml`, `<pack>/rules/<id>.toml`,
    /// `<pack>/notes/<language>.toml`. Files named otherwise are left alone.
    pub fn from_files(files: &BTreeMap<String, String>) -> Result<Self, PackError> {
        let names: BTreeSet<_> = files.keys().filter_map(|path| path.split_once('/')).map(|(pack, _)| pack).collect();
        let packs = names.into_iter().map(|name| Pack::load(name, files)).collect::<Result<_, _>>()?;
        Ok(Self { packs })
    }

    /// Which packs these are.
    pub fn about(&self) -> Vec<About<'_>> {
        let packs = self.packs.iter();
        packs
            .map(|pack| About { name: pack.name(), title: &pack.head.title, jurisdiction: &pack.head.jurisdiction })
            .collect()
    }

    /// What the rule of a violation says is wrong, by language.
    pub fn rule_title(&self, pack: &str, rule: &str) -> Option<&BTreeMap<String, String>> {
        let pack = self.packs.iter().find(|known| known.name() == pack)?;
        pack.rules.iter().find(|known| known.id.get_ref() == rule).map(|rule| &rule.title)
    }

    /// The rules by which the findings of a check are judged, gravest first: pack, rule, severity, and what else it is set to.
    pub fn judging(&self, check: &str) -> Vec<Judging<'_>> {
        let rules = self.packs.iter().flat_map(|pack| pack.rules.iter().map(move |rule| (pack, rule)));
        rules
            .filter(|(_, rule)| rule.when.check.iter().any(|known| known == check))
            .map(|(pack, rule)| Judging {
                pack: pack.head.id.get_ref(),
                rule: rule.id.get_ref(),
                severity: rule.severity,
                min_confidence: rule.when.min_confidence,
            })
            .collect()
    }

    /// What a violation's `cite` names.
    pub fn citation(&self, id: &str) -> Option<&Citation> {
        self.packs.iter().find_map(|pack| pack.citations.get(id))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Pack> {
        self.packs.iter()
    }

    /// The rules within which a violation is told where they judge the same words.
    pub(crate) fn wider(&self, violation: &Violation) -> &[Spanned<String>] {
        let pack = self.packs.iter().find(|pack| pack.name() == violation.pack);
        let rule = pack.and_then(|pack| pack.rules.iter().find(|rule| *rule.id.get_ref() == violation.rule));
        rule.map_or(&[], |rule| rule.within.as_slice())
    }
}

/// A rule that judges a check's findings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judging<'a> {
    pub pack: &'a str,
    pub rule: &'a str,
    pub severity: Severity,
    /// Findings that are less sure are kept, and no violations.
    pub min_confidence: Confidence,
}

/// A pack as a reader wants to know it.
#[derive(Clone, Debug, PartialEq)]
pub struct About<'a> {
    /// `<pack>@<version>`, as in a violation.
    pub name: String,
    pub title: &'a BTreeMap<String, String>,
    /// ISO 3166 code of the country whose law it holds.
    pub jurisdiction: &'a str,
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
}

/// One issuer's rules.
#[derive(Debug)]
pub(crate) struct Pack {
    head: Head,
    /// Gravest first, then by id: the first that matches judges.
    rules: Vec<Rule>,
    citations: BTreeMap<String, Citation>,
    /// By language.
    notes: BTreeMap<String, NoteBook>,
}

impl Pack {
    fn load(name: &str, files: &BTreeMap<String, String>) -> Result<Self, PackError> {
        let folder = Folder { name, files };
        let file = format!("{name}/pack.toml");
        let source = folder.source(&file)?;
        let head: Head = source.parse()?;
        if head.id.get_ref() != name {
            let message = format!("the id is `{}` and the folder `{name}`: make them equal", head.id.get_ref());
            return Err(source.error(head.id.span(), message, None));
        }
        let library = folder.library()?;
        let mut rules = folder.rules()?;
        rules.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.id.get_ref().cmp(b.id.get_ref())));
        let notes = folder.notes(&head, source)?;
        let pack = Self { head, rules, citations: library.citations, notes };
        pack.check(folder, &library.in_force)?;
        Ok(pack)
    }

    pub(crate) fn name(&self) -> String {
        format!("{}@{}", self.head.id.get_ref(), self.head.version)
    }

    /// The first rule that is settled, in force at that moment, and concerns the finding.
    pub(crate) fn rule_for(&self, finding: &Finding, at: DateTime<Utc>) -> Option<&Rule> {
        let day = at.with_timezone(&self.head.utc_offset).date_naive();
        if day < self.head.effective_from {
            return None;
        }
        self.rules.iter().find(|rule| rule.judges_on(day) && rule.when.concerns(finding))
    }

    pub(crate) fn citation(&self, id: &str) -> &Citation {
        self.citations.get(id).expect("internal error: a loaded rule cites what the pack knows")
    }

    pub(crate) fn notes(&self) -> impl Iterator<Item = (&String, &NoteBook)> {
        self.notes.iter()
    }

    pub(crate) fn facts(&self) -> &BTreeSet<String> {
        &self.head.facts
    }

    #[cfg(test)]
    pub(crate) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// What no single file can know: that rules, citations and notes fit together.
    fn check(&self, folder: Folder<'_>, in_force: &BTreeMap<String, NaiveDate>) -> Result<(), PackError> {
        for rule in &self.rules {
            let file = format!("{}/rules/{}.toml", folder.name, rule.id.get_ref());
            let source = folder.source(&file)?;
            for cite in rule.cite.iter().chain(&rule.cite_next_level) {
                let id = cite.get_ref();
                if !self.citations.contains_key(id) {
                    let known = self.citations.keys().map(String::as_str);
                    return Err(source.error(cite.span(), format!("citations.toml has no `{id}`"), nearest(id, known)));
                }
                let instrument = id.split('#').next().unwrap_or(id);
                if let Some(day) = in_force.get(instrument).filter(|day| **day > rule.in_force.from) {
                    let message = format!("`{instrument}` is in force from {day} only, later than the rule");
                    return Err(source.error(cite.span(), message, None));
                }
            }
            let ids = || self.rules.iter().map(|rule| rule.id.get_ref().as_str());
            for wider in &rule.within {
                let id = wider.get_ref().as_str();
                if id == rule.id.get_ref() || !ids().any(|known| known == id) {
                    let message = format!("`{id}` is no other rule of this pack");
                    return Err(source.error(wider.span(), message, nearest(id, ids())));
                }
            }
            for book in self.notes.values() {
                book.check(rule, &self.head.facts)
                    .map_err(|wrong| source.error(rule.note.span(), wrong.message, wrong.nearest))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
