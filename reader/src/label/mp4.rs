//! The boxes of an MP4 or QuickTime file that hold text or C2PA.

use super::parts::{MOST, next_box, take, u32_be};
use super::{MAX_TEXT, Metadata};

/// Boxes lie in each other no deeper than this: `moov/udta/meta/ilst/<key>/data`.
const DEEPEST: usize = 6;
/// C2PA's box.
const C2PA: [u8; 16] = [0xd8, 0xfe, 0xc3, 0xd6, 0x1b, 0x0e, 0x48, 0x3c, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7e, 0xc4, 0x81];
/// XMP's box.
const XMP: [u8; 16] = [0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac];

pub(super) fn read(file: &[u8], metadata: &mut Metadata) {
    // All boxes of a file together are bounded, however deep they lie.
    let mut left = MOST;
    boxes(file, DEEPEST, &mut left, metadata);
}

fn boxes(mut bytes: &[u8], depth: usize, left: &mut usize, metadata: &mut Metadata) {
    while let (Some(fewer), Some((kind, inner))) = (left.checked_sub(1), next_box(&mut bytes)) {
        *left = fewer;
        match &kind {
            b"uuid" => {
                uuid(inner, metadata);
            }
            b"moov" | b"udta" if depth > 0 => boxes(inner, depth - 1, left, metadata),
            b"meta" if depth > 0 => meta(inner, left, metadata),
            // A box of its own that holds the field.
            b"AIGC" => named(b"AIGC", inner, metadata),
            _ => {}
        }
    }
}

/// Keys and their values: QuickTime's have names, iTunes' four letters.
fn meta(inner: &[u8], left: &mut usize, metadata: &mut Metadata) {
    // MP4's has a version in front, QuickTime's has none.
    let mut inner = if inner.get(4..8) == Some(b"hdlr") { inner } else { inner.get(4..).unwrap_or_default() };
    let mut names: Vec<&[u8]> = Vec::new();
    while let (Some(fewer), Some((kind, part))) = (left.checked_sub(1), next_box(&mut inner)) {
        *left = fewer;
        match &kind {
            b"keys" => names = keys(part, left),
            b"ilst" => items(part, &names, left, metadata),
            _ => {}
        }
    }
}

fn keys<'b>(mut part: &'b [u8], left: &mut usize) -> Vec<&'b [u8]> {
    let mut names = Vec::new();
    if take(&mut part, 8).is_some() {
        while let (Some(fewer), Some((_, name))) = (left.checked_sub(1), next_box(&mut part)) {
            *left = fewer;
            names.push(name);
        }
    }
    names
}

fn items(mut part: &[u8], names: &[&[u8]], left: &mut usize, metadata: &mut Metadata) {
    while let (Some(fewer), Some((key, item))) = (left.checked_sub(1), next_box(&mut part)) {
        *left = fewer;
        // The key is four letters or a number, counted from 1.
        let at = usize::try_from(u32::from_be_bytes(key)).ok().and_then(|number| number.checked_sub(1));
        let mut name = at.and_then(|at| names.get(at)).copied().unwrap_or(&key);
        let mut item = item;
        while let (Some(fewer), Some((kind, mut value))) = (left.checked_sub(1), next_box(&mut item)) {
            *left = fewer;
            match &kind {
                // A free name, behind four bytes of version.
                b"name" => name = value.get(4..).unwrap_or_default(),
                // Its type and its language stand in front.
                b"data" if take(&mut value, 8).is_some() => named(name, value, metadata),
                _ => {}
            }
        }
    }
}

fn named(name: &[u8], value: &[u8], metadata: &mut Metadata) {
    // A cover is no text.
    if name.len() + value.len() < MAX_TEXT && !value.contains(&0) {
        metadata.text(&[name, b"\0", value].concat());
    }
}

fn uuid(mut inner: &[u8], metadata: &mut Metadata) -> Option<()> {
    let id = take(&mut inner, 16)?;
    if id == XMP {
        metadata.text(inner);
    } else if id == C2PA {
        let _version = u32_be(&mut inner)?;
        // What it is for, ended by 0, then where further boxes lie.
        let end = inner.iter().take(64).position(|&byte| byte == 0)?;
        take(&mut inner, end + 1 + 8)?;
        metadata.store(inner);
    }
    Some(())
}
