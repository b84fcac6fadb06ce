//! The words by which ways on are known, and the one form in which words are compared.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// Longer words than this are not compared whole: a label is short, and what comes from the web has no bound.
const MOST_CHARS: usize = 400;

/// The words of `words.toml`.
pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let written = toml::from_str(include_str!("words.toml")).expect("internal error: `words.toml` is well formed");
    Lexicon::new(written)
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    letters: Letters,
    submits: Phrases,
    orders: Phrases,
    claims: Phrases,
    looks: Phrases,
    opens: Phrases,
    agreement: Phrases,
    fold: Phrases,
    close: Phrases,
    accepts: Phrases,
    back: Phrases,
    aside: Phrases,
    consent: Phrases,
    billing: Phrases,
    monthly: Phrases,
    wages: Phrases,
    field: Phrases,
    names: Names,
}

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

#[derive(Debug)]
pub(super) struct Lexicon {
    letters: HashMap<char, char>,
    pub(super) submits: Phrases,
    pub(super) orders: Phrases,
    pub(super) claims: Phrases,
    pub(super) looks: Phrases,
    pub(super) opens: Phrases,
    pub(super) agreement: Phrases,
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

impl Lexicon {
    fn new(written: Written) -> Self {
        let letters = written.letters.from.chars().zip(written.letters.to.chars()).collect();
        Self {
            letters,
            submits: written.submits,
            orders: written.orders,
            claims: written.claims,
            looks: written.looks,
            opens: written.opens,
            agreement: written.agreement,
            fold: written.fold,
            close: written.close,
            accepts: written.accepts,
            back: written.back,
            aside: written.aside,
            consent: written.consent,
            billing: written.billing,
            monthly: written.monthly,
            wages: written.wages,
            field: written.field,
            names: written.names,
        }
    }

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

/// Whether one of the pieces of which a maker's name is made is in a list; longer entries may be glued to others.
pub(super) fn names(pieces: &[String], list: &[String]) -> bool {
    const GLUED: usize = 5;
    pieces
        .iter()
        .any(|piece| list.iter().any(|name| piece == name || (name.len() >= GLUED && piece.contains(name.as_str()))))
}

/// The pieces of a maker's name: `van-popup__closeIcon` is van, popup, close, icon; glued pairs beside them.
pub(super) fn pieces(name: &str) -> Vec<String> {
    const MOST: usize = 64;
    let mut pieces: Vec<String> = vec![String::new()];
    let mut lower_before = false;
    for letter in name.chars().take(MOST_CHARS) {
        let starts = letter.is_uppercase() && lower_before;
        if (starts || !letter.is_alphabetic()) && pieces.last().is_some_and(|piece| !piece.is_empty()) {
            pieces.push(String::new());
        }
        lower_before = letter.is_lowercase();
        if let Some(piece) = pieces.last_mut().filter(|_| letter.is_alphabetic()) {
            piece.extend(letter.to_lowercase());
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces.truncate(MOST);
    let pairs: Vec<String> = pieces.windows(2).map(|pair| pair.concat()).collect();
    pieces.extend(pairs);
    pieces
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn form(shown: &str) -> Form {
        LEXICON.form(shown)
    }

    #[test]
    fn words_are_compared_without_what_hides_them() {
        let submits = &LEXICON.submits;
        for hidden in [
            "确 认 订 购",
            "確認訂購",
            "确\u{ad}认\u{200b}订购",
            "确·认·订·购",
            "【确认订购】",
            "确认订购 15元/月",
            "ＰＡＹ　ＮＯＷ",
            "Pay&nbsp;now".trim_start_matches("x"),
        ] {
            assert!(submits.say(&form(hidden)), "{hidden}");
        }
        assert!(submits.say(&form("确定 (3s)")) && submits.say(&form("OK")));
        assert!(!submits.say(&form("display wallpapers")) && !submits.say(&form("确定性算法入门课")));
        assert!(!submits.say(&form("支付宝小程序里打开")));
        assert!(LEXICON.close.say(&form("5s 跳过")) && LEXICON.close.say(&form("Don't want it")));
    }

    #[test]
    fn a_name_falls_into_pieces() {
        let pieces = pieces("van-popup__closeIcon btn2");
        assert!(
            ["van", "popup", "close", "icon", "btn", "closeicon"]
                .iter()
                .all(|piece| pieces.iter().any(|own| own == piece))
        );
        assert!(names(&pieces, &LEXICON.names.close) && !names(&pieces, &LEXICON.names.back));
    }

    #[test]
    fn a_sum_by_itself_is_a_price() {
        assert!(form("￥9.90").is_price() && form("9.9元/月").is_price() && form("$4.99").is_price());
        assert!(!form("9折").is_price() && !form("领9元").is_price());
    }

    #[test]
    fn the_words_are_written_as_they_are_compared() {
        let lexicon = &*LEXICON;
        let lists = [
            &lexicon.submits,
            &lexicon.orders,
            &lexicon.claims,
            &lexicon.looks,
            &lexicon.opens,
            &lexicon.agreement,
            &lexicon.fold,
            &lexicon.close,
            &lexicon.accepts,
            &lexicon.back,
            &lexicon.aside,
            &lexicon.consent,
            &lexicon.billing,
            &lexicon.monthly,
            &lexicon.wages,
            &lexicon.field,
        ];
        for phrase in lists.iter().flat_map(|list| list.all()) {
            let form = form(phrase);
            let written = if phrase.is_ascii() && !phrase.starts_with('/') { form.spaced } else { form.squeezed };
            assert_eq!(*phrase, written, "write it as it is compared");
        }
        for list in lists {
            for part in [&list.whole, &list.part] {
                let mut seen = HashSet::new();
                assert!(part.iter().all(|phrase| seen.insert(phrase)), "a phrase stands twice in {part:?}");
            }
        }
        let written: Written = toml::from_str(include_str!("words.toml")).expect("reads");
        assert_eq!(written.letters.from.chars().count(), written.letters.to.chars().count());
        assert!(written.letters.to.chars().all(|letter| !written.letters.from.contains(letter)));
    }
}
