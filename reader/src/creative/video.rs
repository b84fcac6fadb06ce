//! A video that an ad shows: its texts, and from which second to which.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use image::RgbImage;
use model::case::{Gap, Step};
use model::evidence::{AdPlace, AdSource, Evidence, EvidenceId};

use super::codes::Codes;
use super::frames::{Frames, RATE};
use super::tracks::Track;
use super::{AdReading, file, from_pixels};
use crate::child::Ending;
use crate::ocr::{Effort, Line, lines, picture};
use crate::reader::Reader;

/// Every so many frames the whole picture is searched for text: once a second.
const SEARCH_EVERY: usize = 2;
/// More texts than this in one video are not followed.
const MAX_TRACKS: usize = 2_000;
/// Texts that come and go within this many seconds of each other belong together.
const TOGETHER_S: f64 = 0.6;
const QUALITY: u8 = 85;

pub(super) fn read(reader: &Reader, path: &Path, now: DateTime<Utc>, reading: &mut AdReading) -> Result<(), String> {
    let options = &reader.options;
    let bytes = file::bytes(path, options.max_file_bytes)?;
    let name = path.file_name().map_or_else(|| "video".into(), |n| n.to_string_lossy().into_owned());
    reading.evidence.push(Evidence::new(format!("creative {name}"), media_type(&bytes), bytes, now));

    let limit = Duration::from_secs(u64::from(options.video_timeout_secs));
    let started = Instant::now();
    // One second more than is read tells whether the video goes on.
    let mut frames = Frames::start(&options.ffmpeg, path, options.max_video_secs.saturating_add(1), limit)?;
    let mut seen = Seen::default();
    let wanted = options.max_video_secs as usize * RATE as usize;
    let mut truncated = None;
    let mut problem = None;
    while let Some(frame) = frames.next() {
        if seen.count >= wanted {
            truncated = Some(format!(
                "only the first {} seconds of {} were read: raise `reader.max_video_secs`",
                options.max_video_secs,
                path.display()
            ));
            break;
        }
        if let Err(error) = seen.look(reader, frame) {
            problem = Some(format!("{}: {error}", path.display()));
            break;
        }
        if started.elapsed() > limit {
            truncated = Some(too_late(path, &seen, options.video_timeout_secs));
            break;
        }
    }
    let (ending, complaint) = frames.finish();
    if ending == Ending::TooLate && truncated.is_none() {
        truncated = Some(too_late(path, &seen, options.video_timeout_secs));
    }
    if seen.count == 0 || (ending == Ending::Failed && truncated.is_none()) {
        let complaint = complaint.lines().next().unwrap_or("it holds no pictures").to_owned();
        problem = problem.or(Some(format!(
            "{} was read for {:.1} seconds only: ffmpeg says: {complaint}",
            path.display(),
            seen.seconds()
        )));
    }
    seen.write(now, reading);
    if let Some(detail) = truncated {
        reading.gaps.push(Gap {
            step: Step::Creative,
            reason: "video-truncated".into(),
            visitor: None,
            hop: None,
            retry: false,
            detail,
        });
    }
    problem.map_or(Ok(()), Err)
}

fn too_late(path: &Path, seen: &Seen, limit: u32) -> String {
    format!(
        "only the first {:.1} seconds of {} were read within {limit} seconds: raise `reader.video_timeout_secs`",
        seen.seconds(),
        path.display()
    )
}

fn media_type(bytes: &[u8]) -> &'static str {
    match bytes {
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "video/mp4",
        [0x1a, 0x45, 0xdf, 0xa3, ..] => "video/webm",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [b'F', b'L', b'V', ..] => "video/x-flv",
        _ => "application/octet-stream",
    }
}

/// What has been seen so far.
#[derive(Default)]
struct Seen {
    count: usize,
    tracks: Vec<Track>,
    /// Frames since the last search, oldest first, to trace a new text back through.
    between: Vec<RgbImage>,
    codes: Codes,
    /// JPEG of the frames on which a text or a code was read first.
    kept: BTreeMap<usize, Vec<u8>>,
}

impl Seen {
    fn seconds(&self) -> f64 {
        self.count as f64 / RATE
    }

    fn look(&mut self, reader: &Reader, frame: RgbImage) -> Result<(), String> {
        let at_s = self.seconds();
        let number = self.count;
        self.count += 1;
        if self.codes.look(&frame, at_s, number) {
            self.keep(number, number, &frame)?;
        }
        if !number.is_multiple_of(SEARCH_EVERY) {
            for track in self.tracks.iter_mut().filter(|t| !t.is_gone()) {
                if track.is_in(&frame) {
                    track.seen(at_s);
                }
            }
            self.between.push(frame);
            return Ok(());
        }
        let mut found = vec![false; self.tracks.len()];
        for quad in reader.ocr.boxes(&frame, Effort::QUICK).map_err(|e| e.to_string())? {
            let area = quad.bounds(&frame);
            if let Some(at) =
                (0..found.len()).find(|&at| !self.tracks[at].is_gone() && self.tracks[at].is_at(&area, &frame))
            {
                self.tracks[at].seen(at_s);
                found[at] = true;
                continue;
            }
            let Some(line) = reader.ocr.line(&frame, &quad).map_err(|e| e.to_string())? else { continue };
            match (0..found.len()).find(|&at| !found[at] && !self.tracks[at].is_gone() && self.tracks[at].says(&line)) {
                Some(at) => {
                    self.tracks[at].seen_as(line, at_s, number, &frame);
                    found[at] = true;
                    self.keep(self.tracks[at].shown, number, &frame)?;
                }
                None if self.tracks.len() < MAX_TRACKS => self.begin(line, at_s, number, &frame)?,
                None => {}
            }
        }
        for (track, found) in self.tracks.iter_mut().zip(&found) {
            // On the animated ground the box may be missed once while the pixels say that the text is still there.
            if !found && !track.is_gone() {
                if track.is_in(&frame) { track.seen(at_s) } else { track.leave() }
            }
        }
        self.between.clear();
        Ok(())
    }

    /// A new text: traced back through the frames that were not searched.
    fn begin(&mut self, line: Line, at_s: f64, number: usize, frame: &RgbImage) -> Result<(), String> {
        let mut track = Track::new(line, at_s, number, frame);
        let step = 1.0 / RATE;
        for (back, earlier) in self.between.iter().rev().enumerate() {
            if !track.is_in(earlier) {
                break;
            }
            track.from_s = at_s - step * (back + 1) as f64;
        }
        self.tracks.push(track);
        self.keep(number, number, frame)
    }

    fn keep(&mut self, shown: usize, number: usize, frame: &RgbImage) -> Result<(), String> {
        if shown == number && !self.kept.contains_key(&number) {
            self.kept.insert(number, picture::jpeg(frame, QUALITY).map_err(|e| e.to_string())?);
        }
        Ok(())
    }

    /// Texts that come and go together are read as one picture; each becomes a statement.
    fn write(self, now: DateTime<Utc>, reading: &mut AdReading) {
        let mut ids: BTreeMap<usize, EvidenceId> = BTreeMap::new();
        for (number, jpeg) in self.kept {
            if self.tracks.iter().any(|t| t.shown == number) || self.codes.are_shown(number) {
                let evidence =
                    Evidence::new(format!("video frame {:.1} s", number as f64 / RATE), "image/jpeg", jpeg, now);
                ids.insert(number, evidence.id());
                reading.evidence.push(evidence);
            }
        }
        reading.codes.extend(self.codes.placed(|number| ids.get(&number).copied()));
        let mut groups: Vec<Vec<Track>> = Vec::new();
        // One letter, seen once, is a pattern of the moving ground.
        let is_noise = |t: &Track| t.line.text.chars().count() < 2 && t.last_s <= t.from_s;
        for track in self.tracks.into_iter().filter(|t| !is_noise(t)) {
            let together = |g: &&mut Vec<Track>| {
                g[0].shown == track.shown
                    && (g[0].from_s - track.from_s).abs() < TOGETHER_S
                    && (g[0].last_s - track.last_s).abs() < TOGETHER_S
            };
            match groups.iter_mut().find(together) {
                Some(group) => group.push(track),
                None => groups.push(vec![track]),
            }
        }
        for group in groups {
            let Some(&evidence) = ids.get(&group[0].shown) else { continue };
            let from_s = group.iter().map(|t| t.from_s).fold(f64::MAX, f64::min);
            // It was still there at the last moment it was seen, and gone at the next look.
            let until_s = group.iter().map(|t| t.last_s).fold(0.0, f64::max) + 1.0 / RATE;
            let place = |area| AdPlace {
                source: AdSource::Video,
                at_s: Some(from_s),
                until_s: Some(until_s),
                area: Some(area),
                evidence,
            };
            let found: Vec<Line> = lines::in_reading_order(group.into_iter().map(|t| t.line).collect());
            reading.statements.extend(from_pixels(&lines::joined(&found), &place, Some(until_s - from_s)));
        }
    }
}
