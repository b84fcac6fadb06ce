//! A picture that an ad shows.

use std::path::Path;

use chrono::{DateTime, Utc};
use model::evidence::{AdPlace, AdSource, Evidence};

use super::{AdReading, animation, codes, file, from_pixels, gap};
use crate::ocr::{lines, picture, unread_print};
use crate::reader::Reader;

pub(super) fn read(reader: &Reader, path: &Path, now: DateTime<Utc>, reading: &mut AdReading) -> Result<(), String> {
    let bytes = file::bytes(path, reader.options.max_file_bytes)?;
    let name = path.file_name().map_or_else(|| "picture".into(), |n| n.to_string_lossy().into_owned());
    let media_type = ::image::guess_format(&bytes).map_or("application/octet-stream", |format| format.to_mime_type());
    let evidence = Evidence::new(format!("creative {name}"), media_type, bytes, now);
    let at = reading.evidence.len();
    let read = if animation::moves(evidence.bytes(), reader.options.max_picture_pixels) {
        animation::read(reader, path, evidence.bytes(), now, reading)
    } else {
        read_still(reader, path, &evidence, reading)
    };
    // Kept even if it cannot be read, and before its frames: it is what the ad shows.
    reading.evidence.insert(at, evidence);
    read
}

fn read_still(reader: &Reader, path: &Path, evidence: &Evidence, reading: &mut AdReading) -> Result<(), String> {
    let id = evidence.id();
    let picture = picture::decode(evidence.bytes(), reader.options.max_picture_pixels)
        .map_err(|error| format!("{}: {error}; PNG, JPEG, WebP, GIF and BMP can be read", path.display()))?;
    let (found, whole) = codes::in_picture(&picture, id);
    reading.codes.extend(found);
    let writing = reader.ocr.read(&picture).map_err(|error| format!("{}: {error}", path.display()))?;
    let place = |area| AdPlace { source: AdSource::Image, at_s: None, until_s: None, area: Some(area), evidence: id };
    reading.statements.extend(from_pixels(&lines::joined(&writing.lines), &place));
    if let Some(told) = unread_print(&writing.unread) {
        reading.gaps.push(gap("print-unread", format!("{}: {told}", path.display())));
    }
    if whole { Ok(()) } else { Err(format!("{} was not searched for QR codes to the end", path.display())) }
}
