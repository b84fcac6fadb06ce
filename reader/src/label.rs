//! Labels in the metadata of a file that say that a machine made it: the field `AIGC`, and C2PA manifests.
//!
//! PNG, JPEG, WebP, MP4 and QuickTime are looked into; what stands in compressed text blocks, or in other containers, is
//! not seen. Nothing is verified: a file says of itself what it likes.

mod aigc;
mod c2pa;
mod exif;
mod jpeg;
mod mp4;
mod parts;
mod png;
mod webp;

use chrono::{DateTime, Utc};
use model::evidence::{Evidence, EvidenceId};
use model::label::Label;

/// Texts and stores of one file that are looked at.
const MOST: usize = 64;
/// Bytes of one text; an XMP packet has some thousand.
const MAX_TEXT: usize = 1 << 20;
/// Bytes of one store of manifests; one with thumbnails has some hundred thousand.
const MAX_STORE: usize = 8 << 20;

/// What of a file's metadata may hold labels.
#[derive(Debug, Default, PartialEq)]
struct Metadata {
    /// Each with its name in front where it has one.
    texts: Vec<String>,
    /// C2PA's stores, as JUMBF boxes.
    stores: Vec<Vec<u8>>,
}

impl Metadata {
    fn text(&mut self, bytes: &[u8]) {
        if self.texts.len() < MOST && bytes.len() <= MAX_TEXT {
            self.texts.push(String::from_utf8_lossy(bytes).into_owned());
        }
    }

    fn store(&mut self, bytes: &[u8]) {
        if self.stores.len() < MOST && bytes.len() <= MAX_STORE {
            self.stores.push(bytes.to_vec());
        }
    }
}

/// The labels of a file, and their metadata as it stands there.
pub(crate) fn of_file(file: &Evidence, now: DateTime<Utc>) -> (Vec<Label>, Vec<Evidence>) {
    let metadata = metadata(file.bytes());
    let (mut labels, mut kept) = (Vec::new(), Vec::<Evidence>::new());
    let mut keep = |what: &str, media_type: &str, bytes: Vec<u8>| -> Option<EvidenceId> {
        let evidence = Evidence::new(format!("{what} of {}", file.what), media_type, bytes, now);
        let (id, new) = (evidence.id(), kept.iter().all(|other| other.id() != evidence.id()));
        if new {
            kept.push(evidence);
        }
        new.then_some(id)
    };
    for (text, field) in metadata.texts.iter().flat_map(|text| aigc::fields(text)) {
        if let Some(evidence) = keep("AIGC label", "application/json", text.into_bytes()) {
            labels.push(Label::Aigc { file: file.id(), evidence, field });
        }
    }
    for store in metadata.stores {
        let Some(c2pa::Says { generators, source_types }) = c2pa::says(&store) else { continue };
        if let Some(evidence) = keep("C2PA manifests", "application/c2pa", store) {
            labels.push(Label::C2pa { file: file.id(), evidence, generators, source_types });
        }
    }
    (labels, kept)
}

fn metadata(file: &[u8]) -> Metadata {
    let mut metadata = Metadata::default();
    match file {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', chunks @ ..] => png::read(chunks, &mut metadata),
        [0xff, 0xd8, segments @ ..] => jpeg::read(segments, &mut metadata),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', chunks @ ..] => webp::read(chunks, &mut metadata),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => mp4::read(file, &mut metadata),
        _ => {}
    }
    metadata
}

#[cfg(test)]
mod tests;
