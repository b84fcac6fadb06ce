//! The words by which ways on are known, and the one form in which words are compared.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// Longer words than this are not compared whole: a label is short, and what comes from the web has no bound.
const MOST_CHARS: usize = 400;

/// The words of `words.toml`.
pub(super) static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| toml::from_str(include_str!("words.toml")).expect("internal error: `words.toml` is well formed"));

/// Traditional letters, and the simplified ones that stand for them in the lists.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Letters {
    from: String,
    to: String,
}

/// Phrases of one sense.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Phrases {
    whole: Vec<String>,
    part: Vec<String>,
    unless: Vec<String>,
    /// Which of them come first, where there is an order.
    #[serde(default)]
    first: Vec<String>,
}

/// How makers name the parts of their pages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    pub(super) close: Vec<String>,
    pub(super) back: Vec<String>,
    pub(super) fold: Vec<String>,
    pub(super) tab: Vec<String>,
    pub(super) bar: Vec<String>,
    pub(super) button: Vec<String>,
    pub(super) group: Vec<String>,
    pub(super) active: Vec<String>,
    pub(super) share: Vec<String>,
    pub(super) mask: Vec<String>,
    pub(super) passing: Vec<String>,
    pub(super) tick: Vec<String>,
    pub(super) submits: Vec<String>,
    pub(super) moves: Vec<String>,
    /// In an address.
    pub(super) acts: Vec<String>,
    /// In an address, beside words of ordering.
    pub(super) orders: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lexicon {
    #[serde(deserialize_with = "letters")]
    letters: HashMap<char, char>,
    pub(super) submits: Phrases,
    pub(super) orders: Phrases,
    pub(super) claims: Phrases,
    pub(super) onward: Phrases,
    pub(super) looks: Phrases,
    pub(super) gifts: Phrases,
    pub(super) opens: Phrases,
    pub(super) agreement: Phrases,
    pub(super) titles: Phrases,
    pub(super) binds: Phrases,
    pub(super) fold: Phrases,
    pub(super) close: Phrases,
    pub(super) accepts: Phrases,
    pub(super) back: Phrases,
    pub(super) aside: Phrases,
    pub(super) consent: Phrases,
    pub(super) billing: Phrases,
    pub(super) monthly: Phrases,
    pub(super) wages: Phrases,
    pub(super) field: Phrases,
    pub(super) names: Names,
}

fn letters<'de, D: serde::Deserializer<'de>>(written: D) -> Result<HashMap<char, char>, D::Error> {
    Letters::deserialize(written).map(|letters| letters.from.chars().zip(letters.to.chars()).collect())
}

impl Lexicon {
    /// The words as they are compared.
    pub(super) fn form(&self, shown: &str) -> Form {
        let (mut squeezed, mut spaced) = (String::new(), String::new());
        for letter in shown.chars().take(MOST_CHARS).flat_map(half_width) {
            let letter = self.letters.get(&letter).copied().unwrap_or(letter);
            if letter.is_alphanumeric() || "%¥$€£《》/+".contains(letter) {
                squeezed.push(letter);
            }
            match letter {
                // Soft hyphens and joiners stand inside words to hide them.
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\'' | '’' | '‘' => {}
                letter if letter.is_alphanumeric() => spaced.push(letter),
                _ if spaced.ends_with(' ') || spaced.is_empty() => {}
                _ => spaced.push(' '),
            }
        }
        spaced.truncate(spaced.trim_end().len());
        Form { bare: bare(&squeezed), bare_spaced: bare_words(&spaced), squeezed, spaced }
    }
}

/// Full width to half width, upper to lower case.
fn half_width(letter: char) -> impl Iterator<Item = char> {
    let half = match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        '\u{3000}' => ' ',
        '￥' => '¥',
        _ => letter,
    };
    half.to_lowercase()
}

/// Words in the forms in which they are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Form {
    /// Without white space and marks.
    pub(super) squeezed: String,
    /// Words with one space between.
    spaced: String,
    /// Squeezed, without sums and countdowns: 「确定(3s)」 is 「确定」.
    bare: String,
    bare_spaced: String,
}

impl Form {
    pub(super) fn is_empty(&self) -> bool {
        self.squeezed.is_empty()
    }

    /// A sum of money somewhere in the words.
    pub(super) fn has_sum(&self) -> bool {
        let letters: Vec<char> = self.squeezed.chars().collect();
        letters.windows(2).any(|pair| match pair {
            [sign, digit] if "¥$€£".contains(*sign) => digit.is_ascii_digit(),
            [digit, unit] if digit.is_ascii_digit() => matches!(unit, '元' | '块' | '¥' | '$' | '€' | '£'),
            _ => false,
        })
    }

    /// A sum of money by itself: 「¥9.90」, 「$4.99」, 「9.9元」.
    pub(super) fn is_price(&self) -> bool {
        let money = |letter: char| letter.is_ascii_digit() || "¥$€£元起/月年仅rmb".contains(letter);
        self.squeezed.chars().any(|letter| letter.is_ascii_digit())
            && self.squeezed.chars().any(|letter| "¥$€£元".contains(letter))
            && self.squeezed.chars().all(money)
    }

    fn has(&self, phrase: &str) -> bool {
        if !phrase.is_ascii() || phrase.starts_with('/') {
            return self.squeezed.contains(phrase);
        }
        find_words(&self.spaced, phrase).is_some()
    }

    fn without(&self, phrases: &[String]) -> Self {
        let mut left = self.clone();
        for phrase in phrases.iter().filter(|phrase| self.has(phrase)) {
            if phrase.is_ascii() {
                while let Some(at) = find_words(&left.spaced, phrase) {
                    left.spaced.replace_range(at..at + phrase.len(), "|");
                }
            } else {
                left.squeezed = left.squeezed.replace(phrase.as_str(), "|");
            }
            left.bare = bare(&left.squeezed);
            left.bare_spaced = bare_words(&left.spaced);
        }
        left
    }
}

/// Where a phrase stands as words of its own. Beside Chinese letters, digits and marks an English word ends.
fn find_words(text: &str, phrase: &str) -> Option<usize> {
    let word = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphabetic());
    text.match_indices(phrase)
        .map(|(at, _)| at)
        .find(|&at| !word(text[..at].chars().next_back()) && !word(text[at + phrase.len()..].chars().next()))
}

impl Phrases {
    /// Whether the words have this sense.
    pub(super) fn say(&self, form: &Form) -> bool {
        self.found(form).is_some()
    }

    /// Whether the words are nothing but a phrase of this sense.
    pub(super) fn are(&self, form: &Form) -> bool {
        !form.is_empty() && self.whole.iter().any(|phrase| form.bare == *phrase || form.bare_spaced == *phrase)
    }

    /// The phrase that gives the words this sense.
    pub(super) fn found(&self, form: &Form) -> Option<&str> {
        if form.is_empty() {
            return None;
        }
        let form = &form.without(&self.unless);
        let whole = self.whole.iter().find(|phrase| form.bare == **phrase || form.bare_spaced == **phrase);
        whole.or_else(|| self.part.iter().find(|phrase| form.has(phrase))).map(String::as_str)
    }

    /// Whether a phrase of this sense stands in the words, which need not be nothing else.
    pub(super) fn say_in_part(&self, form: &Form) -> bool {
        let form = &form.without(&self.unless);
        self.part.iter().any(|phrase| form.has(phrase))
    }

    pub(super) fn begin(&self, form: &Form) -> bool {
        let begins =
            |phrase: &String| form.bare.starts_with(phrase.as_str()) || form.bare_spaced.starts_with(phrase.as_str());
        self.part.iter().any(begins)
    }

    pub(super) fn end(&self, form: &Form) -> bool {
        let ends = |phrase: &String| {
            form.bare.trim_end_matches('》').ends_with(phrase.as_str()) || form.bare_spaced.ends_with(phrase.as_str())
        };
        self.part.iter().any(ends)
    }

    /// Whether the words are among those that come first.
    pub(super) fn is_first(&self, form: &Form) -> bool {
        self.first.iter().any(|phrase| form.has(phrase))
    }

    #[cfg(test)]
    fn all(&self) -> impl Iterator<Item = &String> {
        self.whole.iter().chain(&self.part).chain(&self.unless).chain(&self.first)
    }
}

/// Without sums, numbers and countdowns.
fn bare(squeezed: &str) -> String {
    let mut bare = String::new();
    let mut after_digit = false;
    for letter in squeezed.chars() {
        match letter {
            '0'..='9' | '¥' | '$' | '€' | '£' | '%' => after_digit = true,
            's' | '秒' | '元' if after_digit => {}
            _ => {
                after_digit = false;
                bare.push(letter);
            }
        }
    }
    bare
}

fn bare_words(spaced: &str) -> String {
    let number = |word: &&str| word.trim_end_matches('s').chars().all(|letter| letter.is_ascii_digit()) && *word != "s";
    spaced.split(' ').filter(|word| !number(word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
