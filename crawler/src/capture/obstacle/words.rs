//! The words by which obstacles are recognised: read from `words.toml`, once.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

/// What the words were read into.
pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    read(include_str!("words.toml")).unwrap_or_else(|error| panic!("internal error: words.toml: {error}"))
});

/// Stands in folded text where the page names its own host.
pub(super) const HOST: char = '⌂';

/// The file, strict: a key it does not know is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    traditional: Traditional,
    pub(super) order: Says,
    pub(super) elsewhere_button: Says,
    pub(super) download_button: Says,
    pub(super) recommendations: Says,
    pub(super) small_print: Says,
    pub(super) condition: Says,
    pub(super) furniture: Furniture,
    pub(super) fields: Fields,
    pub(super) challenge: Challenge,
    pub(super) denied: Denied,
    pub(super) not_set_up: NotSetUp,
    pub(super) parked: Parked,
    pub(super) geo: Plain,
    pub(super) app_only: Plain,
    pub(super) browser: Plain,
    pub(super) login: Login,
    pub(super) maintenance: Plain,
    pub(super) gone: Plain,
    pub(super) broken: Plain,
    pub(super) waiting: Says,
}

/// One thing to say, in both languages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Says {
    zh: Pattern,
    en: Pattern,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Furniture {
    pub(super) names: Vec<String>,
    pub(super) notices: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    pub(super) search: Pattern,
    pub(super) code: Pattern,
    pub(super) account: Pattern,
}

/// A page that says so, or whose path does.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plain {
    pub(super) says: Says,
    pub(super) hints: Says,
    #[serde(default)]
    pub(super) paths: Pattern,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Challenge {
    pub(super) says: Says,
    pub(super) hints: Says,
    pub(super) marks: Vec<String>,
    pub(super) widgets: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Denied {
    pub(super) says: Says,
    pub(super) hints: Says,
    pub(super) firewall: Says,
    pub(super) marks: Vec<String>,
    pub(super) paths: Pattern,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NotSetUp {
    pub(super) says: Says,
    pub(super) hints: Says,
    pub(super) titles: Pattern,
    pub(super) marks: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parked {
    pub(super) says: Says,
    pub(super) hints: Says,
    pub(super) marks: Vec<String>,
    pub(super) addresses: Pattern,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    pub(super) says: Says,
    pub(super) hints: Says,
    pub(super) titles: Pattern,
    pub(super) scan: Pattern,
    pub(super) labels: Pattern,
    pub(super) pitch: Pattern,
    pub(super) paths: Pattern,
    pub(super) returns: Pattern,
}

/// Any of a list of patterns.
#[derive(Debug, Default, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub(super) struct Pattern {
    any: Option<Regex>,
}

impl Pattern {
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.any.as_ref().is_some_and(|any| any.is_match(text))
    }

    /// All places of a text that match, as byte ranges.
    fn all<'t>(&self, text: &'t str) -> impl Iterator<Item = regex::Match<'t>> + use<'t, '_> {
        self.any.iter().flat_map(move |any| any.find_iter(text))
    }

    /// Whether the pattern is the whole text.
    pub(super) fn is(&self, text: &str) -> bool {
        self.all(text).any(|found| found.len() == text.len())
    }
}

impl TryFrom<Vec<String>> for Pattern {
    type Error = String;

    fn try_from(patterns: Vec<String>) -> Result<Self, String> {
        let host = HOST.to_string();
        for pattern in &patterns {
            let one =
                Regex::new(&pattern.replace("{host}", &host)).map_err(|error| format!("「{pattern}」: {error}"))?;
            if one.is_match("") {
                return Err(format!("「{pattern}」 matches nothing at all"));
            }
        }
        let joined = patterns.join("|").replace("{host}", &host);
        let any =
            if patterns.is_empty() { None } else { Some(Regex::new(&joined).map_err(|error| error.to_string())?) };
        Ok(Self { any })
    }
}

impl Says {
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.zh.is_in(text) || self.en.is_in(text)
    }

    /// All places of a text that say it, as byte ranges, Chinese first.
    pub(super) fn all<'t>(&self, text: &'t str) -> impl Iterator<Item = regex::Match<'t>> + use<'t, '_> {
        self.zh.all(text).chain(self.en.all(text))
    }
}

/// Traditional characters with their simplified form.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Traditional(HashMap<char, char>);

impl TryFrom<String> for Traditional {
    type Error = String;

    fn try_from(pairs: String) -> Result<Self, String> {
        let characters: Vec<char> = pairs.chars().filter(|c| !c.is_whitespace()).collect();
        match characters.chunks_exact(2).remainder() {
            [] => Ok(Self(characters.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())),
            [alone, ..] => Err(format!("「{alone}」 has no simplified form beside it")),
        }
    }
}

fn read(text: &str) -> Result<Words, toml::de::Error> {
    toml::from_str(text)
}

/// A text as the patterns expect it: lower case, simplified, half-width, one blank between two Latin words and none
/// beside Chinese, without characters that nobody sees.
pub(super) fn fold(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
            '\u{ff01}'..='\u{ff5e}' => plain.extend(char::from_u32(c as u32 - 0xfee0)),
            '。' => plain.push('。'),
            '、' => plain.push(','),
            '’' | '‘' | '`' => plain.push('\''),
            _ => plain.push(WORDS.traditional.0.get(&c).copied().unwrap_or(c)),
        }
    }
    let lower = plain.to_lowercase();
    let mut folded = String::with_capacity(lower.len());
    for word in lower.split_whitespace() {
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii() || matches!(c, '\u{a0}'..='\u{24f}'));
        if latin(folded.chars().last()) && latin(word.chars().next()) {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// How much there is to read: a Chinese character counts one, a word or a number of other letters two.
pub(super) fn units(text: &str) -> usize {
    let mut units = 0;
    let mut in_word = false;
    for c in text.chars() {
        let wide = matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}');
        let letter = !wide && c.is_alphanumeric();
        units += usize::from(wide) + 2 * usize::from(letter && !in_word);
        in_word = letter || (in_word && matches!(c, '\'' | '.' | '-'));
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_read_and_every_pattern_is_sound() {
        if let Err(error) = read(include_str!("words.toml")) {
            panic!("{error}");
        }
    }

    #[test]
    fn a_key_or_a_pattern_that_is_wrong_is_refused() {
        let sound = include_str!("words.toml");
        assert!(read(&format!("{sound}\nes = ['no']\n")).is_err());
        assert!(read(&sound.replacen("'人机", "'(人机", 1)).is_err());
        assert!(read(&sound.replacen("'返回'", "'(?:返回)?'", 1)).is_err());
    }

    #[test]
    fn texts_are_folded_to_one_form() {
        assert_eq!(fold("  請完成 ＡＰＰ　驗證！ "), "请完成app验证!");
        assert_eq!(fold("Page\n  Not Found"), "page not found");
        assert_eq!(fold("页\u{ad}面\u{200b}不存在 404"), "页面不存在404");
    }

    #[test]
    fn words_and_characters_weigh_alike() {
        assert_eq!((units("页面不存在"), units("page not found"), units("it's 3.50")), (5, 6, 4));
    }
}
