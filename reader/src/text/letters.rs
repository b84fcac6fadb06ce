//! One letter at a time: width, case, script, look-alikes, and what is no letter at all.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Glyph, is_han};

/// Marks stacked on one letter beyond this are dropped unread: no language needs more.
const MAX_MARKS: usize = 8;

/// Folds width, compatibility forms, case and traditional characters; drops what cannot be seen, and emoji.
pub(super) fn fold(glyphs: &[Glyph]) -> Vec<Glyph> {
    let mut out = Vec::with_capacity(glyphs.len());
    let mut at = 0;
    while at < glyphs.len() {
        let Glyph { ch, from } = glyphs[at];
        at += 1;
        if is_invisible(ch) || is_combining_mark(ch) {
            continue;
        }
        if is_emoji(ch) && pictured_words(ch).is_none() {
            // Between digits or letters an emoji parts words; elsewhere it only stands between them.
            let after = glyphs[at..].iter().map(|g| g.ch).find(|&c| !is_emoji(c) && !is_invisible(c));
            let before = out.last().map(|g: &Glyph| g.ch);
            if before.is_some_and(|c| c.is_ascii_alphanumeric())
                && after.is_some_and(char::is_alphanumeric)
                && !after.is_some_and(is_han)
            {
                out.push(Glyph { ch: ' ', from });
            }
            continue;
        }
        let mut cluster = String::from(ch);
        let mut marks = 0;
        while let Some(mark) = glyphs.get(at).map(|g| g.ch).filter(|&c| is_combining_mark(c) || is_invisible(c)) {
            if marks < MAX_MARKS && !is_invisible(mark) {
                cluster.push(mark);
                marks += 1;
            }
            at += 1;
        }
        push_cluster(&cluster, from, &mut out);
    }
    punctuate(&mut out);
    out
}

fn push_cluster(cluster: &str, from: u32, out: &mut Vec<Glyph>) {
    if cluster.is_ascii() {
        out.extend(cluster.chars().map(|ch| Glyph { ch: ch.to_ascii_lowercase(), from }));
        return;
    }
    let words: String =
        cluster.chars().map(|c| pictured_words(c).map_or_else(|| c.to_string(), str::to_owned)).collect();
    // The full-width comma parts sums: it must not become the comma of thousands.
    let comma = words.starts_with('，');
    let lower: String = words.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    for ch in lower.chars().filter(|&c| !is_combining_mark(c) && !is_invisible(c)) {
        let ch = if comma && ch == ',' { '，' } else { simplified(look_alike_mark(ch)) };
        out.push(Glyph { ch, from });
    }
}

/// Marks that depend on their neighbours: the full-width comma, 「圆」 and 「亓」 after a number, 「兔费」.
fn punctuate(glyphs: &mut [Glyph]) {
    for at in 0..glyphs.len() {
        let before = at.checked_sub(1).map(|i| glyphs[i].ch);
        let after = glyphs.get(at + 1).map(|g| g.ch);
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        glyphs[at].ch = match glyphs[at].ch {
            '，' if digit(before) && digit(after) => '、',
            '，' => ',',
            '圆' if digit(before) && !after.is_some_and(|c| "桌形圈柱孔环点盘球片筒角周脸".contains(c)) => {
                '元'
            }
            // 「3沅江鱼」 is a river's fish.
            '沅' | '円' | '圎' if digit(before) && !after.is_some_and(|c| "江水".contains(c)) => '元',
            '亓' if digit(before) || before.is_some_and(|c| "o零〇".contains(c)) => '元',
            '兔' if after == Some('费') => '免',
            other => other,
        };
    }
}

/// Folds Cyrillic and Greek letters that look Latin, in words that mix them with Latin or consist of nothing else.
pub(super) fn latin(glyphs: &[Glyph]) -> Vec<Glyph> {
    let mut out = glyphs.to_vec();
    let mut at = 0;
    while at < out.len() {
        let end = at + out[at..].iter().take_while(|g| is_letter(g.ch)).count();
        if end == at {
            at += 1;
            continue;
        }
        let word = &mut out[at..end];
        let mixed = word.iter().any(|g| g.ch.is_ascii_alphabetic());
        if mixed || word.iter().all(|g| latin_like(g.ch).is_some()) {
            for glyph in word {
                glyph.ch = latin_like(glyph.ch).unwrap_or(glyph.ch);
            }
        }
        at = end;
    }
    out
}

fn is_letter(ch: char) -> bool {
    ch.is_alphabetic() && !is_han(ch)
}

fn latin_like(ch: char) -> Option<char> {
    Some(match ch {
        'а' | 'α' | 'ɑ' | 'ᴀ' => 'a',
        'ь' | 'в' | 'ʙ' => 'b',
        'с' | 'ϲ' | 'ᴄ' => 'c',
        'ԁ' | 'ᴅ' => 'd',
        'е' | 'ε' | 'ҽ' | 'є' | 'ᴇ' => 'e',
        'ꜰ' => 'f',
        'ɡ' | 'ɢ' => 'g',
        'һ' | 'н' | 'ʜ' => 'h',
        'і' | 'ι' | 'ı' | 'ɪ' => 'i',
        'ј' | 'ᴊ' => 'j',
        'к' | 'κ' | 'ᴋ' => 'k',
        'ӏ' | 'ʟ' => 'l',
        'м' | 'ᴍ' => 'm',
        'п' | 'η' | 'ɴ' => 'n',
        'о' | 'ο' | 'σ' | 'ᴏ' => 'o',
        'р' | 'ρ' | 'ᴘ' => 'p',
        'ԛ' | 'ǫ' => 'q',
        'г' | 'ʀ' => 'r',
        'ѕ' | 'ꜱ' => 's',
        'т' | 'τ' | 'ᴛ' => 't',
        'υ' | 'ᴜ' => 'u',
        'ν' | 'ѵ' | 'ᴠ' => 'v',
        'ѡ' | 'ω' | 'ᴡ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' | 'ʏ' => 'y',
        'ᴢ' => 'z',
        ch if ch.is_ascii_alphabetic() => ch,
        _ => return None,
    })
}

/// Marks of one meaning that compatibility folding leaves apart.
fn look_alike_mark(ch: char) -> char {
    match ch {
        '‐' | '‑' | '–' | '—' | '―' | '−' | '﹘' => '-',
        '〜' | '∼' | '˜' => '~',
        '•' | '・' | '∙' | '⋅' | '‧' => '·',
        '⁄' | '∕' | '╱' | '／' => '/',
        '‘' | '’' | '‛' | '′' => '\'',
        '“' | '”' | '″' => '"',
        '【' | '〔' => '[',
        '】' | '〕' => ']',
        '\u{a5}' | '￥' => '¥',
        _ => ch,
    }
}

/// The words that a character pictures, where compatibility folding does not know them.
fn pictured_words(ch: char) -> Option<&'static str> {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";
    const DIGITS: [&str; 21] = [
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19",
        "20",
    ];
    let nth = |from: char, first: usize| DIGITS.get(ch as usize - from as usize + first).copied();
    let letter = |from: char| {
        let at = ch as usize - from as usize;
        LETTERS.get(at..=at)
    };
    match ch {
        '❶'..='❿' => nth('❶', 1),
        '➀'..='➉' => nth('➀', 1),
        '➊'..='➓' => nth('➊', 1),
        '⓵'..='⓾' => nth('⓵', 1),
        '⓫'..='⓴' => nth('⓫', 11),
        '⓿' => Some("0"),
        '\u{1f150}'..='\u{1f169}' => letter('\u{1f150}'),
        '\u{1f170}'..='\u{1f189}' => letter('\u{1f170}'),
        '🆓' => Some("free"),
        '🆕' => Some("new"),
        '🆗' => Some("ok"),
        '🆒' => Some("cool"),
        _ if is_emoji(ch) => {
            // Squared characters such as 🈚 do have a compatibility form.
            let mut folded = std::iter::once(ch).nfkc();
            match (folded.next(), ch) {
                (Some('无'), _) => Some("无"),
                (Some('無'), _) => Some("无"),
                (Some('有'), _) => Some("有"),
                _ => None,
            }
        }
        _ => None,
    }
}

pub(super) fn is_invisible(ch: char) -> bool {
    matches!(ch,
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffd}'
        | '\u{e000}'..='\u{f8ff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_emoji(ch: char) -> bool {
    matches!(ch, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{2775}' | '\u{2794}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{2190}'..='\u{21ff}' | '\u{25a0}'..='\u{25ff}' | '\u{231a}' | '\u{231b}' | '\u{23e9}'..='\u{23ff}')
}

/// The simplified character; character by character, so that positions hold.
fn simplified(ch: char) -> char {
    static KNOWN: LazyLock<Mutex<HashMap<char, char>>> = LazyLock::new(Mutex::default);
    static TABLE: LazyLock<OpenCC> = LazyLock::new(|| {
        OpenCC::from_config(BuiltinConfig::T2s).expect("internal error: the t2s table is compiled in")
    });
    if !is_han(ch) {
        return ch;
    }
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    *known.entry(ch).or_insert_with(|| {
        let converted = TABLE.convert(ch.encode_utf8(&mut [0; 4]));
        let mut chars = converted.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => one,
            _ => ch,
        }
    })
}
