//! Bytes taken off the front of a file, none of whose lengths is believed.

/// Parts of one file or box that are gone through.
pub(super) const MOST: usize = 10_000;

/// Takes so many bytes; none when there are fewer.
pub(super) fn take<'b>(bytes: &mut &'b [u8], count: usize) -> Option<&'b [u8]> {
    let (taken, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(taken)
}

pub(super) fn u16_be(bytes: &mut &[u8]) -> Option<u16> {
    Some(u16::from_be_bytes(take(bytes, 2)?.try_into().ok()?))
}

pub(super) fn u32_be(bytes: &mut &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(take(bytes, 4)?.try_into().ok()?))
}

/// A box of MP4 or JUMBF: its type and what is in it.
pub(super) fn next_box<'b>(bytes: &mut &'b [u8]) -> Option<([u8; 4], &'b [u8])> {
    let mut rest = *bytes;
    let size = u32_be(&mut rest)?;
    let kind: [u8; 4] = take(&mut rest, 4)?.try_into().ok()?;
    let inner = match size {
        0 => rest.len(),
        1 => {
            let size = u64::from_be_bytes(take(&mut rest, 8)?.try_into().ok()?);
            usize::try_from(size.checked_sub(16)?).ok()?
        }
        size => usize::try_from(size.checked_sub(8)?).ok()?,
    };
    let inner = take(&mut rest, inner)?;
    *bytes = rest;
    Some((kind, inner))
}
