//! Ladders as data: `governance/data/ladders.toml`.

use std::collections::BTreeMap;

use model::violation::Severity;
use serde::Deserialize;

/// The ladders, by id: `platform` (警示教育 → 引导整改 → 暂停合作 → 平台清退) and `publisher` (1, 7, 15 days, for good).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladders {
    words: BTreeMap<Severity, Said>,
    reasons: BTreeMap<String, Said>,
    ladder: Vec<Ladder>,
}

/// By language.
type Said = BTreeMap<String, String>;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ladder {
    pub(super) id: String,
    /// Days.
    pub(super) window: u32,
    pub(super) often: usize,
    pub(super) most_up: usize,
    pub(super) people: Severity,
    first: BTreeMap<Severity, String>,
    highest: BTreeMap<Severity, String>,
    pub(super) steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    pub(super) id: String,
    pub(super) days: Option<u32>,
    pub(super) decide: bool,
    name: Said,
}

/// Why ladders cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LadderError {
    #[error("these ladders cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    #[error("the ladder `{ladder}` {wrong}")]
    Wrong { ladder: String, wrong: String },
    #[error("there is no ladder `{asked}`: these are {known}")]
    Unknown { asked: String, known: String },
}

const ALL: [Severity; 4] = [Severity::S1, Severity::S2, Severity::S3, Severity::S4];
const LANGUAGES: [&str; 2] = ["zh-CN", "en"];
/// Each sentence that a proposal can need.
const REASONS: [&str; 11] = [
    "first",
    "repeated",
    "often",
    "vulnerable",
    "evasion",
    "charged",
    "cheating-registration",
    "several-accounts",
    "most-up",
    "corrected-in-time",
    "highest",
];

impl Ladders {
    /// Those that are built in.
    ///
    /// # Panics
    ///
    /// Where the file that is built in is wrong, which a test holds.
    pub fn built_in() -> Self {
        Self::read(include_str!("../../data/ladders.toml")).expect("internal error: the built-in ladders are wrong")
    }

    /// Those of a text like `governance/data/ladders.toml`.
    pub fn read(text: &str) -> Result<Self, LadderError> {
        let ladders: Self = toml::from_str(text)?;
        let said = |said: Option<&Said>| {
            said.is_some_and(|said| LANGUAGES.iter().all(|language| said.contains_key(*language)))
        };
        let unsaid = REASONS.iter().find(|reason| !said(ladders.reasons.get(**reason)));
        if let Some(reason) = unsaid {
            return Err(wrong("reasons", format!("says `{reason}` not in both languages: write `zh-CN` and `en`")));
        }
        if let Some(severity) = ALL.iter().find(|severity| !said(ladders.words.get(severity))) {
            return Err(wrong("words", format!("says {severity:?} not in both languages: write `zh-CN` and `en`")));
        }
        ladders.ladder.iter().try_for_each(Ladder::check)?;
        Ok(ladders)
    }

    /// Their ids.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.ladder.iter().map(|ladder| ladder.id.as_str())
    }

    /// What a step is called; none where there is no such step.
    pub fn step_name(&self, ladder: &str, step: &str, language: &str) -> Option<&str> {
        let ladder = self.ladder.iter().find(|known| known.id == ladder)?;
        ladder.steps.iter().find(|known| known.id == step).map(|step| step.name(language))
    }

    pub(super) fn ladder(&self, asked: &str) -> Result<&Ladder, LadderError> {
        let found = self.ladder.iter().find(|known| known.id == asked);
        let known = || self.ids().collect::<Vec<_>>().join(", ");
        found.ok_or_else(|| LadderError::Unknown { asked: asked.to_owned(), known: known() })
    }

    /// A sentence with what stands in its braces.
    pub(super) fn reason(&self, id: &str, language: &str, with: &[(&str, &str)]) -> String {
        let text = self.reasons.get(id).map_or("", |said| spoken(said, language)).to_owned();
        with.iter().fold(text, |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// Names the accounts that several-accounts rests on. Whoever may not see those is not shown this reason.
    pub fn accounts(&self, accounts: &str, language: &str) -> String {
        self.reason("accounts", language, &[("accounts", accounts)])
    }

    /// Whether a reason names accounts of others, in whatever language it was written.
    pub fn names_others(&self, reason: &str) -> bool {
        let said =
            self.reasons.get("accounts").into_iter().flat_map(|said| ["zh-CN", "en"].map(|lang| spoken(said, lang)));
        said.filter_map(|text| text.split_once('{')).any(|(before, _)| reason.starts_with(before))
    }

    pub(super) fn word(&self, severity: Severity, language: &str) -> &str {
        self.words.get(&severity).map_or("", |said| spoken(said, language))
    }
}

impl Ladder {
    fn check(&self) -> Result<(), LadderError> {
        let wrong = |said: String| wrong(&self.id, said);
        let mut before = (0, 0);
        for severity in ALL {
            let at = |of: &BTreeMap<Severity, String>| {
                let step = of.get(&severity)?;
                self.steps.iter().position(|known| known.id == *step)
            };
            let (Some(first), Some(highest)) = (at(&self.first), at(&self.highest)) else {
                return Err(wrong(format!("has no first or no highest step for {severity:?}: name one of its steps")));
            };
            if first > highest || (first, highest) < before || first < before.0 || highest < before.1 {
                return Err(wrong(format!(
                    "is milder at {severity:?} than below it, or begins above its highest step"
                )));
            }
            before = (first, highest);
        }
        let named = |step: &&Step| LANGUAGES.iter().all(|language| step.name.contains_key(*language));
        match self.steps.iter().find(|step| !named(step)) {
            Some(step) => Err(wrong(format!("names the step `{}` not in both languages", step.id))),
            None => Ok(()),
        }
    }

    /// The place of a step; none where there is no such step (any more).
    pub(super) fn place(&self, step: &str) -> Option<usize> {
        self.steps.iter().position(|known| known.id == step)
    }

    pub(super) fn first(&self, severity: Severity) -> usize {
        self.first.get(&severity).and_then(|step| self.place(step)).unwrap_or_default()
    }

    pub(super) fn highest(&self, severity: Severity) -> usize {
        self.highest.get(&severity).and_then(|step| self.place(step)).unwrap_or_default()
    }
}

impl Step {
    pub(super) fn name(&self, language: &str) -> &str {
        spoken(&self.name, language)
    }
}

/// In the language, or in English where it is another one.
fn spoken<'a>(said: &'a Said, language: &str) -> &'a str {
    said.get(language).or_else(|| said.get("en")).map_or("", String::as_str)
}

fn wrong(ladder: &str, wrong: String) -> LadderError {
    LadderError::Wrong { ladder: ladder.to_owned(), wrong }
}
