//! The segments of a JPEG that hold comments, EXIF, XMP or C2PA.

use std::collections::BTreeMap;

use super::parts::{MOST, take, u16_be, u32_be};
use super::{MAX_STORE, Metadata, exif};

/// Bytes of the header that each part of a box repeats.
const HEADER: usize = 8;

/// `segments` is what follows the mark of its beginning.
pub(super) fn read(mut segments: &[u8], metadata: &mut Metadata) {
    let mut boxes: BTreeMap<u16, Vec<u8>> = BTreeMap::new();
    for _ in 0..MOST {
        let Some((mark, data)) = segment(&mut segments) else { break };
        match mark {
            // The picture itself: there is no metadata behind it.
            0xda | 0xd9 => break,
            0xe1 => match data.strip_prefix(b"Exif\0\0") {
                Some(exif) => exif::read(exif, metadata),
                None => metadata.text(data),
            },
            0xeb => {
                part_of_a_box(data, &mut boxes);
            }
            0xfe => metadata.text(data),
            _ => {}
        }
    }
    boxes.values().for_each(|store| metadata.store(store));
}

fn segment<'b>(segments: &mut &'b [u8]) -> Option<(u8, &'b [u8])> {
    if take(segments, 1)? != [0xff] {
        return None;
    }
    let mark = loop {
        // Marks may be filled up with 0xff.
        match take(segments, 1)?[0] {
            0xff => {}
            mark => break mark,
        }
    };
    if matches!(mark, 0x01 | 0xd0..=0xd9) {
        return Some((mark, &[]));
    }
    let length = usize::from(u16_be(segments)?).checked_sub(2)?;
    Some((mark, take(segments, length)?))
}

/// A box too long for one segment comes in several of one number, in order, each with the header of the box in front.
fn part_of_a_box(mut data: &[u8], boxes: &mut BTreeMap<u16, Vec<u8>>) -> Option<()> {
    if take(&mut data, 2)? != b"JP" {
        return None;
    }
    let number = u16_be(&mut data)?;
    let _order = u32_be(&mut data)?;
    let part = match boxes.get(&number) {
        Some(_) => data.get(HEADER..)?,
        None => data,
    };
    let whole = boxes.entry(number).or_default();
    if whole.len() + part.len() <= MAX_STORE {
        whole.extend_from_slice(part);
    }
    Some(())
}
