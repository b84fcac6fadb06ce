//! Who answers for a page, by what it says of itself: company, records, licences, how to reach them.

mod company;

use std::ops::Range;
use std::str::FromStr;
use std::sync::LazyLock;

use model::statement::{Fact, FactKind, Role, Statement};
use regex::Regex;
use serde::Deserialize;

/// More facts of one page are not told.
const MOST_FACTS: usize = 120;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    province: String,
    label: String,
    fact: Vec<OneFact>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneFact {
    kind: FactKind,
    pattern: String,
}

static WAYS: LazyLock<Vec<(FactKind, Regex)>> = LazyLock::new(|| {
    let written: Written = toml::from_str(include_str!("facts.toml")).expect("internal error: facts.toml is right");
    let filled = |pattern: &str| pattern.replace("{province}", &written.province).replace("{label}", &written.label);
    let regex =
        |fact: &OneFact| Regex::from_str(&filled(&fact.pattern)).expect("internal error: its patterns are right");
    written.fact.iter().map(|fact| (fact.kind, regex(fact))).collect()
});

/// The facts in what a page shows, in the order of its statements; each once.
pub(super) fn of(statements: &[Statement]) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    // What a field asks for is nobody's address.
    for statement in statements.iter().filter(|s| s.role != Role::FieldLabel) {
        let Some(place) = statement.page_place() else { continue };
        let text = &statement.normal.text;
        for (kind, bytes) in within(text) {
            let value = text[bytes.clone()].split_whitespace().collect::<String>();
            if facts.len() >= MOST_FACTS || facts.iter().any(|f| f.kind == kind && f.value == value) {
                continue;
            }
            let char_of = |byte: usize| text[..byte].chars().count();
            let chars = char_of(bytes.start)..char_of(bytes.end);
            let shown = statement.normal.shown(&statement.text, chars).trim().to_owned();
            facts.push(Fact { kind, value, text: shown, place: place.clone() });
        }
    }
    facts
}

/// The facts in a text in normal form, in its order.
fn within(text: &str) -> Vec<(FactKind, Range<usize>)> {
    let mut found: Vec<(FactKind, Range<usize>)> = Vec::new();
    let mut add = |kind: FactKind, range: Range<usize>| {
        if !found.iter().any(|(_, taken)| taken.start < range.end && range.start < taken.end) {
            found.push((kind, range));
        }
    };
    company::within(text).into_iter().for_each(|range| add(FactKind::Company, range));
    // Every fact but an address has a figure or an @ in it.
    for (kind, way) in WAYS.iter() {
        way.captures_iter(text).filter_map(|c| c.name("v")).for_each(|v| add(*kind, trimmed(text, v.range())));
    }
    found.sort_by_key(|(_, range)| range.start);
    found
}

/// Without white space and marks at its ends.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let end = range.start + text[range.clone()].trim_end_matches([' ', ',', '.', '-', '(']).len();
    range.start..end.max(range.start)
}

#[cfg(test)]
mod tests;
