//! What a store of C2PA manifests says: who wrote its claims, and of what source it is.
//!
//! The store is a JUMBF box; its claims and assertions are CBOR or JSON. Only the few texts that are of interest are
//! looked for, each behind the name of its key; signatures and hashes are not looked at.

use super::parts::{MOST, next_box};

/// Boxes lie in each other no deeper: store, manifest, assertions, assertion.
const DEEPEST: usize = 5;
/// Texts of one sort that are kept.
const MOST_TEXTS: usize = 8;
/// Bytes of one text.
const LONGEST: usize = 300;
/// Bytes behind `claim_generator_info` within which its name stands.
const INFO: usize = 200;

#[derive(Debug, Default, PartialEq)]
pub(super) struct Says {
    pub(super) generators: Vec<String>,
    pub(super) source_types: Vec<String>,
}

/// None when it is no store of manifests.
pub(super) fn says(store: &[u8]) -> Option<Says> {
    let mut rest = store;
    let (kind, inner) = next_box(&mut rest)?;
    let (kind_of_description, description) = next_box(&mut { inner })?;
    // Its first sixteen bytes say what it is; then flags, then its name.
    let is_store = &kind == b"jumb" && &kind_of_description == b"jumd" && description.get(..4) == Some(b"c2pa");
    if !is_store {
        return None;
    }
    let mut says = Says::default();
    contents(inner, DEEPEST, &mut MOST.clone(), &mut |content| {
        for text in texts(content, "claim_generator") {
            add(&mut says.generators, text);
        }
        for at in places(content, b"claim_generator_info") {
            let info = &content[at..content.len().min(at + INFO)];
            if let Some(name) = texts(info, "name").into_iter().next() {
                add(&mut says.generators, name);
            }
        }
        for text in texts(content, "digitalSourceType") {
            add(&mut says.source_types, text);
        }
    });
    Some(says)
}

fn add(all: &mut Vec<String>, text: String) {
    if all.len() < MOST_TEXTS && !all.contains(&text) {
        all.push(text);
    }
}

/// Goes through all boxes of CBOR and JSON, however deep.
fn contents(mut bytes: &[u8], depth: usize, left: &mut usize, look: &mut dyn FnMut(&[u8])) {
    while let (Some(fewer), Some((kind, inner))) = (left.checked_sub(1), next_box(&mut bytes)) {
        *left = fewer;
        match &kind {
            b"jumb" if depth > 0 => contents(inner, depth - 1, left, look),
            b"cbor" | b"json" => look(inner),
            _ => {}
        }
    }
}

/// Where a name ends, at each place it stands.
fn places<'c>(content: &'c [u8], name: &'c [u8]) -> impl Iterator<Item = usize> + 'c {
    let stands = content.windows(name.len()).enumerate().filter(move |(_, window)| *window == name);
    stands.map(move |(at, _)| at + name.len()).take(MOST_TEXTS)
}

/// The texts that are values of this key.
fn texts(content: &[u8], key: &str) -> Vec<String> {
    let value = |at: usize| cbor(&content[at..]).or_else(|| json(&content[at..]));
    places(content, key.as_bytes()).filter_map(value).collect()
}

/// A text of CBOR: its length stands in front, in the head or in one or two bytes behind it.
fn cbor(bytes: &[u8]) -> Option<String> {
    let (length, from): (usize, usize) = match bytes {
        [head @ 0x61..=0x77, ..] => (usize::from(head - 0x60), 1),
        [0x78, length, ..] => (usize::from(*length), 2),
        [0x79, high, low, ..] => (usize::from(u16::from_be_bytes([*high, *low])), 3),
        _ => return None,
    };
    let text = bytes.get(from..from.checked_add(length)?).filter(|text| text.len() <= LONGEST)?;
    Some(std::str::from_utf8(text).ok()?.to_owned())
}

/// A text of JSON: `": "…"`.
fn json(bytes: &[u8]) -> Option<String> {
    let bytes = &bytes[..bytes.len().min(2 * LONGEST)];
    let text = std::str::from_utf8(bytes).or_else(|error| std::str::from_utf8(&bytes[..error.valid_up_to()])).ok()?;
    let value = text.strip_prefix('"')?.trim_start().strip_prefix(':')?.trim_start();
    let mut values = serde_json::Deserializer::from_str(value).into_iter::<String>();
    values.next()?.ok().filter(|text| text.len() <= LONGEST)
}
