//! Whether a violation points at the right sentence, second and hop.

use model::evidence::Place;
use model::violation::Violation;

use super::truth::Wrong;

/// A second may be off by this much. Seconds.
const NEAR_S: f64 = 1.0;

/// What was asked about the places of one violation, and what was right; none where the truth does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Right {
    /// The sentence of the page is the one quoted first.
    pub(crate) sentence: Option<bool>,
    /// It is among all that are quoted.
    pub(crate) quoted: Option<bool>,
    pub(crate) promise: Option<bool>,
    pub(crate) second: Option<bool>,
    pub(crate) hop: Option<bool>,
}

impl Right {
    pub(crate) fn of(violation: &Violation, wrong: &Wrong) -> Self {
        let finding = &violation.finding;
        let (promised, delivered) = (finding.promised(), finding.delivered());
        let asked = |words: &str| (!words.is_empty()).then(|| words.to_owned());
        let on_pages = || {
            let others = finding.others().iter().filter(|other| matches!(other.place, Place::Page(_)));
            others.map(|other| other.quote.as_str()).chain([delivered.quote.as_str()])
        };
        Self {
            sentence: asked(&wrong.delivered).map(|words| is_about(&delivered.quote, &words)),
            quoted: asked(&wrong.delivered).map(|words| on_pages().any(|quote| is_about(quote, &words))),
            promise: asked(&wrong.promised).map(|words| is_about(&promised.quote, &words)),
            second: wrong.at_s.map(|at| promised.place.at_s.is_some_and(|told| (told - at).abs() <= NEAR_S)),
            hop: wrong.hop.map(|hop| delivered.place.hop == hop),
        }
    }
}

/// Whether a quotation is of the sentence in which these words stand: one holds the other, in normal form.
fn is_about(quote: &str, words: &str) -> bool {
    /// A quotation shorter than this is in every sentence. Characters.
    const SHORTEST: usize = 2;
    let plain = |text: &str| -> String {
        let normal = reader::text::normal(text).text;
        normal.chars().filter(|c| !c.is_whitespace() && *c != '…').collect()
    };
    let (quote, words) = (plain(quote), plain(words));
    quote.contains(&words) || (quote.chars().count() >= SHORTEST && words.contains(&quote))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_is_of_the_sentence_that_holds_it_or_that_it_holds() {
        assert!(is_about("次月起 29 元／月，自动续费", "次月起29元/月"));
        assert!(is_about("29元/月", "次月起29元/月"));
        assert!(!is_about("免费领取", "次月起29元/月"));
        assert!(!is_about("元", "次月起29元/月"));
    }
}
