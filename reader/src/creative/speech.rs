//! What is said in a video, heard by a machine: the transcript is kept, and each part of it becomes a statement.

use std::path::Path;

use chrono::{DateTime, Utc};
use model::evidence::{AdPlace, AdSource, Evidence};
use model::statement::{ReadBy, Role, Visibility};

use super::{AdReading, statement};
use crate::reader::Reader;
use crate::speech;

/// Adds what is said; the problem is a sentence for people. A video without a voice adds nothing.
pub(super) fn read(reader: &Reader, path: &Path, now: DateTime<Utc>, reading: &mut AdReading) -> Result<(), String> {
    let Some(transcript) = reader.speech.hear(&reader.options, path)? else { return Ok(()) };
    let bytes = serde_json::to_vec_pretty(&transcript).map_err(|error| format!("keep the transcript: {error}"))?;
    let evidence = Evidence::new("transcript", "application/json", bytes, now);
    let id = evidence.id();
    reading.evidence.push(evidence);
    for segment in &transcript.segments {
        let (at_s, until_s) = (Some(segment.from_s), Some(segment.until_s));
        let place = AdPlace { source: AdSource::Speech, at_s, until_s, area: None, evidence: id };
        let seconds = ((segment.until_s - segment.from_s) * 100.0).round() / 100.0;
        let visibility = Visibility { seconds: Some(seconds), ..Visibility::default() };
        let read_by = ReadBy::Speech(segment.confidence);
        let text = speech::simplified(&segment.text);
        // Sums are told from what was heard, and from nothing that was guessed.
        let mut said = statement(&text, place, Role::Speech, read_by, visibility);
        // Nobody wrote it: other characters of the same sound hide nothing.
        said.normal.disguises.clear();
        reader.ear().read(&mut said.normal);
        reading.statements.push(said);
    }
    if transcript.unheard.is_empty() {
        return Ok(());
    }
    Err(format!(
        "somebody seems to speak in {} (at {}), and not all of it was understood in time: give the video `subtitles`, or \
         raise `reader.video_timeout_secs`",
        path.display(),
        speech::shown(&transcript.unheard)
    ))
}
