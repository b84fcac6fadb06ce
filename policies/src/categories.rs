//! The categories by which supervisors count: data, as all that they ask for is.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::read::{PackError, Source};

/// A category, and the checks that find something of it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    pub id: String,
    /// By language.
    pub name: BTreeMap<String, String>,
    /// Ids; none where nothing is judged.
    pub checks: Vec<String>,
}

/// All of them, in the order in which they are told.
pub fn categories() -> Result<Vec<Category>, PackError> {
    #[derive(Deserialize)]
    struct All {
        category: Vec<Category>,
    }
    let file = Source { file: "categories.toml", text: include_str!("../categories.toml") };
    Ok(file.parse::<All>()?.category)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_six_categories_are_told_in_both_languages_and_share_no_check() {
        let all = categories().unwrap();
        assert_eq!(all.len(), 6);
        let mut checks = BTreeSet::new();
        for one in &all {
            assert_eq!(one.name.keys().collect::<Vec<_>>(), ["en", "zh-CN"], "{}", one.id);
            assert!(one.checks.iter().all(|check| checks.insert(check.clone())), "{}", one.id);
        }
        assert_eq!(all.iter().filter(|one| !one.checks.is_empty()).count(), 2);
    }
}
