//! Bracketed pinyin such as 「復(fù)雜」, put there to hide a word from machines.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Glyph, is_han};

/// The longest syllable is 「zhuang」.
const MAX_LETTERS: usize = 6;

/// Syllables that in brackets are rather something else: 「人工智能(AI)」.
const WORDS: [&str; 4] = ["ai", "a", "e", "o"];

/// Drops a bracket that holds nothing but one pinyin syllable and follows a Chinese character.
pub(super) fn without_glosses(glyphs: &[Glyph]) -> Vec<Glyph> {
    let mut out: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    let mut at = 0;
    while at < glyphs.len() {
        let after_han = out.last().is_some_and(|g| is_han(g.ch));
        match gloss(&glyphs[at..]).filter(|_| after_han) {
            Some(len) => at += len,
            None => {
                out.push(glyphs[at]);
                at += 1;
            }
        }
    }
    out
}

/// How many glyphs the gloss at the start takes, if there is one.
fn gloss(glyphs: &[Glyph]) -> Option<usize> {
    let close = match glyphs.first()?.ch {
        '(' => ')',
        '[' => ']',
        _ => return None,
    };
    let letters = glyphs[1..].iter().take(MAX_LETTERS + 1).take_while(|g| g.ch != close).count();
    if !(1..=MAX_LETTERS).contains(&letters) || glyphs.get(1 + letters)?.ch != close {
        return None;
    }
    let word: String = glyphs[1..=letters].iter().map(|g| g.ch).collect();
    is_syllable(&word).then_some(letters + 2)
}

fn is_syllable(word: &str) -> bool {
    static SYLLABLE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            "^(?:(?:[bpm]|f)?(?:a|o|ai|ei|an|en|ang|eng|ou|u)|[bpm](?:i|ie|iao|in|ian|ing|ao)|miu\
             |[dtnl](?:a|e|ai|ei|ao|ou|an|en|ang|eng|ong|i|ie|ia|iao|iu|in|ian|iang|ing|u|uo|ui|uan|un|v|ve|ue)\
             |[gkh](?:a|e|ai|ei|ao|ou|an|en|ang|eng|ong|u|ua|uo|uai|ui|uan|un|uang)\
             |[jqx](?:i|ia|ie|iao|iu|ian|in|iang|ing|iong|u|ue|uan|un|v|ve)\
             |(?:zh?|ch?|sh?)(?:i|a|e|ai|ei|ao|ou|an|en|ang|eng|ong|u|ua|uo|uai|ui|uan|un|uang)\
             |r(?:i|e|ao|ou|an|en|ang|eng|ong|u|ua|uo|ui|uan|un)\
             |y(?:i|a|e|ao|ou|an|in|ang|ing|ong|u|ue|uan|un|o)|w(?:u|a|o|ai|ei|an|en|ang|eng)\
             |er?|ao|ai|an|ang|en|eng|ei|ou)$",
        )
        .expect("internal error: the pattern of syllables is right")
    });
    let toned = word.nfd().any(is_combining_mark);
    // ü is written v when the mark is taken off.
    let plain: String = word.replace(['ü', 'ǖ', 'ǘ', 'ǚ', 'ǜ'], "v").nfd().filter(|&c| !is_combining_mark(c)).collect();
    SYLLABLE.is_match(&plain) && (toned || !WORDS.contains(&plain.as_str()))
}
