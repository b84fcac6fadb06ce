//! The chunks of a WebP that hold EXIF, XMP or C2PA.

use super::parts::{MOST, take};
use super::{Metadata, exif};

/// `chunks` is what follows the word WEBP.
pub(super) fn read(mut chunks: &[u8], metadata: &mut Metadata) {
    for _ in 0..MOST {
        let Some((kind, data)) = chunk(&mut chunks) else { break };
        match kind {
            // Some write the mark of JPEG in front.
            b"EXIF" => exif::read(data.strip_prefix(b"Exif\0\0").unwrap_or(data), metadata),
            b"XMP " => metadata.text(data),
            b"C2PA" => metadata.store(data),
            _ => {}
        }
    }
}

fn chunk<'b>(chunks: &mut &'b [u8]) -> Option<(&'b [u8], &'b [u8])> {
    let kind = take(chunks, 4)?;
    let length = usize::try_from(u32::from_le_bytes(take(chunks, 4)?.try_into().ok()?)).ok()?;
    let data = take(chunks, length)?;
    // Filled up to an even length.
    take(chunks, length % 2);
    Some((kind, data))
}
