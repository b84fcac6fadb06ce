//! Personal data that is known by its digits: telephones, identity cards, bank cards; and e-mail and plates.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{Found, Kind};

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("internal error: the patterns are tested")
}

/// Runs of digits as people group them: a space, a dash or a dot between two.
static DIGITS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\+?\(?[0-9](?:[ \-.·()]{0,2}[0-9])*[Xx]?"));
static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"[A-Za-z0-9._%+\-]{1,64}(?:@|%40)(?:[A-Za-z0-9\-]{1,63}\.){1,5}[A-Za-z]{2,24}"));
static PLATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Z][ ·•\-]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]",
    )
});
/// Hashes and moments are no numbers of persons, whatever digits they hold.
static NO_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[0-9a-f]{32,}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})",
    )
});

pub(super) fn find(text: &str) -> Vec<Found> {
    let of = |kind: Kind, pattern: &'static LazyLock<Regex>| {
        pattern.find_iter(text).map(move |found| Found { kind, at: found.range() })
    };
    let mut all: Vec<_> = of(Kind::Email, &EMAIL).chain(of(Kind::Plate, &PLATE)).collect();
    for run in DIGITS.find_iter(text) {
        all.extend(
            in_run(run.as_str())
                .into_iter()
                .map(|(kind, at)| Found { kind, at: run.start() + at.start..run.start() + at.end }),
        );
    }
    // A plate has a digit in it; a name of a model has none, or no letter behind the province.
    all.retain(|found| found.kind != Kind::Plate || text[found.at.clone()].bytes().any(|byte| byte.is_ascii_digit()));
    all
}

pub(super) fn no_numbers(text: &str) -> Vec<Range<usize>> {
    NO_NUMBER.find_iter(text).map(|found| found.range()).collect()
}

/// What a run of digits is, as a whole, or else in the parts that its separators make.
fn in_run(run: &str) -> Vec<(Kind, Range<usize>)> {
    if let Some(kind) = kind(run) {
        return vec![(kind, 0..run.len())];
    }
    // 「13800138000 13900139000」 is two numbers, and 「2026-11-27 13800138000」 has one: every stretch from one group's
    // beginning to another's end is looked at, the longest first.
    let groups: Vec<Range<usize>> = groups(run);
    let mut found = Vec::new();
    let mut from = 0;
    while from < groups.len() {
        let last = groups.len().min(from + 6);
        let hit = (from..last).rev().find_map(|to| {
            let at = groups[from].start..groups[to].end;
            kind(&run[at.clone()]).map(|kind| (kind, at, to))
        });
        match hit {
            Some((kind, at, to)) => {
                found.push((kind, at));
                from = to + 1;
            }
            None => from += 1,
        }
    }
    found
}

/// The stretches of digits between separators.
fn groups(run: &str) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (at, one) in run.char_indices().filter(|(_, one)| one.is_ascii_alphanumeric()) {
        match groups.last_mut() {
            Some(last) if last.end == at => last.end = at + one.len_utf8(),
            _ => groups.push(at..at + one.len_utf8()),
        }
    }
    groups
}

fn kind(run: &str) -> Option<Kind> {
    let all: String = run.chars().filter(char::is_ascii_alphanumeric).collect();
    let (digits, check) = match all.strip_suffix(['X', 'x']) {
        Some(digits) => (digits, true),
        None => (all.as_str(), false),
    };
    if check {
        // A digit before an x may be a size: 「13800138000x2」.
        return if is_identity(digits, true) { Some(Kind::IdNumber) } else { kind(digits) };
    }
    let home = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86")).unwrap_or(digits);
    match digits.len() {
        _ if dotted(run) && (is_mobile(digits) || (digits.len() > 11 && is_mobile(home))) => Some(Kind::Mobile),
        15 | 18 if is_identity(digits, false) => Some(Kind::IdNumber),
        16..=19 if is_card(digits) => Some(Kind::BankCard),
        10..=12 if is_landline(run, digits) => Some(Kind::Landline),
        _ => None,
    }
}

/// Whether dots in it may be those of a telephone: 「138.1234.5678」, and neither a version nor a fraction.
fn dotted(run: &str) -> bool {
    !run.contains('.') || groups(run).iter().all(|group| group.len() >= 3)
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && matches!(digits.as_bytes()[1], b'3'..=b'9')
}

/// Eighteen digits, or seventeen and an X, with a birthday in them; fifteen in old cards.
fn is_identity(digits: &str, check: bool) -> bool {
    let (region, year, rest) = match digits.len() + usize::from(check) {
        18 => (&digits[..2], &digits[6..10], &digits[10..14]),
        15 if !check => (&digits[..2], "19", &digits[8..12]),
        _ => return false,
    };
    let number = |text: &str| text.parse::<u32>().unwrap_or_default();
    let (month, day) = (number(&rest[..2]), number(&rest[2..]));
    (11..=83).contains(&number(region))
        && (year.len() == 2 || (1900..=2100).contains(&number(year)))
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
}

/// By Luhn, and by the first digit of cards that are issued.
fn is_card(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| match (at % 2, u32::from(byte - b'0')) {
            (0, digit) => digit,
            (_, digit) => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10) && matches!(digits.as_bytes()[0], b'3'..=b'6' | b'9')
}

/// An area code set apart from seven or eight digits: without the mark between them it may be any number.
fn is_landline(run: &str, digits: &str) -> bool {
    let area = if matches!(digits.as_bytes()[1], b'1' | b'2') { 3 } else { 4 };
    let marked = run
        .char_indices()
        .filter(|(_, one)| one.is_ascii_digit())
        .nth(area - 1)
        .is_some_and(|(at, _)| run[at + 1..].starts_with([' ', '-', '.', ')', '(']));
    digits.starts_with('0') && marked && matches!(digits.len() - area, 7 | 8)
}
