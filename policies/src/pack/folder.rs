//! Gathers a pack from its files.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Citation;
use super::schema::{Head, Library, Rule, Verification};
use crate::note::NoteBook;
use crate::read::{PackError, Source, nearest};

/// A pack's files.
#[derive(Clone, Copy)]
pub(super) struct Folder<'a> {
    pub(super) name: &'a str,
    pub(super) files: &'a BTreeMap<String, String>,
}

pub(super) struct LoadedLibrary {
    pub(super) citations: BTreeMap<String, Citation>,
    /// By instrument.
    pub(super) in_force: BTreeMap<String, NaiveDate>,
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

    pub(super) fn library(self) -> Result<LoadedLibrary, PackError> {
        let file = format!("{}/citations.toml", self.name);
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
            };
            citations.insert(id.into_inner(), citation);
        }
        let in_force =
            library.instruments.into_iter().filter_map(|(id, of)| of.in_force_from.map(|day| (id, day))).collect();
        Ok(LoadedLibrary { citations, in_force })
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
            rules.push(rule);
        }
        Ok(rules)
    }

    pub(super) fn notes(self, head: &Head, pack: Source<'_>) -> Result<BTreeMap<String, NoteBook>, PackError> {
        let mut notes = BTreeMap::new();
        for language in &head.languages {
            let file = format!("{}/notes/{}.toml", self.name, language.get_ref());
            let source = self
                .source(&file)
                .map_err(|error| pack.error(language.span(), format!("there is no {}", error.file), None))?;
            notes.insert(language.get_ref().clone(), NoteBook::load(source, language.get_ref())?);
        }
        Ok(notes)
    }
}
