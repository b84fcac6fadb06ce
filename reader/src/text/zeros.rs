//! Zeros written 〇, 零 or o, where they are part of a sum.

use super::Glyph;

/// Folds to `0` what stands beside digits, or before 元, 块 or 月; 「hello」 and 「零门槛」 stay.
pub(super) fn fold(glyphs: &[Glyph]) -> Vec<Glyph> {
    let mut out = glyphs.to_vec();
    let mut at = 0;
    while at < out.len() {
        let end = at + out[at..].iter().take_while(|g| is_digit_like(g.ch)).count();
        if end == at {
            at += 1;
            continue;
        }
        if reads_as_number(&out, at, end) {
            for glyph in out[at..end].iter_mut().filter(|g| is_zero_like(g.ch)) {
                glyph.ch = '0';
            }
        }
        at = end;
    }
    out
}

/// Whether the stretch of digits and zero-likes between letters and units is a number.
fn reads_as_number(glyphs: &[Glyph], at: usize, end: usize) -> bool {
    let before = at.checked_sub(1).map(|i| glyphs[i].ch);
    let after = glyphs.get(end).map(|g| g.ch);
    let next = glyphs.get(end + 1).map(|g| g.ch);
    let run = &glyphs[at..end];
    if !run.iter().any(|g| is_zero_like(g.ch)) {
        return false;
    }
    // Beside a letter it is a word, beside a Chinese numeral it is spelt out.
    if before.is_some_and(|c| c.is_alphabetic() && c.is_ascii()) || after.is_some_and(|c| c.is_ascii_alphabetic()) {
        return false;
    }
    if before.is_some_and(is_numeral) || after.is_some_and(is_numeral) {
        return false;
    }
    let unit = match after {
        Some('元') => !next.is_some_and(|c| "旦素".contains(c)),
        Some('块') => true,
        Some('月') => next.is_none_or(|c| "租费付供".contains(c)),
        _ => false,
    };
    let digits = run.iter().any(|g| g.ch.is_ascii_digit());
    let word =
        run.last().is_some_and(|g| g.ch == '零') && after.is_some_and(|c| "食售件钱部碎星下点头距基".contains(c));
    unit || (digits && run[0].ch.is_ascii_digit() && !word)
}

fn is_digit_like(ch: char) -> bool {
    ch.is_ascii_digit() || is_zero_like(ch)
}

fn is_zero_like(ch: char) -> bool {
    matches!(ch, '〇' | '零' | 'o')
}

fn is_numeral(ch: char) -> bool {
    "一二三四五六七八九十百千万亿两".contains(ch)
}
