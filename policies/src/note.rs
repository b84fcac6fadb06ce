//! Writes a violation down for a reader: what is wrong, why, and what to do. All words are the pack's.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write;

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};
use model::finding::Finding;
use model::violation::{FixOn, Note};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::pack::{Citation, Rule};
use crate::read::{PackError, Source, nearest};

mod clause;
mod facts;

/// The notes of one language: templates and the words for what machines call by ids.
#[derive(Debug)]
pub(crate) struct NoteBook {
    language: String,
    words: Words,
    environment: Environment<'static>,
    /// What the environment holds, for those who inherit it.
    templates: BTreeMap<String, String>,
    /// What each template speaks of, in order.
    speaks_of: BTreeMap<String, BTreeSet<String>>,
}

/// To whom a violation is told, and thus how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Depth {
    /// Everything.
    #[default]
    Platform,
    /// All that is needed to put it right, and nothing that teaches evasion.
    Advertiser,
    /// Facts and what the law says of them, as far as it was read.
    Regulator,
}

impl std::str::FromStr for Depth {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "platform" => Ok(Self::Platform),
            "advertiser" => Ok(Self::Advertiser),
            "regulator" => Ok(Self::Regulator),
            _ => Err(format!("`{word}` is none of platform, advertiser, regulator")),
        }
    }
}

/// What a note is about.
#[derive(Clone, Copy)]
pub(crate) struct Matter<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) finding: &'a Finding,
    pub(crate) cited: &'a [&'a Citation],
    /// The facts that the pack knows of.
    pub(crate) facts: &'a BTreeSet<String>,
    /// Those of them that the reader is not told.
    pub(crate) withheld: Option<&'a BTreeSet<String>>,
}

/// Something in a template that cannot be.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) message: String,
    pub(crate) nearest: Option<String>,
}

/// `notes/<language>.toml`
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    words: Option<Words>,
    /// Pieces that several notes include.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    parts: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    notes: BTreeMap<String, Texts>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Words {
    /// Opening and closing quotation marks, and the two that stand for them inside a quotation.
    quotes: [char; 4],
    /// Stands behind a citation that nobody has compared with the instrument's text.
    unverified: String,
    /// What each part of an ad is called.
    source: BTreeMap<String, String>,
}

/// A pack that inherits may leave out any of them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Texts {
    #[schemars(with = "Option<String>")]
    what: Option<Spanned<String>>,
    #[schemars(with = "Option<String>")]
    why: Option<Spanned<String>>,
    #[serde(rename = "do")]
    #[schemars(with = "Option<String>")]
    todo: Option<Spanned<String>>,
    /// A sentence for the ad that would put it right, in this language.
    #[schemars(with = "Option<String>")]
    ad: Option<Spanned<String>>,
    /// A sentence for the page that would put it right, in this language.
    #[schemars(with = "Option<String>")]
    page: Option<Spanned<String>>,
}

/// The notes of one file, each of which can be read by itself.
#[derive(Default)]
pub(crate) struct NoteFile {
    words: Option<Words>,
    templates: BTreeMap<String, String>,
}

impl NoteFile {
    pub(crate) fn read(source: Source<'_>) -> Result<Self, PackError> {
        let file: File = source.parse()?;
        let texts = file.notes.into_iter().flat_map(|(key, texts)| {
            let Texts { what, why, todo, ad, page } = texts;
            let sections = SECTIONS.into_iter().chain(WORDINGS).zip([what, why, todo, ad, page]);
            sections.filter_map(move |(section, text)| Some((name(&key, section), text?)))
        });
        let mut templates = BTreeMap::new();
        for (name, text) in file.parts.into_iter().chain(texts) {
            Environment::new().add_template(&name, text.get_ref()).map_err(|error| {
                let mut message = format!("template `{name}`: {}", error.kind());
                if let Some(detail) = error.detail() {
                    let _ = write!(message, ": {detail}");
                }
                source.error(text.span(), message, None)
            })?;
            templates.insert(name, text.into_inner());
        }
        Ok(Self { words: file.words, templates })
    }
}

const SECTIONS: [&str; 3] = ["what", "why", "do"];
const WORDINGS: [&str; 2] = ["ad", "page"];

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
    /// The notes of a pack: its own, and where it has none its parent's.
    pub(crate) fn of(own: NoteFile, parent: Option<&Self>, language: &str) -> Result<Self, Wrong> {
        let wrong = |message: String| Wrong { message, nearest: None };
        let words = own.words.or_else(|| parent.map(|parent| parent.words.clone()));
        let words = words.ok_or_else(|| wrong("it needs `[words]`, as no pack is inherited from".to_owned()))?;
        let mut templates = parent.map(|parent| parent.templates.clone()).unwrap_or_default();
        templates.extend(own.templates);
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_formatter(facts::print);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.add_filter("number", facts::number);
        environment.add_filter("listed", facts::listed);
        environment.add_filter("clause", clause::clause);
        environment.add_filter("without", clause::without);
        for (name, text) in &templates {
            if let Some(missing) = included(text).find(|part| !templates.contains_key(*part)) {
                let parts = templates.keys().filter(|name| !name.contains('/')).map(String::as_str);
                let message = format!("template `{name}` includes `{missing}`, which is no part");
                return Err(Wrong { message, nearest: nearest(missing, parts) });
            }
            environment
                .add_template_owned(name.clone(), text.clone())
                .map_err(|error| wrong(format!("template `{name}`: {error}")))?;
        }
        let names = environment
            .templates()
            .map(|(name, template)| (name.to_owned(), template.undeclared_variables(true).into_iter().collect()));
        let speaks_of = names.collect();
        Ok(Self { language: language.to_owned(), words, environment, templates, speaks_of })
    }

    /// The templates of a note as they are written: what, why, do.
    pub(crate) fn templates(&self, note: &str) -> Option<[&str; 3]> {
        let [what, why, todo] = SECTIONS.map(|section| self.templates.get(&name(note, section)).map(String::as_str));
        Some([what?, why?, todo?])
    }

    /// Whether this rule's note can be written: it is there, and speaks only of what there can be.
    pub(crate) fn check(&self, rule: &Rule, facts: &BTreeSet<String>) -> Result<(), Wrong> {
        let key = rule.note.get_ref();
        if let Some(section) = SECTIONS.into_iter().find(|section| !self.templates.contains_key(&name(key, section))) {
            let notes: BTreeSet<_> = self.templates.keys().filter_map(|name| Some(name.split_once('/')?.0)).collect();
            let there = notes.contains(key.as_str());
            let what = if there { format!("no `{section}` in the note `{key}`") } else { format!("no note `{key}`") };
            let message = format!("notes/{}.toml has {what}", self.language);
            return Err(Wrong { message, nearest: nearest(key, notes).filter(|_| !there) });
        }
        let params: HashSet<_> = rule.params.keys().map(|name| format!("params.{name}")).collect();
        let known =
            || NAMES.into_iter().chain(facts.iter().map(String::as_str)).chain(params.iter().map(String::as_str));
        for (template, names) in &self.speaks_of {
            let of_this_rule = template.split_once('/').is_none_or(|(note, _)| note == key);
            for name in names.iter().filter(|_| of_this_rule) {
                if !known().any(|known| known == name) {
                    let message = format!(
                        "template `{template}` in notes/{}.toml speaks of `{name}`, which there is not",
                        self.language
                    );
                    return Err(Wrong { message, nearest: nearest(name, known()) });
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

    /// A wording that would put it right; none where the note has none, or a fact for it is not there.
    pub(crate) fn wording(&self, matter: &Matter<'_>, on: FixOn) -> Option<String> {
        let section = match on {
            FixOn::Ad => "ad",
            FixOn::Page => "page",
        };
        let note = matter.rule.note.get_ref();
        self.templates.get(&name(note, section))?;
        let written = self.section(note, section, &self.context(matter)).ok()?;
        (!written.is_empty()).then_some(written)
    }

    fn section(&self, note: &str, section: &str, context: &Value) -> Result<String, minijinja::Error> {
        let written = self.environment.get_template(&name(note, section))?.render(context)?;
        Ok(facts::folded(&written))
    }

    fn context(&self, matter: &Matter<'_>) -> Value {
        let Matter { rule, finding, cited, facts, withheld } = *matter;
        let (promised, delivered) = (finding.promised(), finding.delivered());
        let seconds = |seconds: f64| format!("{seconds:.1}");
        let source = word(&promised.place.source);
        let cites: Vec<_> = cited.iter().map(|citation| self.cited(citation)).collect();
        let mut context: BTreeMap<String, Value> = facts
            .iter()
            .map(|name| {
                let told = withheld.is_none_or(|withheld| !withheld.contains(name));
                let fact = finding.facts().get(name).filter(|_| told);
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
                    (
                        "visitor",
                        withheld.map_or_else(|| Value::from(quote(&delivered.place.visitor)), |_| Value::from(())),
                    ),
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

/// The parts that a template includes by name.
fn included(text: &str) -> impl Iterator<Item = &str> {
    text.split("{%").skip(1).filter_map(|tag| {
        let named = tag.trim_start_matches('-').trim_start().strip_prefix("include")?.trim_start();
        let quote = named.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        named[1..].split(quote).next()
    })
}

fn name(note: &str, section: &str) -> String {
    format!("{note}/{section}")
}

/// The word by which an enum of the model is written.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
