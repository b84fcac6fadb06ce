//! Words pulled apart by separators: 「免 费 领 取」, 「免.费.领.取」, 「免*费」.

use super::{Glyph, is_han};

/// So many lone characters in a row are a word pulled apart; fewer may be a list.
const LEAST: usize = 3;

/// Joins Chinese characters that stand one by one between separators.
pub(super) fn pulled_apart(glyphs: &[Glyph]) -> Vec<Glyph> {
    let han = |at: Option<usize>| at.and_then(|at| glyphs.get(at)).is_some_and(|g| is_han(g.ch) && g.ch != '丶');
    // A separator between two Chinese characters.
    let parts = |at: usize| is_separator(glyphs[at].ch) && han(at.checked_sub(1)) && han(Some(at + 1));
    let mut keep = vec![true; glyphs.len()];
    let mut at = 0;
    while at < glyphs.len() {
        // A run: character, separator, character, separator, … each character alone.
        // Right behind a digit it is a unit: 「29元/人/月」.
        let unit = at.checked_sub(1).is_some_and(|before| glyphs[before].ch.is_ascii_digit());
        let alone = han(Some(at)) && !unit && !han(at.checked_sub(1)) && !han(Some(at + 1));
        if !alone {
            if parts(at) && is_never_plain(glyphs[at].ch) {
                keep[at] = false;
            }
            at += 1;
            continue;
        }
        let mut last = at;
        while last + 2 < glyphs.len() && parts(last + 1) && !han(Some(last + 3)) {
            last += 2;
        }
        let count = (last - at) / 2 + 1;
        for separator in (at + 1..last).step_by(2) {
            if count >= LEAST || is_never_plain(glyphs[separator].ch) {
                keep[separator] = false;
            }
        }
        at = last + 1;
    }
    glyphs.iter().zip(keep).filter(|(_, keep)| *keep).map(|(g, _)| *g).collect()
}

fn is_separator(ch: char) -> bool {
    is_never_plain(ch) || matches!(ch, ' ' | '.' | '·' | '-' | '/' | '|' | '+' | '=' | ',' | '、' | '~' | '。' | '\\')
}

/// Separators that no plain text puts between two Chinese characters.
fn is_never_plain(ch: char) -> bool {
    matches!(ch, '*' | '_' | '^' | '`' | '丶')
}
