//! The words of the pages, in each language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

const LOCALES: &[(&str, &str)] =
    &[("zh-CN", include_str!("../locales/zh-CN.toml")), ("en", include_str!("../locales/en.toml"))];

type Words = BTreeMap<String, BTreeMap<String, String>>;

static WORDS: LazyLock<BTreeMap<&str, Words>> = LazyLock::new(|| {
    let parse = |text| toml::from_str(text).expect("internal error: the locales are tested");
    LOCALES.iter().map(|(language, text)| (*language, parse(text))).collect()
});

/// A word by group and key; the key itself when there is none, so that a new id still reads.
pub(crate) fn word(language: &str, group: &str, key: &str) -> String {
    let found = WORDS.get(language).and_then(|words| words.get(group)).and_then(|group| group.get(key));
    found.cloned().unwrap_or_else(|| key.to_owned())
}

/// Whether there is such a word.
#[cfg(test)]
pub(crate) fn known(language: &str, group: &str, key: &str) -> bool {
    WORDS[language].get(group).is_some_and(|group| group.contains_key(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_words() {
        let keys = |language: &str| -> Vec<_> {
            let groups = WORDS[language].iter();
            groups.flat_map(|(group, words)| words.keys().map(move |key| format!("{group}.{key}"))).collect()
        };
        assert_eq!(keys("zh-CN"), keys("en"));
    }
}
