//! Subtitles beside a video and in it: what is said and when.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use model::evidence::{AdPlace, AdSource, Evidence};
use model::statement::{ReadBy, Role, Visibility};

use super::contents::Contents;
use super::{AdReading, file, gap, statement};
use crate::child::Ending;
use crate::ffmpeg;
use crate::reader::Reader;
use crate::subtitles::{self, Format, Subtitles};

/// Bytes of a subtitle file.
const MAX_BYTES: u64 = 4 << 20;
/// Tracks of one video that are read: an ad in as many languages is not known.
const MAX_TRACKS: usize = 8;

/// Reads a file beside the video. The problem says why nobody is believed: nothing of it was read.
pub(super) fn read(reader: &Reader, path: &Path, now: DateTime<Utc>, reading: &mut AdReading) -> Result<(), String> {
    let bytes = file::bytes(path, MAX_BYTES.min(reader.options.max_file_bytes))?;
    let said = subtitles::read(&bytes);
    if !said.whole {
        reading.gaps.push(unread(format!("{} was not read to the end, or not every letter of it", path.display())));
    }
    let empty = said.cues.is_empty();
    add("subtitles".into(), bytes, said, 0.0, now, reading);
    if empty {
        return Err(format!("{} holds no subtitles: SRT, WebVTT and ASS can be read", path.display()));
    }
    Ok(())
}

/// Reads the tracks of subtitles that are part of the video file.
pub(super) fn read_tracks(
    reader: &Reader,
    path: &Path,
    contents: &Contents,
    now: DateTime<Utc>,
    reading: &mut AdReading,
) {
    for (number, codec) in contents.subtitles.iter().enumerate() {
        if number == MAX_TRACKS {
            let all = contents.subtitles.len();
            reading.gaps.push(unread(format!(
                "only the first {MAX_TRACKS} of {all} tracks of subtitles in {} were read",
                path.display()
            )));
            break;
        }
        let problem = match track(reader, path, number) {
            Ok(bytes) => {
                let said = subtitles::read(&bytes);
                let whole = said.whole;
                add(format!("subtitles, track {}", number + 1), bytes, said, contents.first_s, now, reading);
                if whole { continue } else { "it is too long to be read to the end".into() }
            }
            Err(problem) => problem,
        };
        reading.gaps.push(unread(format!(
            "track {} of the subtitles in {} ({codec}) was not read: {problem}; give the video `subtitles`, as text",
            number + 1,
            path.display()
        )));
    }
}

/// One track as ASS, which is what ffmpeg makes of each first. Subtitles that are pictures cannot become text.
fn track(reader: &Reader, path: &Path, number: usize) -> Result<Vec<u8>, String> {
    let limit = Duration::from_secs(u64::from(reader.options.video_timeout_secs));
    let map = format!("0:s:{number}");
    let text = ["-map", &map, "-c:s", "ass", "-f", "ass", "pipe:1"].map(OsString::from);
    let running = ffmpeg::start(&reader.options.ffmpeg, ffmpeg::input(path).into_iter().chain(text), limit)?;
    let mut bytes = Vec::new();
    let read = running.output.take(MAX_BYTES).read_to_end(&mut bytes);
    match (running.watched.finish(), read) {
        ((Ending::Done, _), Ok(_)) => Ok(bytes),
        ((Ending::TooLate, _), _) => Err("it takes too long".into()),
        ((_, complaint), _) => Err(format!("ffmpeg says: {}", complaint.lines().next().unwrap_or("nothing"))),
    }
}

/// `before_s` is how long before the first picture the clock of the cues begins.
fn add(what: String, bytes: Vec<u8>, said: Subtitles, before_s: f64, now: DateTime<Utc>, reading: &mut AdReading) {
    let media_type = match said.format {
        Format::SubRip => "application/x-subrip",
        Format::WebVtt => "text/vtt",
        Format::Ass => "text/x-ssa",
    };
    let evidence = Evidence::new(what, media_type, bytes, now);
    let id = evidence.id();
    reading.evidence.push(evidence);
    let rounded = |seconds: f64, unit: f64| (seconds * unit).round() / unit;
    for cue in said.cues {
        // What is said before the first picture is said as it comes.
        let [from_s, until_s] = [cue.from_s, cue.until_s].map(|at| rounded((at - before_s).max(0.0), 1_000.0));
        let place =
            AdPlace { source: AdSource::Speech, at_s: Some(from_s), until_s: Some(until_s), area: None, evidence: id };
        let visibility = Visibility { seconds: Some(rounded(until_s - from_s, 100.0)), ..Visibility::default() };
        reading.statements.push(statement(&cue.text, place, Role::Speech, ReadBy::Subtitle, visibility));
    }
}

fn unread(detail: String) -> model::case::Gap {
    gap("subtitles-unread", detail)
}
