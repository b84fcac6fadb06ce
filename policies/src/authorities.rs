//! To whom clues are handed over, on which clauses, and where everybody can report.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::documents::State;
use crate::read::{PackError, Source};

/// An authority, and the clauses that a hand-over to it rests on.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    pub id: String,
    /// By language.
    pub name: BTreeMap<String, String>,
    pub basis: Vec<Rests>,
}

/// A clause that a hand-over rests on.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rests {
    /// `<instrument>#<clause>`
    pub id: String,
    /// By language.
    pub title: BTreeMap<String, String>,
    /// What it says, by language.
    pub clause: BTreeMap<String, String>,
    state: State,
}

impl Rests {
    /// Whether it was read in the instrument or a copy of it.
    pub fn verified(&self) -> bool {
        self.state != State::M
    }
}

/// Where anybody reports unlawful content.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entrance {
    /// By language.
    pub name: BTreeMap<String, String>,
    pub url: String,
    pub phone: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct All {
    entrance: Entrance,
    authority: Vec<Authority>,
}

fn all() -> Result<All, PackError> {
    Source { file: "authorities.toml", text: include_str!("../authorities.toml") }.parse()
}

/// All of them, in the order in which they are told.
pub fn authorities() -> Result<Vec<Authority>, PackError> {
    Ok(all()?.authority)
}

pub fn entrance() -> Result<Entrance, PackError> {
    Ok(all()?.entrance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_and_the_entrance_are_told_in_both_languages() {
        let both = ["en", "zh-CN"];
        let told = |by: &BTreeMap<String, String>| by.keys().cloned().collect::<Vec<_>>() == both;
        let all = authorities().unwrap();
        assert!(all.len() >= 3);
        for one in all {
            assert!(told(&one.name) && !one.basis.is_empty(), "{}", one.id);
            assert!(one.basis.iter().all(|basis| told(&basis.title) && told(&basis.clause)), "{}", one.id);
        }
        let entrance = entrance().unwrap();
        assert!(told(&entrance.name));
        assert_eq!((entrance.url.as_str(), entrance.phone.as_str()), ("https://www.12377.cn/", "12377"));
    }
}
