//! A sentence that narrows the ad's own offer, whatever the condition is: it says of the promised sum, or of the promised
//! thing, who, when, where or after what it is to be had.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use model::statement::{Role, Statement};
use regex::Regex;

use crate::about::subjects;
use crate::aside::is_aside;
use crate::check::Sides;
use crate::measure::number;
use crate::side::{PageSide, in_a_note};
use crate::words::Words;

/// The ad has told the condition when it has so much of its words; with all of its numbers less of them is enough. Shares;
/// heuristic.
const TOLD: [f64; 2] = [0.5, 0.25];
/// A label of a row is no longer. Characters.
const LONGEST_LABEL: usize = 10;

/// Two digits or more, or a Chinese numeral of two characters or more.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(\d{2,}(?:,\d{3})*(?:\.\d+)?|\d+\.\d+|[一二两三四五六七八九十百千]{2,})(万)?")
        .expect("internal error: the pattern of numbers is one")
});

/// Giving money back, in both languages.
static REFUND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"退(?:款|费|还|学费|钱|保费)|\brefund(?:s|ed|able)?\b|\bclaims?\b|\breturn(?:s|ed)?\b")
        .expect("internal error: the pattern of refunds is one")
});

/// What an ad says, as far as a condition may repeat it.
pub(crate) struct Promised {
    sums: BTreeSet<u64>,
    subjects: BTreeSet<String>,
    all: BTreeSet<String>,
    figures: BTreeSet<String>,
    /// Whether the money is to come back in some case.
    refund: bool,
    /// Whether money is to be had.
    pays: bool,
}

impl Promised {
    pub(crate) fn by(sides: &Sides<'_>) -> Self {
        let words = sides.words;
        let said = || sides.ad.statements.iter().filter(|said| said.role != Role::Button && !in_a_note(said));
        let of_sums = sides.ad.to_pay().filter(|sum| sum.price.cents > 0).map(|sum| sum.price.cents as u64);
        let in_text = said().flat_map(|said| numbers(&said.normal.text));
        Self {
            pays: said().any(|said| words.says("promised-pay", &said.normal.text)),
            refund: said().any(|said| words.says("promised-refund", &said.normal.text)),
            sums: of_sums.chain(in_text).collect(),
            subjects: said().flat_map(|said| subjects(&said.normal.text, words)).collect(),
            figures: sides.ad.statements.iter().flat_map(|said| figures(&said.normal.text)).collect(),
            all: sides.ad.statements.iter().flat_map(|said| subjects(&said.normal.text, words)).collect(),
        }
    }

    /// Whether a sentence speaks of what the ad promises: its sum or number, or its thing.
    fn is_of(&self, sentence: &str, words: &Words) -> bool {
        // A Latin word says less of the thing than a pair of Chinese characters: "plan", "order".
        const LATIN: usize = 5;
        let shared = subjects(sentence, words);
        let (latin, pairs): (Vec<_>, Vec<_>) = (shared.intersection(&self.subjects)).partition(|word| word.is_ascii());
        let latin = latin.iter().filter(|word| word.len() >= LATIN).count();
        numbers(sentence).any(|number| self.sums.contains(&number)) || !pairs.is_empty() || latin > 1
    }

    /// Whether the ad has most of a condition's words.
    pub(crate) fn tells(&self, condition: &str, words: &Words) -> bool {
        let asked = subjects(condition, words);
        let told = asked.iter().filter(|subject| self.all.contains(*subject)).count() as f64;
        let least = if figures(condition).is_subset(&self.figures) { TOLD[1] } else { TOLD[0] };
        !asked.is_empty() && told >= least * asked.len() as f64
    }
}

/// Where a page narrows what the ad promises; bytes of the statement.
pub(crate) fn narrows(page: &PageSide<'_>, promised: &Promised, sides: &Sides<'_>) -> Option<(usize, Range<usize>)> {
    let words = sides.words;
    let statements = page.side.statements;
    statements.iter().enumerate().find_map(|(at, said)| {
        let text = &said.normal.text;
        let found = gate(statements, at, promised, words)?;
        let sentence = crate::wording::sentence(text, &found);
        // Where the money is to come back, a sentence of refunds is no rule of returning goods.
        let asks_back = promised.refund && REFUND.is_match(sentence);
        let read = if asks_back { REFUND.replace_all(sentence, "") } else { sentence.into() };
        let gets = words.has("cond-gate-gets", sentence) || promised.pays && words.has("cond-payout", sentence);
        let labelled = found.len() == text.len();
        let of_it = gets || labelled || asks_back || promised.is_of(sentence, words);
        let other = [
            "cond-usual",
            "cond-other",
            "cond-no-gate",
            "visit-strings",
            "spec-targeted",
            "optional-extra",
            "small-usual",
        ];
        let left = other.iter().any(|term| words.has(term, &read)) || crate::wording::is_asked(text, &found, words);
        (of_it && !left && !promised.tells(sentence, words) && !is_aside(page, at, words)).then_some((at, found))
    })
}

/// The words by which a statement is a condition; all of it where the label of its row says so.
fn gate(statements: &[Statement], at: usize, promised: &Promised, words: &Words) -> Option<Range<usize>> {
    let text = &statements[at].normal.text;
    if matches!(statements[at].role, Role::PageTitle | Role::FieldLabel | Role::Button | Role::Headline) {
        return None;
    }
    let label = at.checked_sub(1).map(|before| &statements[before]);
    let labelled = label.is_some_and(|label| {
        label.text.chars().count() <= LONGEST_LABEL && words.has("cond-label", &label.normal.text)
    });
    if labelled {
        return Some(0..text.len());
    }
    // A page may pay out many a thing: only where the ad promises money is that its own.
    let payout = || words.find("cond-payout", text).filter(|_| promised.pays);
    payout().or_else(|| ["cond-gate", "cond-limit", "cond-gate-gets"].iter().find_map(|term| words.find(term, text)))
}

/// Every number of a text, as written.
fn figures(text: &str) -> BTreeSet<String> {
    let digit = |c: char| c.is_ascii_digit() || c == '.' || "一二两三四五六七八九十百千".contains(c);
    text.split(|c| !digit(c))
        .map(|run| run.trim_matches('.'))
        .filter(|run| !run.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The numbers of a text, in hundredths.
fn numbers(text: &str) -> impl Iterator<Item = u64> {
    NUMBER.captures_iter(text).filter_map(|found| {
        let value = number(&found[1].replace(',', ""))? * if found.get(2).is_some() { 10_000.0 } else { 1.0 };
        // 「2026年」 is a date.
        let is_year = (2000.0..2100.0).contains(&value);
        (value >= 1.0 && !is_year).then_some((value * 100.0).round() as u64)
    })
}
