//! The words of labels as data: `governance/data/labels.toml`.

use std::collections::BTreeMap;

use model::complaint::{Kind, Scenario};
use model::violation::Severity;
use serde::Deserialize;

use crate::words::Words;

/// The words with what they say, ready to be looked for.
#[derive(Debug)]
pub struct Labels {
    pub(super) matters: Vec<Matter>,
    /// By the number of the matter, with their weight.
    pub(super) words: Words<Vec<(usize, f64)>>,
    pub(super) scenarios: Words<(Scenario, f64)>,
    /// By the number of the set.
    pub(super) sets: Vec<Set>,
}

/// What stands in a text, or does not.
#[derive(Debug)]
pub(super) enum Set {
    Words(Words<()>),
    /// A quotation, whatever it says.
    Quoted,
}

/// Why a lexicon cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LabelsError {
    #[error("this lexicon cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    #[error("the matter `{matter}` {wrong}")]
    Wrong { matter: String, wrong: String },
}

/// The narrowest level of the path.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Matter {
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) group: String,
    pub(super) severity: Severity,
    pub(super) money: bool,
    pub(super) scenario: Option<Scenario>,
    words: ByWeight,
    #[serde(default, rename = "together")]
    written: Vec<WrittenTogether>,
    #[serde(skip)]
    pub(super) together: Vec<Together>,
}

/// Sets of which each has a word in a text that says so much.
#[derive(Clone, Debug)]
pub(super) struct Together {
    pub(super) sets: Vec<usize>,
    pub(super) weight: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTogether {
    sets: Vec<String>,
    weight: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    scenarios: BTreeMap<String, ByWeight>,
    #[serde(default)]
    sets: BTreeMap<String, Vec<String>>,
    matter: Vec<Matter>,
}

/// Words by how much they say: 1 to 3. Keys of TOML are texts.
type ByWeight = BTreeMap<String, Vec<String>>;

impl Labels {
    /// Those that are built in.
    ///
    /// # Panics
    ///
    /// Where the file that is built in is wrong, which a test holds.
    pub fn built_in() -> Self {
        Self::read(include_str!("../../data/labels.toml")).expect("internal error: the built-in labels are wrong")
    }

    /// Those of a text like `governance/data/labels.toml`.
    pub fn read(text: &str) -> Result<Self, LabelsError> {
        let Written { scenarios, sets, matter: mut matters } = toml::from_str(text)?;
        let quoted = "quoted".to_owned();
        let names: Vec<&String> = sets.keys().chain([&quoted]).collect();
        for matter in &mut matters {
            matter.together = matter.together(&names)?;
        }
        let mut words: BTreeMap<String, (String, Vec<(usize, f64)>)> = BTreeMap::new();
        for (number, matter) in matters.iter().enumerate() {
            for (word, weight) in weighed(&matter.id, &matter.words)? {
                // Words that are one in their normal form are one here as well.
                let normal = crate::noise::normal(&word);
                words.entry(normal).or_insert_with(|| (word, Vec::new())).1.push((number, weight));
            }
        }
        let mut of_scenarios = Vec::new();
        for (name, words) in &scenarios {
            let scenario = match name.as_str() {
                "goods" => Scenario::Goods,
                "virtual" => Scenario::Virtual,
                "service" => Scenario::Service,
                _ => return Err(wrong(name, "is no scenario: these are goods, virtual and service")),
            };
            of_scenarios.extend(weighed(name, words)?.into_iter().map(|(word, weight)| (word, (scenario, weight))));
        }
        let of_set = |words: Vec<String>| found(words.into_iter().map(|word| (word, ()))).map(Set::Words);
        let sets = sets.into_values().map(of_set).chain([Ok(Set::Quoted)]).collect::<Result<_, _>>()?;
        Ok(Self { matters, words: found(words.into_values())?, scenarios: found(of_scenarios)?, sets })
    }
}

impl Matter {
    fn together(&self, names: &[&String]) -> Result<Vec<Together>, LabelsError> {
        let number = |name: &String| {
            let number = names.iter().position(|known| *known == name);
            number.ok_or_else(|| wrong(&self.id, &format!("asks for words of `{name}`, which is no set")))
        };
        let together = |written: &WrittenTogether| {
            let sets = written.sets.iter().map(number).collect::<Result<_, _>>()?;
            Ok(Together { sets, weight: f64::from(written.weight) })
        };
        self.written.iter().map(together).collect()
    }
}

fn found<T>(words: impl IntoIterator<Item = (String, T)>) -> Result<Words<T>, LabelsError> {
    Words::new(words).map_err(|word| wrong(&word, "is a word of which nothing is left in its normal form"))
}

fn weighed(of: &str, words: &ByWeight) -> Result<Vec<(String, f64)>, LabelsError> {
    let mut told = Vec::new();
    for (weight, words) in words {
        let weight = match weight.as_str() {
            "1" => 1.0,
            "2" => 2.0,
            "3" => 3.0,
            _ => return Err(wrong(of, &format!("has words that weigh {weight}: write 1, 2 or 3"))),
        };
        told.extend(words.iter().map(|word| (word.clone(), weight)));
    }
    Ok(told)
}

fn wrong(matter: &str, wrong: &str) -> LabelsError {
    LabelsError::Wrong { matter: matter.to_owned(), wrong: wrong.to_owned() }
}
