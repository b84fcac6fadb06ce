//! Which clauses ask for the documents that are handed over: data, as all law is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::read::{PackError, Source};

/// A clause that asks for a document.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asking {
    pub jurisdiction: String,
    /// `<instrument>#<clause>`, or the instrument alone.
    pub id: String,
    /// By language.
    pub title: BTreeMap<String, String>,
    /// What it says, by language.
    pub clause: BTreeMap<String, String>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub(crate) enum State {
    V,
    V2,
    M,
}

impl Asking {
    /// Whether it was read in the instrument or a copy of it.
    pub fn verified(&self) -> bool {
        self.state != State::M
    }
}

/// What asks for a document (`ledger`, `dossier`, `extraction`, `certificate`) where ads run in these markets.
pub fn asking(document: &str, markets: &BTreeSet<String>) -> Result<Vec<Asking>, PackError> {
    let file = Source { file: "documents.toml", text: include_str!("../documents.toml") };
    let mut all: BTreeMap<String, Vec<Asking>> = file.parse()?;
    let mut asking = all.remove(document).unwrap_or_default();
    asking.retain(|one| markets.contains(&one.jurisdiction));
    Ok(asking)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_rests_on_clauses_that_were_read_and_are_told_in_both_languages() {
        let china = BTreeSet::from(["CN".to_owned()]);
        for document in ["ledger", "dossier", "extraction", "certificate"] {
            let found = asking(document, &china).unwrap();
            assert!(!found.is_empty(), "{document}");
            for one in found {
                let languages: Vec<_> = one.title.keys().chain(one.clause.keys()).collect();
                assert_eq!(languages, ["en", "zh-CN", "en", "zh-CN"], "{document} {}", one.id);
                assert!(one.verified(), "{document} {}", one.id);
            }
            assert!(asking(document, &BTreeSet::from(["US".to_owned()])).unwrap().is_empty());
        }
    }
}
