//! Words looked for in texts, the longest first where one holds another.

use aho_corasick::{AhoCorasick, MatchKind};

use crate::noise::normal;

/// Words, each with what it stands for.
#[derive(Debug)]
pub(crate) struct Words<T> {
    automaton: AhoCorasick,
    words: Vec<(String, T)>,
}

/// One that was found.
pub(crate) struct Found<'a, T> {
    /// In its normal form.
    pub(crate) word: &'a str,
    pub(crate) means: &'a T,
    /// Bytes of the text.
    pub(crate) span: std::ops::Range<usize>,
}

impl<T> Words<T> {
    /// None where one of them is nothing in its normal form; that one comes back.
    pub(crate) fn new(words: impl IntoIterator<Item = (String, T)>) -> Result<Self, String> {
        let mut told = Vec::new();
        for (word, means) in words {
            match normal(&word) {
                none if none.is_empty() => return Err(word),
                word => told.push((word, means)),
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(told.iter().map(|(word, _)| word))
            .expect("internal error: a lexicon is not that large");
        Ok(Self { automaton, words: told })
    }

    /// Those in a text that is in its normal form, from its beginning on, none within another.
    pub(crate) fn in_text<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Found<'a, T>> {
        self.automaton.find_iter(text).map(|found| {
            let (word, means) = &self.words[found.pattern().as_usize()];
            Found { word, means, span: found.range() }
        })
    }
}
