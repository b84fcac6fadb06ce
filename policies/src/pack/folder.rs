//! Gathers a pack from its files.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::Citation;
use super::schema::{Head, Library, Rule, Verification};
use crate::note::{NoteBook, NoteFile};
use crate::read::{PackError, Source, nearest};

/// A pack's files.
#[derive(Clone, Copy)]
pub(super) struct Folder<'a> {
    pub(super) name: &'a str,
    pub(super) files: &'a BTreeMap<String, String>,
    /// The ids of checks that rules may name.
    pub(super) checks: &'a BTreeSet<&'a str>,
}

impl<'a> Folder<'a> {
    pub(super) fn source<'b>(&self, file: &'b str) -> Result<Source<'b>, PackError>
    where
        'a: 'b,
    {
        let missing = || PackError {
            file: file.to_owned(),
            line: 1,
            column: 1,
            message: "the pack needs this file".to_owned(),
            nearest: None,
        };
        self.files.get(file).map(|text| Source { file, text }).ok_or_else(missing)
    }

    fn file(self, below: &str) -> String {
        format!("{}/{below}", self.name)
    }

    pub(super) fn head(self) -> Result<Head, PackError> {
        let file = self.file("pack.toml");
        let source = self.source(&file)?;
        let head: Head = source.parse()?;
        if head.id.get_ref() != self.name {
            let message = format!("the id is `{}` and the folder `{}`: make them equal", head.id.get_ref(), self.name);
            return Err(source.error(head.id.span(), message, None));
        }
        for modifier in &head.modifiers {
            if modifier.when.none() {
                return Err(source.error(0..0, format!("the modifier `{}` has no condition", modifier.id), None));
            }
        }
        Ok(head)
    }

    /// The pack that this one inherits from.
    pub(super) fn parent(self) -> Result<Option<&'a str>, PackError> {
        let Some(named) = self.head()?.inherits else { return Ok(None) };
        let packs = self.files.keys().filter_map(|path| path.split_once('/')).map(|(pack, _)| pack);
        let packs: BTreeSet<_> = packs.collect();
        match packs.get(named.get_ref().as_str()) {
            Some(parent) => Ok(Some(parent)),
            None => Err(self.inherits_wrongly(&named, format!("there is no pack `{}`", named.get_ref()), packs)),
        }
    }

    /// Packs that inherit from each other in a ring have no beginning.
    pub(super) fn refuse_ring(self, heirs: &[&str], parent: &str) -> Result<(), PackError> {
        match (heirs.contains(&parent), self.head()?.inherits) {
            (true, Some(named)) => {
                let message = format!("the packs inherit in a ring: {} → {parent}", heirs.join(" → "));
                Err(self.inherits_wrongly(&named, message, []))
            }
            _ => Ok(()),
        }
    }

    fn inherits_wrongly<'b>(
        self,
        named: &Spanned<String>,
        message: String,
        known: impl IntoIterator<Item = &'b str>,
    ) -> PackError {
        let file = self.file("pack.toml");
        let text = self.files.get(&file).map_or("", String::as_str);
        Source { file: &file, text }.error(named.span(), message, nearest(named.get_ref(), known))
    }

    pub(super) fn citations(self) -> Result<BTreeMap<String, Citation>, PackError> {
        let file = self.file("citations.toml");
        let source = self.source(&file)?;
        let library: Library = source.parse()?;
        let mut citations = BTreeMap::new();
        for (id, clause) in library.citations {
            let instrument = id.get_ref().split('#').next().unwrap_or_default();
            let Some(of) = library.instruments.get(instrument) else {
                let known = library.instruments.keys().map(String::as_str);
                return Err(source.error(
                    id.span(),
                    format!("there is no instrument `{instrument}`"),
                    nearest(instrument, known),
                ));
            };
            let article = |language: &String| clause.article.get(language).cloned().unwrap_or_default();
            let title = of.title.iter().map(|(language, title)| (language.clone(), title.clone() + &article(language)));
            let citation = Citation {
                id: id.get_ref().clone(),
                title: title.collect(),
                issued: of.issued.clone(),
                clause: clause.clause,
                verified: clause.state != Verification::M,
                in_force: (of.in_force_from, of.in_force_until),
            };
            citations.insert(id.into_inner(), citation);
        }
        Ok(citations)
    }

    pub(super) fn rules(self) -> Result<Vec<Rule>, PackError> {
        let prefix = format!("{}/rules/", self.name);
        let mut rules = Vec::new();
        for (file, text) in self.files.range(prefix.clone()..) {
            let Some(id) = file.strip_prefix(&prefix) else { break };
            let Some(id) = id.strip_suffix(".toml") else { continue };
            let source = Source { file, text };
            let rule: Rule = source.parse()?;
            if rule.id.get_ref() != id {
                let message = format!("the id is `{}` and the file `{id}.toml`: make them equal", rule.id.get_ref());
                return Err(source.error(rule.id.span(), message, None));
            }
            for check in &rule.when.check {
                if !self.checks.contains(check.get_ref().as_str()) {
                    let message = format!("there is no check `{}`", check.get_ref());
                    let meant = nearest(check.get_ref(), self.checks.iter().copied());
                    return Err(source.error(check.span(), message, meant));
                }
            }
            if let Some(until) = rule.in_force.until.filter(|until| *until < rule.in_force.from) {
                let message = format!("it ends on {until}, before it begins on {}", rule.in_force.from);
                return Err(source.error(rule.id.span(), message, None));
            }
            rules.push(rule);
        }
        Ok(rules)
    }

    /// The notes of each language, with what `parent` has of them.
    pub(super) fn notes<'b>(
        self,
        head: &Head,
        parent: impl Fn(&str) -> Option<&'b NoteBook>,
    ) -> Result<BTreeMap<String, NoteBook>, PackError> {
        let pack_file = self.file("pack.toml");
        let pack = self.source(&pack_file)?;
        let mut notes = BTreeMap::new();
        for language in &head.languages {
            let inherited = parent(language.get_ref());
            let file = self.file(&format!("notes/{}.toml", language.get_ref()));
            let own = match self.source(&file) {
                Ok(source) => NoteFile::read(source)?,
                // A pack with nothing to say of its own says what its parent says.
                Err(_) if inherited.is_some() => NoteFile::default(),
                Err(error) => {
                    let message = format!("there is no {}", error.file);
                    return Err(pack.error(language.span(), message, None));
                }
            };
            let book = NoteBook::of(own, inherited, language.get_ref())
                .map_err(|wrong| pack.error(language.span(), format!("{file}: {}", wrong.message), wrong.nearest))?;
            notes.insert(language.get_ref().clone(), book);
        }
        Ok(notes)
    }
}
