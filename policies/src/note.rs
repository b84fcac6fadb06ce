//! Writes a violation down for a reader: what is wrong, why, and what to do. All words are the pack's.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write;

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};
use model::finding::Finding;
use model::violation::Note;
use serde::Deserialize;
use toml::Spanned;

use crate::pack::{Citation, Rule};
use crate::read::{PackError, Source, nearest};

mod facts;

/// The notes of one language: templates and the words for what machines call by ids.
#[derive(Debug)]
pub(crate) struct NoteBook {
    language: String,
    words: Words,
    environment: Environment<'static>,
    notes: BTreeSet<String>,
}

/// What a note is about.
#[derive(Clone, Copy)]
pub(crate) struct Matter<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) finding: &'a Finding,
    pub(crate) cited: &'a [&'a Citation],
    /// The facts that the pack knows of.
    pub(crate) facts: &'a BTreeSet<String>,
}

/// Something in a template that cannot be.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) message: String,
    pub(crate) nearest: Option<String>,
}

/// `notes/<language>.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    words: Words,
    /// Pieces that several notes include.
    parts: BTreeMap<String, Spanned<String>>,
    notes: BTreeMap<String, Texts>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    /// Opening and closing quotation marks, and the two that stand for them inside a quotation.
    quotes: [char; 4],
    /// Stands behind a citation that nobody has compared with the instrument's text.
    unverified: String,
    /// What each part of an ad is called.
    source: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    what: Spanned<String>,
    why: Spanned<String>,
    #[serde(rename = "do")]
    todo: Spanned<String>,
}

const SECTIONS: [&str; 3] = ["what", "why", "do"];

/// What every template may speak of; the pack's facts come on top.
const NAMES: [&str; 13] = [
    "source",
    "source_name",
    "scope",
    "promised.quote",
    "promised.at",
    "delivered.quote",
    "delivered.at",
    "delivered.level",
    "delivered.hop",
    "delivered.url",
    "delivered.visitor",
    "cites",
    "params",
];

impl NoteBook {
    pub(crate) fn load(source: Source<'_>, language: &str) -> Result<Self, PackError> {
        let file: File = source.parse()?;
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_formatter(facts::print);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.add_filter("number", facts::number);
        environment.add_filter("listed", facts::listed);
        let notes: BTreeSet<_> = file.notes.keys().cloned().collect();
        let texts = file.notes.into_iter().flat_map(|(key, texts)| {
            let Texts { what, why, todo } = texts;
            SECTIONS.into_iter().zip([what, why, todo]).map(move |(section, text)| (name(&key, section), text))
        });
        for (name, text) in file.parts.into_iter().chain(texts) {
            let span = text.span();
            environment.add_template_owned(name.clone(), text.into_inner()).map_err(|error| {
                let mut message = format!("template `{name}`: {}", error.kind());
                if let Some(detail) = error.detail() {
                    let _ = write!(message, ": {detail}");
                }
                source.error(span, message, None)
            })?;
        }
        Ok(Self { language: language.to_owned(), words: file.words, environment, notes })
    }

    /// Whether this rule's note can be written: it is there, and speaks only of what there can be.
    pub(crate) fn check(&self, rule: &Rule, facts: &BTreeSet<String>) -> Result<(), Wrong> {
        let key = rule.note.get_ref();
        if !self.notes.contains(key) {
            let message = format!("notes/{}.toml has no note `{key}`", self.language);
            return Err(Wrong { message, nearest: nearest(key, self.notes.iter().map(String::as_str)) });
        }
        let params: HashSet<_> = rule.params.keys().map(|name| format!("params.{name}")).collect();
        let known =
            || NAMES.into_iter().chain(facts.iter().map(String::as_str)).chain(params.iter().map(String::as_str));
        for (template, used) in self.environment.templates() {
            let of_this_rule = template.split_once('/').is_none_or(|(note, _)| note == key);
            let mut names: Vec<_> = used.undeclared_variables(true).into_iter().collect();
            names.sort();
            for name in names.into_iter().filter(|_| of_this_rule) {
                if !known().any(|known| known == name) {
                    let message = format!(
                        "template `{template}` in notes/{}.toml speaks of `{name}`, which there is not",
                        self.language
                    );
                    return Err(Wrong { message, nearest: nearest(&name, known()) });
                }
            }
        }
        Ok(())
    }

    /// Writes the note. Should a template fail on a fact of an unforeseen kind, the quotations still stand.
    pub(crate) fn write(&self, matter: &Matter<'_>) -> Note {
        let context = self.context(matter);
        let [what, why, todo] = SECTIONS.map(|section| {
            self.section(matter.rule.note.get_ref(), section, &context).unwrap_or_else(|error| {
                let [open, close, ..] = self.words.quotes;
                let [promised, delivered] = [&matter.finding.promised().quote, &matter.finding.delivered().quote]
                    .map(|quote| facts::quoted(quote, self.words.quotes));
                format!("{open}{promised}{close} → {open}{delivered}{close} ({error})")
            })
        });
        Note { what, why, todo, remedy: matter.rule.remedy }
    }

    fn section(&self, note: &str, section: &str, context: &Value) -> Result<String, minijinja::Error> {
        let written = self.environment.get_template(&name(note, section))?.render(context)?;
        Ok(facts::folded(&written))
    }

    fn context(&self, matter: &Matter<'_>) -> Value {
        let Matter { rule, finding, cited, facts } = *matter;
        let (promised, delivered) = (finding.promised(), finding.delivered());
        let seconds = |seconds: f64| format!("{seconds:.1}");
        let source = word(&promised.place.source);
        let cites: Vec<_> = cited.iter().map(|citation| self.cited(citation)).collect();
        let mut context: BTreeMap<String, Value> = facts
            .iter()
            .map(|name| {
                let fact = finding.facts().get(name);
                (
                    name.clone(),
                    fact.map_or(Value::from(()), |fact| facts::told(fact, &self.language, self.words.quotes)),
                )
            })
            .collect();
        let quote = |text: &str| facts::quoted(text, self.words.quotes);
        let given = [
            ("source_name", Value::from(self.words.source.get(&source).unwrap_or(&source).as_str())),
            ("source", Value::from(source.as_str())),
            ("scope", Value::from(word(&finding.scope()))),
            ("cites", Value::from(cites)),
            ("params", Value::from(Serde(&rule.params))),
            (
                "promised",
                Value::from_pairs([
                    ("quote", Value::from(quote(&promised.quote))),
                    ("at", Value::from(promised.place.at_s.map(seconds))),
                ]),
            ),
            (
                "delivered",
                Value::from_pairs([
                    ("quote", Value::from(quote(&delivered.quote))),
                    ("at", Value::from(seconds(delivered.place.at_ms.0 as f64 / 1000.0))),
                    ("level", Value::from(delivered.place.level.0)),
                    ("hop", Value::from(delivered.place.hop)),
                    ("url", Value::from(quote(&delivered.place.url))),
                    ("visitor", Value::from(quote(&delivered.place.visitor))),
                ]),
            ),
        ];
        context.extend(given.map(|(name, value)| (name.to_owned(), value)));
        Value::from(context)
    }

    fn cited(&self, citation: &Citation) -> String {
        let title =
            citation.title.get(&self.language).or_else(|| citation.title.values().next()).unwrap_or(&citation.id);
        let mark = if citation.verified { "" } else { &self.words.unverified };
        format!("{title}{mark}")
    }
}

fn name(note: &str, section: &str) -> String {
    format!("{note}/{section}")
}

/// The word by which an enum of the model is written.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
