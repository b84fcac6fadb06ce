//! The words of all languages as one lexicon: pages mix languages.

use std::collections::BTreeMap;

use include_dir::{Dir, include_dir};
use model::claim::OfferKind;
use model::lexicon::{Kind, Lexicon};
use sense::Senses;
use serde::Deserialize;
use toml::Spanned;

use crate::read::{PackError, Source, embedded};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/lexicons");

/// The word lists that are compiled in. Whether a regular expression is one, whoever uses it finds out.
pub fn lexicon() -> Result<Lexicon, PackError> {
    merge(&embedded(&BUILT_IN))
}

/// What was learnt of sentences, from those in `sentences/`, when the program was built.
///
/// # Panics
/// Never: the bytes are those that this build wrote.
pub fn senses() -> Senses {
    let bytes = include_bytes!(concat!(env!("OUT_DIR"), "/senses"));
    Senses::from_bytes(bytes).expect("internal error: the build wrote what it cannot read")
}

/// `<language>/<any name>.toml`, and `senses.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    kinds: BTreeMap<OfferKind, Entry>,
    #[serde(default)]
    terms: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    senses: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    family: Spanned<String>,
    #[serde(default)]
    near: Vec<String>,
    #[serde(default)]
    sums_are_no_fee: bool,
    #[serde(default)]
    title: BTreeMap<String, String>,
    iab: Option<String>,
    #[serde(default)]
    words: BTreeMap<String, f64>,
}

fn merge(files: &BTreeMap<String, String>) -> Result<Lexicon, PackError> {
    let mut lexicon = Lexicon::default();
    for (file, text) in files.iter().filter(|(file, _)| file.ends_with(".toml")) {
        let source = Source { file, text };
        let list: List = source.parse()?;
        for (id, entry) in list.kinds {
            let kind = lexicon
                .kinds
                .entry(id.clone())
                .or_insert_with(|| Kind { family: entry.family.get_ref().clone(), ..Kind::default() });
            add(kind, entry, &id, source)?;
        }
        for (name, words) in list.terms {
            let all = lexicon.terms.entry(name).or_default();
            let new: Vec<_> = words.into_iter().filter(|word| !all.contains(word)).collect();
            all.extend(new);
        }
        lexicon.senses.extend(list.senses);
    }
    Ok(lexicon)
}

fn add(kind: &mut Kind, entry: Entry, id: &OfferKind, source: Source<'_>) -> Result<(), PackError> {
    if kind.family != *entry.family.get_ref() {
        let message = format!(
            "kind `{}` is of family `{}` here and of `{}` in a file before",
            id.0,
            entry.family.get_ref(),
            kind.family
        );
        return Err(source.error(entry.family.span(), message, None));
    }
    for near in entry.near {
        if !kind.near.contains(&near) {
            kind.near.push(near);
        }
    }
    kind.sums_are_no_fee |= entry.sums_are_no_fee;
    kind.title.extend(entry.title);
    kind.iab = kind.iab.take().or(entry.iab);
    kind.words.extend(entry.words);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(texts: &[(&str, &str)]) -> BTreeMap<String, String> {
        texts.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn the_words_of_a_kind_come_together_from_all_languages() {
        let lexicon = merge(&files(&[
            (
                "en/kinds.toml",
                "[kinds.game-gift]\nfamily = \"game\"\ntitle = { en = \"game gift\" }\nwords = { \"game gift\" = 1.0 }\n[terms]\nfree = [\"free\", \"0\"]\n",
            ),
            (
                "zh/kinds.toml",
                "[kinds.game-gift]\nfamily = \"game\"\nnear = [\"app\"]\ntitle = { zh-CN = \"游戏礼包\" }\niab = \"1\"\nwords = { \"礼包\" = 0.8 }\n[terms]\nfree = [\"免费\", \"0\"]\n",
            ),
        ]))
        .unwrap();
        let kind = &lexicon.kinds[&OfferKind("game-gift".into())];
        assert_eq!(kind.title.len(), 2);
        assert_eq!(kind.words.keys().map(String::as_str).collect::<Vec<_>>(), ["game gift", "礼包"]);
        assert_eq!((kind.iab.as_deref(), kind.near.as_slice()), (Some("1"), &["app".to_owned()][..]));
        assert_eq!(lexicon.terms["free"], ["free", "0", "免费"]);
    }

    #[test]
    fn two_families_for_one_kind_are_an_error_with_its_place() {
        let error = merge(&files(&[
            ("en/kinds.toml", "[kinds.loan]\nfamily = \"finance\"\n"),
            ("zh/kinds.toml", "# words\n[kinds.loan]\nfamily = \"money\"\n"),
        ]))
        .unwrap_err();
        assert_eq!((error.file.as_str(), error.line), ("zh/kinds.toml", 3));
        assert!(error.message.contains("`finance`"), "{error}");
    }

    #[test]
    fn a_misspelt_key_is_named() {
        let error =
            merge(&files(&[("zh/kinds.toml", "[kinds.loan]\nfamily = \"finance\"\nword = { \"贷款\" = 1.0 }\n")]))
                .unwrap_err();
        assert_eq!((error.line, error.nearest.as_deref()), (3, Some("words")));
    }

    #[test]
    fn the_built_in_lexicon_loads() {
        let lexicon = lexicon().unwrap();
        for (id, kind) in &lexicon.kinds {
            assert!(!kind.words.is_empty(), "{} has no words", id.0);
            for language in ["zh-CN", "en"] {
                assert!(kind.title.contains_key(language), "{} has no title in {language}", id.0);
            }
        }
    }
}
