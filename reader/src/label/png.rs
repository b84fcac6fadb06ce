//! The chunks of a PNG that hold text, EXIF or C2PA.

use super::parts::{MOST, take, u32_be};
use super::{Metadata, exif};

/// `chunks` is what follows the signature.
pub(super) fn read(mut chunks: &[u8], metadata: &mut Metadata) {
    for _ in 0..MOST {
        let Some((kind, data)) = chunk(&mut chunks) else { break };
        match kind {
            // A keyword, 0, the text; iTXt has flags, a language and a translated keyword between, each ended by 0.
            b"tEXt" => metadata.text(data),
            b"iTXt" if is_plain(data) => metadata.text(data),
            b"eXIf" => exif::read(data, metadata),
            b"caBX" => metadata.store(data),
            b"IEND" => break,
            _ => {}
        }
    }
}

fn chunk<'b>(chunks: &mut &'b [u8]) -> Option<(&'b [u8], &'b [u8])> {
    let length = usize::try_from(u32_be(chunks)?).ok()?;
    let (kind, data) = (take(chunks, 4)?, take(chunks, length)?);
    // The check sum: whoever decodes the picture looks at it.
    take(chunks, 4)?;
    Some((kind, data))
}

/// Whether the text of an iTXt chunk is not compressed: the byte behind its keyword says so.
fn is_plain(data: &[u8]) -> bool {
    data.iter().position(|&byte| byte == 0).and_then(|end| data.get(end + 1)) == Some(&0)
}
