//! Personal data in texts and pictures: found, and covered so that nothing of it is left.
//!
//! What a business gives everybody to reach it (400-…, 95…, 10086) stays. What is covered too much costs a reader little;
//! what is covered too little cannot be taken back.

mod address;
mod digits;
mod names;
mod picture;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use address::{code_covered, tokens_covered};
pub use picture::{CoverError, Covered};

/// Stands in place of what was covered, whatever its length was.
pub const COVER: &str = "█████";

/// What sort of personal data it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Mobile,
    Landline,
    IdNumber,
    BankCard,
    Email,
    Plate,
    Name,
    /// A long value in an address: it may stand for a person.
    Token,
    /// A code in a picture: what it says may stand for a person.
    QrCode,
    /// A face in a picture.
    Face,
}

/// How often something of each sort was covered.
pub type Done = BTreeMap<Kind, u64>;

/// Where something personal stands, in bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub kind: Kind,
    pub at: Range<usize>,
}

/// Everything personal in a text, from its beginning, nothing twice.
pub fn personal(text: &str) -> Vec<Found> {
    let plain = Plain::of(text);
    let mut all = digits::find(&plain.text);
    all.extend(names::find(&plain.text));
    let no_numbers = digits::no_numbers(&plain.text);
    all.retain(|found| !no_numbers.iter().any(|no| no.start <= found.at.start && found.at.end <= no.end));
    all.sort_by_key(|found| (found.at.start, std::cmp::Reverse(found.at.end)));
    let mut kept: Vec<Found> = Vec::new();
    for found in all {
        match kept.last_mut() {
            Some(last) if last.at.end > found.at.start => last.at.end = last.at.end.max(found.at.end),
            _ => kept.push(found),
        }
    }
    kept.into_iter().map(|found| Found { at: plain.shown(found.at), ..found }).collect()
}

/// The text with everything personal covered; none where there is nothing.
pub fn covered(text: &str, done: &mut Done) -> Option<String> {
    let tokens = tokens_covered(text, done);
    let text = tokens.as_deref().unwrap_or(text);
    let found = personal(text);
    if found.is_empty() {
        return tokens;
    }
    let mut covered = String::with_capacity(text.len());
    let mut end = 0;
    for Found { kind, at } in found {
        covered.push_str(&text[end..at.start]);
        covered.push_str(COVER);
        end = at.end;
        *done.entry(kind).or_default() += 1;
    }
    covered.push_str(&text[end..]);
    Some(covered)
}

/// A text with the digits and letters that look alike as one, and the way back.
struct Plain {
    text: String,
    /// For each byte of `text` that begins a character, and its end: the byte of the text as shown.
    origin: Vec<usize>,
}

impl Plain {
    fn of(shown: &str) -> Self {
        let (mut text, mut origin) = (String::with_capacity(shown.len()), Vec::with_capacity(shown.len() + 1));
        for (at, one) in shown.char_indices() {
            // What cannot be seen is no hiding place.
            if matches!(one, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}') {
                continue;
            }
            let plain = match one {
                // Full-width letters, digits and marks stand in the order of ASCII.
                '！'..='～' => char::from_u32(u32::from(one) - 0xFEE0).unwrap_or(one),
                '\u{a0}' | '\u{3000}' => ' ',
                '‐'..='―' | '−' => '-',
                one => one,
            };
            text.push(plain);
            origin.extend(std::iter::repeat_n(at, plain.len_utf8()));
        }
        origin.push(shown.len());
        Self { text, origin }
    }

    fn shown(&self, at: Range<usize>) -> Range<usize> {
        self.origin[at.start]..self.origin[at.end]
    }
}
