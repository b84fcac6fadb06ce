//! Sums spelt out in English: "four pounds fifty", "a fiver", "twenty-nine euros a month", "50p".

use std::ops::Range;
use std::sync::LazyLock;

use model::statement::Currency;
use regex::{Captures, Regex};

use super::numeral;

/// A sum in words, and where it stands.
pub(super) struct Spelt {
    pub(super) bytes: Range<usize>,
    pub(super) cents: i64,
    pub(super) currency: Currency,
}

const ONES: &str = "one|two|three|four|five|six|seven|eight|nine";
const TEENS: &str = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen";
const TENS: &str = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety";

/// Numbers below a hundred.
pub(super) static SMALL: LazyLock<String> =
    LazyLock::new(|| format!("(?:(?:{TENS})(?:[ -](?:{ONES}))?|{TEENS}|{ONES})"));

static SUM: LazyLock<Regex> = LazyLock::new(|| {
    let small = SMALL.as_str();
    let hundreds = format!("(?:(?:{small}|an?)[ -]hundred(?:[ -](?:and[ -])?{small})?|{small})");
    let number = format!("(?:(?:{hundreds}|an?)[ -]thousand(?:,?[ -](?:and[ -])?{hundreds})?|{hundreds}|half an?|an?)");
    Regex::new(&format!(
        r"\b(?:(?P<n>{number})[ -](?P<unit>pounds?|quid|dollars?|bucks?|euros?|cents|pence|p)\b|(?P<digits>\d{{1,5}}(?:\.\d\d)?) ?(?P<dunit>pounds?|quid|pence|p)\b|(?:an?|one) (?P<note>fiver|tenner)\b)(?P<tail>,?(?: and)? (?P<t>{small}|\d\d)\b(?: ?(?P<c>cents|pence|p)\b)?)?"
    ))
    .expect("internal error: the pattern of spelt sums is right")
});

/// The sums in words of a text in normal form.
pub(super) fn all(text: &str) -> Vec<Spelt> {
    SUM.captures_iter(text).filter_map(|found| sum(text, &found)).collect()
}

fn sum(text: &str, found: &Captures<'_>) -> Option<Spelt> {
    let start = found.get(0)?.start();
    if let Some(note) = found.name("note") {
        let cents = if note.as_str() == "fiver" { 500 } else { 1_000 };
        return Some(Spelt { bytes: start..note.end(), cents, currency: Currency::Gbp });
    }
    let number = found.name("n").or_else(|| found.name("digits"))?;
    let unit = found.name("unit").or_else(|| found.name("dunit"))?;
    let value = value(number.as_str())?;
    let small_coin = matches!(unit.as_str(), "cents" | "pence" | "p");
    let tail = if small_coin { None } else { tail(text, found) };
    let end = tail.map_or(unit.end(), |(_, end)| end);
    let spelt = found.name("n").is_some();
    let sound = match unit.as_str() {
        // 「1080p」 and 「lose twenty pounds」 are no money.
        "p" => is_followed_as_money(&text[end..]) && (spelt || number.as_str().len() < 3),
        "pound" | "pounds" => tail.is_some() || is_money_not_weight(&text[..start], &text[end..]),
        // 「a dollar store」
        _ if matches!(number.as_str(), "a" | "an" | "one") => is_followed_as_money(&text[end..]),
        _ => true,
    };
    let whole = if small_coin { value } else { value * 100 + tail.map_or(0, |(cents, _)| cents) };
    let pieces = (spelt || !number.as_str().contains('.')) || small_coin;
    let cents = if pieces { whole } else { numeral::hundredths(number.as_str())? };
    sound.then(|| Spelt { bytes: start..end, cents, currency: currency(unit.as_str()) })
}

/// "four pounds fifty": what follows the unit, in hundredths, and where it ends. "four pounds two weeks later" has none.
fn tail(text: &str, found: &Captures<'_>) -> Option<(i64, usize)> {
    let cents = value(found.name("t")?.as_str())?;
    let end = found.name("tail")?.end();
    let counts = || {
        let after = text[end..].trim_start();
        ["day", "week", "month", "year", "hour", "minute", "per cent", "percent", "%", "times", "people", "gb", "more"]
            .iter()
            .any(|word| after.starts_with(word))
    };
    (found.name("c").is_some() || (cents >= 10 && !counts())).then_some((cents, end))
}

fn value(written: &str) -> Option<i64> {
    if written.starts_with(|c: char| c.is_ascii_digit()) {
        return numeral::hundredths(written).map(|cents| cents / 100);
    }
    number(written)
}

/// A number below a million in words.
pub(super) fn number(written: &str) -> Option<i64> {
    let (mut total, mut part) = (0, 0);
    for word in written.split([' ', '-', ',']).filter(|word| !word.is_empty()) {
        match word {
            "and" => {}
            "a" | "an" => part += 1,
            "hundred" => part = part.max(1) * 100,
            "thousand" => (total, part) = (total + part.max(1) * 1_000, 0),
            _ => part += small(word)?,
        }
    }
    (total + part > 0).then_some(total + part)
}

fn small(word: &str) -> Option<i64> {
    let from = |list: &str, first: i64, step: i64| {
        let at = list.split('|').position(|known| known == word)?;
        Some(first + step * i64::try_from(at).ok()?)
    };
    from(ONES, 1, 1).or_else(|| from(TEENS, 10, 1)).or_else(|| from(TENS, 20, 10))
}

/// Whether what stands behind a sum goes on as behind a price.
fn is_followed_as_money(after: &str) -> bool {
    static GOES_ON: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:$|\s*[,.;:!?)/。]|\s(?:a|an|per|each|every|for|to|today|now|only|once|and|or|then|off|up ?front|down|extra|more|less|deposit|delivery|postage)\b)")
            .expect("internal error: the pattern is right")
    });
    GOES_ON.is_match(after)
}

/// Pounds are money where they are paid, and weight where something is lifted or lost.
fn is_money_not_weight(before: &str, after: &str) -> bool {
    static WEIGHT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:los[et]|losing|drop(?:ped|ping)?|shed(?:ding)?|gain(?:ed)?|weigh\w*|weight|lift\w*|holds?|carr(?:y|ies)|supports?|load\w*|burn\w*)\b[^.;!?]{0,24}$")
            .expect("internal error: the pattern is right")
    });
    static OF_WEIGHT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^[ -](?:of\b|lighter|heavier|overweight|in \w+ (?:days?|weeks?|months?)|weight|dumbbells?|bag|sack|box)",
        )
        .expect("internal error: the pattern is right")
    });
    static PAID: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:only|just|costs?|for|pay|pays|paid|charged?|fee|price|at|from|is|are|was|then|total|bill|under|about|around|spend|save|saves?|of|worth|takes?|the)\s(?:you\s|us\s|be\s|of\s|is\s|just\s|only\s)*$")
            .expect("internal error: the pattern is right")
    });
    !WEIGHT.is_match(before) && !OF_WEIGHT.is_match(after) && (PAID.is_match(before) || is_followed_as_money(after))
}

fn currency(unit: &str) -> Currency {
    match unit {
        "euro" | "euros" => Currency::Eur,
        "dollar" | "dollars" | "buck" | "bucks" | "cents" => Currency::Usd,
        _ => Currency::Gbp,
    }
}
