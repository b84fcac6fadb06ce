//! A text as it is compared: what does not change what it says is left out.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

/// `governance/data/variants.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Variants {
    characters: HashMap<char, String>,
    words: BTreeMap<String, String>,
}

static VARIANTS: LazyLock<Variants> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/variants.toml")).expect("internal error: the data is read by a test")
});

/// Words that stand for others, and those, in one order.
static WORDS: LazyLock<(AhoCorasick, Vec<String>)> = LazyLock::new(|| {
    let (from, to): (Vec<String>, Vec<String>) =
        VARIANTS.words.iter().map(|(from, to)| (by_characters(from), by_characters(to))).unzip();
    let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&from);
    (automaton.expect("internal error: they are few"), to)
});

/// Han characters that are in use: the first block of Unicode.
const HAN: std::ops::RangeInclusive<char> = '\u{4e00}'..='\u{9fff}';

/// Each of them as it is written in simplified Chinese, by OpenCC's table: one by one, since what stands beside it says nothing of
/// what it means to whoever compares texts.
static SIMPLIFIED: LazyLock<Vec<char>> = LazyLock::new(|| {
    let opencc = OpenCC::from_config(BuiltinConfig::T2s).expect("internal error: the table is built in");
    let lines: String = HAN.flat_map(|c| [c, '\n']).collect();
    let simplified = opencc.convert(&lines);
    HAN.zip(simplified.lines()).map(|(c, line)| line.chars().next().unwrap_or(c)).collect()
});

/// A traditional character as a simplified one; any other as it is.
fn simplified(c: char) -> char {
    let at = HAN.contains(&c).then(|| c as usize - *HAN.start() as usize);
    at.and_then(|at| SIMPLIFIED.get(at)).copied().unwrap_or(c)
}

/// Letters and digits in one form: full-width is half-width, traditional is simplified, capitals are small, every number is `0` (and
/// `零` where it is none, as in 0元), what is written otherwise is as the others write it, and emoji, marks, spaces and what has no
/// width are gone.
pub fn normal(text: &str) -> String {
    let told = by_characters(text);
    let (words, stand_for) = &*WORDS;
    if words.is_match(&told) { words.replace_all(&told, stand_for) } else { told }
}

fn by_characters(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    // Of the number that goes on: whether it is more than none.
    let mut number: Option<bool> = None;
    for c in text.nfkc().flat_map(char::to_lowercase) {
        let simplified = simplified(c);
        let stands_for = VARIANTS.characters.get(&simplified);
        if c.is_numeric() {
            number = Some(number.unwrap_or_default() || !matches!(c, '0' | '〇'));
        } else if c.is_alphabetic() || stands_for.is_some() {
            told.extend(number.take().map(figure));
            match stands_for {
                Some(other) => told.push_str(other),
                None => told.push(simplified),
            }
        }
    }
    told.extend(number.map(figure));
    told
}

fn figure(is_some: bool) -> char {
    if is_some { '0' } else { '零' }
}
