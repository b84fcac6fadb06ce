//! The senses of the sentences of a text, each asked for once: many checks ask the same of the same page.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use sense::Senses;

/// A piece of fewer Chinese characters, or of fewer words, is a label or a heading, which says too little to be sure.
const FEWEST_LETTERS: usize = 7;
const FEWEST_WORDS: usize = 6;
/// A longer piece is a whole paragraph. Characters.
const LONGEST: usize = 120;
/// Sentences remembered at most; then all are forgotten.
const REMEMBERED: usize = 20_000;

/// What sentences say, as learnt from examples.
#[derive(Debug)]
pub(crate) struct Sentences {
    senses: Senses,
    /// The names of the senses, in the order of their bits.
    names: Vec<String>,
    /// For sentences asked before, a bit for each of their senses.
    known: Mutex<HashMap<String, u64>>,
}

impl Sentences {
    pub(crate) fn new(senses: Senses) -> Self {
        let names: Vec<String> = senses.names().map(str::to_owned).collect();
        assert!(names.len() <= 64, "internal error: a sense is a bit of 64");
        Self { senses, names, known: Mutex::default() }
    }

    /// The number of a sense.
    pub(crate) fn sense(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// The sentences of a text in normal form that have one of these senses; bytes.
    pub(crate) fn with(&self, senses: &[usize], text: &str) -> Vec<Range<usize>> {
        let wanted = senses.iter().fold(0, |bits, sense| bits | 1_u64 << sense);
        pieces(text).filter(|piece| self.bits(&text[piece.clone()]) & wanted != 0).collect()
    }

    fn bits(&self, sentence: &str) -> u64 {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bits) = known.get(sentence) {
            return *bits;
        }
        if known.len() >= REMEMBERED {
            known.clear();
        }
        let said = self.senses.of(sentence);
        let bits = said.iter().filter_map(|name| self.sense(name)).fold(0, |bits, sense| bits | 1_u64 << sense);
        known.insert(sentence.to_owned(), bits);
        bits
    }
}

/// The sentences of a text; questions are none.
fn pieces(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split_inclusive(['。', ';', '!', '?', '\n']).filter_map(move |piece| {
        let range = at..at + piece.len();
        at = range.end;
        let asks = piece.ends_with('?') || piece.ends_with('吗');
        (!asks && is_sentence(piece)).then_some(range)
    })
}

fn is_sentence(piece: &str) -> bool {
    let letters = piece.chars().filter(|c| matches!(c, '\u{3400}'..='\u{9fff}')).count();
    let words = piece.split_whitespace().filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic())).count();
    (letters >= FEWEST_LETTERS || words >= FEWEST_WORDS) && piece.chars().count() <= LONGEST
}
