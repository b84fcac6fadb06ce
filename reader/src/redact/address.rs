//! Web addresses: long values in them may stand for a person, and those of a code in a picture surely may.

use std::sync::LazyLock;

use regex::Regex;

use super::{COVER, Done, Kind};

static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"https?://[^\s"'<>「」《》，。；、）)\\]+"#).expect("internal error: the pattern is tested")
});
/// A value of so many characters names a click, a device or a person; a shorter one names a channel.
const LONG: usize = 16;

/// The text with the long values of its addresses covered; none where there are none.
pub fn tokens_covered(text: &str, done: &mut Done) -> Option<String> {
    let mut changed = false;
    let covered = ADDRESS.replace_all(text, |found: &regex::Captures<'_>| {
        let address = found[0].to_owned();
        match values_covered(&address, done) {
            Some(covered) => {
                changed = true;
                covered
            }
            None => address,
        }
    });
    changed.then(|| covered.into_owned())
}

fn values_covered(address: &str, done: &mut Done) -> Option<String> {
    let (before, values) = address.split_once(['?', '#'])?;
    let mark = &address[before.len()..=before.len()];
    let mut count = 0;
    let parts: Vec<String> = values
        .split_inclusive(['&', '#', ';', '?'])
        .map(|part| {
            let (part, end) = match part.strip_suffix(['&', '#', ';', '?']) {
                Some(inner) => (inner, &part[inner.len()..]),
                None => (part, ""),
            };
            match part.split_once('=') {
                Some((name, value)) if value.chars().count() >= LONG => {
                    count += 1;
                    format!("{name}={COVER}{end}")
                }
                None if part.chars().count() >= LONG => {
                    count += 1;
                    format!("{COVER}{end}")
                }
                _ => format!("{part}{end}"),
            }
        })
        .collect();
    if count == 0 {
        return None;
    }
    *done.entry(Kind::Token).or_default() += count;
    Some(format!("{before}{mark}{}", parts.concat()))
}

/// What a code in a picture says, without what is behind the name of its host: a short address is a token as a whole.
pub fn code_covered(text: &str, done: &mut Done) -> String {
    *done.entry(Kind::QrCode).or_default() += 1;
    let host = text.split_once("://").and_then(|(scheme, rest)| {
        let host = rest.split(['/', '?', '#']).next()?;
        (matches!(scheme, "http" | "https") && !host.contains('@')).then(|| format!("{scheme}://{host}/"))
    });
    format!("{}{COVER}", host.unwrap_or_default())
}
