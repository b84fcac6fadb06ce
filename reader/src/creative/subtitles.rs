//! Subtitles beside a video: what is said and when.

use std::path::Path;

use chrono::{DateTime, Utc};
use model::evidence::{AdPlace, AdSource, Evidence};
use model::statement::{ReadBy, Role, Visibility};

use super::{AdReading, file, statement};
use crate::reader::Reader;
use crate::subtitles::cues;

/// Bytes of a subtitle file.
const MAX_BYTES: u64 = 4 << 20;

pub(super) fn read(reader: &Reader, path: &Path, now: DateTime<Utc>, reading: &mut AdReading) -> Result<(), String> {
    let bytes = file::bytes(path, MAX_BYTES.min(reader.options.max_file_bytes))?;
    let cues = cues(&String::from_utf8_lossy(&bytes));
    let is_vtt = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("vtt"));
    let media_type = if is_vtt { "text/vtt" } else { "application/x-subrip" };
    let evidence = Evidence::new("subtitles", media_type, bytes, now);
    let id = evidence.id();
    reading.evidence.push(evidence);
    if cues.is_empty() {
        return Err(format!("{} holds no subtitles: SRT and WebVTT can be read, in UTF-8", path.display()));
    }
    for cue in cues {
        let place = AdPlace {
            source: AdSource::Speech,
            at_s: Some(cue.from_s),
            until_s: Some(cue.until_s),
            area: None,
            evidence: id,
        };
        let visibility =
            Visibility { seconds: Some(((cue.until_s - cue.from_s) * 100.0).round() / 100.0), ..Visibility::default() };
        reading.statements.push(statement(&cue.text, place, Role::Speech, ReadBy::Subtitle, visibility));
    }
    Ok(())
}
