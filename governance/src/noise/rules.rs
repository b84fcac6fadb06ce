//! Rules of noise as data: `governance/data/noise.toml`.

use std::collections::BTreeMap;

use model::complaint::Exclusion;
use serde::Deserialize;

use super::normal;
use crate::words::Words;

/// Words that make noise, and words that save a complaint from being taken for it.
#[derive(Debug)]
pub struct Rules {
    rules: Vec<Rule>,
    grievances: Words<()>,
}

/// Why rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    #[error("these rules cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    #[error("the rule `{rule}` {wrong}")]
    Wrong { rule: String, wrong: String },
}

#[derive(Debug)]
struct Rule {
    id: String,
    why: BTreeMap<String, String>,
    any: Words<()>,
    /// Words by the number of their group.
    groups: Words<usize>,
    many_groups: usize,
    share: f64,
    unless: Words<()>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    grievances: Vec<String>,
    rule: Vec<WrittenRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    id: String,
    why: BTreeMap<String, String>,
    any: Vec<String>,
    groups: Vec<Vec<String>>,
    share: f64,
    unless: Vec<String>,
}

/// What stands right before a word that is denied.
const DENIED: [&str; 8] = ["不是", "并非", "没有", "不算", "别当", "当成", "当作", "not"];

impl Rules {
    /// Those that are built in.
    ///
    /// # Panics
    ///
    /// Where the file that is built in is wrong, which a test holds.
    pub fn built_in() -> Self {
        Self::read(include_str!("../../data/noise.toml"))
            .expect("internal error: the built-in rules of noise are wrong")
    }

    /// Those of a text like `governance/data/noise.toml`.
    pub fn read(text: &str) -> Result<Self, RulesError> {
        let Written { grievances, rule } = toml::from_str(text)?;
        let rules = rule.into_iter().map(Rule::read).collect::<Result<_, _>>()?;
        Ok(Self { rules, grievances: words("grievances", grievances)? })
    }

    /// Whether a text in its normal form says that its user was charged, got nothing, or the like.
    pub(super) fn grieves(&self, normal: &str) -> bool {
        self.grievances.in_text(normal).next().is_some()
    }

    /// The first rule that holds for a text in its normal form.
    pub(super) fn noise(&self, normal: &str) -> Option<Exclusion> {
        self.rules.iter().find_map(|rule| {
            let rests_on = rule.rests_on(normal)?;
            Some(Exclusion { rule: rule.id.clone(), why: rule.why.clone(), rests_on })
        })
    }
}

impl Rule {
    fn read(written: WrittenRule) -> Result<Self, RulesError> {
        let WrittenRule { id, why, any, groups, share, unless } = written;
        let wrong = |wrong: &str| RulesError::Wrong { rule: id.clone(), wrong: wrong.to_owned() };
        if !["zh-CN", "en"].iter().all(|language| why.get(*language).is_some_and(|why| !why.is_empty())) {
            return Err(wrong("says not why in both languages: write `zh-CN` and `en`"));
        }
        if any.is_empty() && groups.is_empty() || groups.iter().any(Vec::is_empty) {
            return Err(wrong("has nothing to look for: write words into `any`, or into each of its `groups`"));
        }
        if !(0.0..=1.0).contains(&share) {
            return Err(wrong("has a share that is none: write one from 0 to 1"));
        }
        let many_groups = groups.len();
        let numbered =
            groups.into_iter().enumerate().flat_map(|(at, group)| group.into_iter().map(move |word| (word, at)));
        let groups = Words::new(numbered).map_err(|word| empty(&id, &word))?;
        Ok(Self { any: words(&id, any)?, groups, many_groups, share, unless: words(&id, unless)?, id, why })
    }

    /// The words that make a text noise; none where it is not.
    fn rests_on(&self, normal: &str) -> Option<Vec<String>> {
        if self.unless.in_text(normal).next().is_some() {
            return None;
        }
        let (mut found, mut covered) = (Vec::new(), 0);
        for hit in self.any.in_text(normal).filter(|hit| !denied(&normal[..hit.span.start])) {
            covered += hit.span.len();
            found.push(hit.word.to_owned());
        }
        if !found.is_empty() && covered as f64 >= self.share * normal.len() as f64 {
            found.sort();
            found.dedup();
            return Some(found);
        }
        let mut groups = vec![None; self.many_groups];
        for hit in self.groups.in_text(normal) {
            groups[*hit.means].get_or_insert_with(|| hit.word.to_owned());
        }
        (self.many_groups > 0).then(|| groups.into_iter().collect()).flatten()
    }
}

/// Whether what comes next is denied.
fn denied(before: &str) -> bool {
    DENIED.iter().any(|word| before.ends_with(word) || before.ends_with(&format!("{word}什么")))
}

fn words(rule: &str, words: Vec<String>) -> Result<Words<()>, RulesError> {
    Words::new(words.into_iter().map(|word| (word, ()))).map_err(|word| empty(rule, &word))
}

fn empty(rule: &str, word: &str) -> RulesError {
    let wrong = format!("has the word `{word}`, of which nothing is left in its normal form: `{}`", normal(word));
    RulesError::Wrong { rule: rule.to_owned(), wrong }
}
