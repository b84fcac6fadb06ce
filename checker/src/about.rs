//! Whether two sentences speak of the same thing: the words that they share.

use std::collections::BTreeSet;

use crate::words::Words;

/// The term list that it needs.
pub(crate) const TERMS: &[&str] = &["about-common"];

/// The words of a text by which one knows what it is about: pairs of Chinese characters, and words of Latin letters.
pub(crate) fn subjects(text: &str, words: &Words) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for run in text.split(|c: char| !c.is_alphabetic()) {
        let chars: Vec<char> = run.chars().collect();
        for stretch in chars.chunk_by(|a, b| a.is_ascii() == b.is_ascii()) {
            if stretch[0].is_ascii() {
                found.insert(stretch.iter().collect());
            } else {
                found.extend(stretch.windows(2).map(|pair| pair.iter().collect::<String>()));
            }
        }
    }
    found.retain(|word: &String| word.chars().count() > 1 && !words.has("about-common", word));
    found
}

/// Whether both texts name one thing.
pub(crate) fn alike(one: &str, other: &str, words: &Words) -> bool {
    !subjects(one, words).is_disjoint(&subjects(other, words))
}

/// The part of a sentence, between commas, in which these bytes stand.
pub(crate) fn clause(text: &str, bytes: std::ops::Range<usize>) -> &str {
    let mark = |c: char| matches!(c, ',' | '。' | ';' | '!' | '?' | '\n' | '|');
    let from = text[..bytes.start].rfind(mark).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let until = text[bytes.end..].find(mark).map_or(text.len(), |at| bytes.end + at);
    &text[from..until]
}
