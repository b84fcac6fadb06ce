//! The texts of an EXIF block: a TIFF file of which only the comments are of interest.

use super::Metadata;

/// Entries of one directory that are looked at.
const MOST: u16 = 1_000;
/// Tags that hold text: the description of the picture, XPComment, UserComment.
const DESCRIPTION: u16 = 0x010e;
const XP_COMMENT: u16 = 0x9c9c;
const USER_COMMENT: u16 = 0x9286;
/// The tag that leads to the second directory.
const EXIF_DIRECTORY: u16 = 0x8769;

/// A TIFF file, and which end of its numbers comes first.
struct Tiff<'b> {
    bytes: &'b [u8],
    little: bool,
}

pub(super) fn read(bytes: &[u8], metadata: &mut Metadata) {
    let little = match bytes {
        [b'I', b'I', 42, 0, ..] => true,
        [b'M', b'M', 0, 42, ..] => false,
        _ => return,
    };
    let tiff = Tiff { bytes, little };
    let Some(first) = tiff.u32(4) else { return };
    if let Some(second) = tiff.directory(first, metadata) {
        tiff.directory(second, metadata);
    }
}

impl Tiff<'_> {
    /// Reads the texts of a directory; where the next one begins, if it says so.
    fn directory(&self, at: usize, metadata: &mut Metadata) -> Option<usize> {
        let mut next = None;
        for entry in 0..self.u16(at)?.min(MOST) {
            let entry = at.checked_add(2 + 12 * usize::from(entry))?;
            let (tag, kind, count) = (self.u16(entry)?, self.u16(entry + 2)?, self.u32(entry + 4)?);
            match tag {
                EXIF_DIRECTORY => next = self.u32(entry + 8),
                DESCRIPTION | XP_COMMENT | USER_COMMENT if matches!(kind, 1 | 2 | 7) => {
                    let from = if count <= 4 { entry + 8 } else { self.u32(entry + 8)? };
                    let value = from.checked_add(count).and_then(|until| self.bytes.get(from..until));
                    self.text(tag, value.unwrap_or_default(), metadata);
                }
                _ => {}
            }
        }
        next
    }

    fn text(&self, tag: u16, value: &[u8], metadata: &mut Metadata) {
        if value.len() > super::MAX_TEXT {
            return;
        }
        let wide = |bytes: &[u8], little: bool| {
            let unit =
                |b: &[u8]| if little { u16::from_le_bytes([b[0], b[1]]) } else { u16::from_be_bytes([b[0], b[1]]) };
            String::from_utf16_lossy(&bytes.chunks_exact(2).map(unit).collect::<Vec<_>>())
        };
        match (tag, value.split_at_checked(8)) {
            // A comment says in its first eight bytes how it is written.
            (USER_COMMENT, Some((b"UNICODE\0", text))) => metadata.text(wide(text, self.little).as_bytes()),
            (USER_COMMENT, Some((_, text))) => metadata.text(text),
            (XP_COMMENT, _) => metadata.text(wide(value, true).as_bytes()),
            _ => metadata.text(value),
        }
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn u32(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        usize::try_from(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }).ok()
    }
}
