//! Words written with letters that sound or look alike, to slip past filters: 「薇信」, 「流粮」.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;

use super::Glyph;

#[derive(Deserialize)]
struct Table {
    word: Vec<Word>,
}

#[derive(Deserialize)]
struct Word {
    /// What people read.
    reads: String,
    /// How it is written; as many letters.
    written: Vec<String>,
    /// Longer words in which the letters only happen to stand so.
    never_in: Vec<String>,
}

/// All ways of writing, and the plain words around them, in one search.
struct Search {
    of: AhoCorasick,
    /// For each pattern what it reads as; none for a plain word.
    reads: Vec<Option<Vec<char>>>,
}

static SEARCH: LazyLock<Search> = LazyLock::new(|| {
    let table: Table =
        toml::from_str(include_str!("homophones.toml")).expect("internal error: the table of homophones is right");
    let mut patterns: Vec<String> = Vec::new();
    let mut reads = Vec::new();
    for Word { reads: word, written, never_in } in table.word {
        for variant in written {
            // The same number of letters, so that each keeps its position.
            let word: Vec<char> = word.chars().collect();
            assert_eq!(
                variant.chars().count(),
                word.len(),
                "internal error: 「{variant}」 is longer than what it reads"
            );
            patterns.push(variant);
            reads.push(Some(word));
        }
        reads.resize(reads.len() + never_in.len(), None);
        patterns.extend(never_in);
    }
    let of = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(&patterns)
        .expect("internal error: the table of homophones is small");
    Search { of, reads }
});

/// Gives such words the letters that people read.
pub(super) fn undone(glyphs: &[Glyph]) -> Vec<Glyph> {
    let mut out = glyphs.to_vec();
    let text: String = glyphs.iter().map(|glyph| glyph.ch).collect();
    let mut starts = text.char_indices().map(|(byte, _)| byte).enumerate();
    for found in SEARCH.of.find_iter(&text) {
        let Some(reads) = &SEARCH.reads[found.pattern().as_usize()] else { continue };
        // A letter that belongs to what stands before it: 「5V信号」.
        let before = text[..found.start()].chars().next_back();
        if text[found.range()].starts_with(|c: char| c.is_ascii()) && before.is_some_and(|c| c.is_ascii_alphanumeric())
        {
            continue;
        }
        let Some((at, _)) = starts.find(|(_, byte)| *byte == found.start()) else { break };
        for (glyph, ch) in out[at..].iter_mut().zip(reads) {
            glyph.ch = *ch;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normal;

    #[test]
    fn each_way_of_writing_is_read() {
        let table: Table = toml::from_str(include_str!("homophones.toml")).expect("a table");
        for Word { reads, written, never_in } in table.word {
            for variant in written {
                assert_eq!(normal(&variant).text, reads, "{variant}");
            }
            for plain in never_in {
                assert_eq!(normal(&plain).text, plain);
            }
        }
        assert_eq!(normal("5V信号").text, "5v信号");
    }
}
