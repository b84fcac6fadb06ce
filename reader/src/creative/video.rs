//! A video that an ad shows: its texts, and from which second to which.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use image::RgbImage;
use model::evidence::{AdPlace, AdSource, Evidence, EvidenceId};
use model::units::Area;

use super::changes::{self, Changes};
use super::codes::Codes;
use super::frames::{Frames, Most, RATE};
use super::grey::Grey;
use super::tracks::Track;
use super::{AdReading, contents, from_pixels, gap, subtitles, ticker, together};
use crate::child::Ending;
use crate::ffmpeg;
use crate::ocr::{Effort, Line, lines, picture};
use crate::reader::Reader;

/// What has come to stand still is searched at once, but not again within so many frames.
const REST: usize = 2;
/// Every so many frames the whole picture is glanced at, for text that never stands still: every three seconds.
const GLANCE_EVERY: usize = 15;
/// Frames through which a new text is traced back: as many as may lie between two glances.
const BACK: usize = GLANCE_EVERY + 1;
/// A text that is away from its place for so long is looked for around it, and has gone if it is not there. Seconds.
const AWAY_S: f64 = 0.4;
/// How far above and below its place, pixels of the frame.
const AROUND: f64 = 60.0;
/// More texts than this in one video are not followed.
const MAX_TRACKS: usize = 2_000;
/// Texts that come and go within this many seconds of each other belong together.
const TOGETHER_S: f64 = 0.3;
const QUALITY: u8 = 85;
/// A file that ends so much before the length that it gives, and not without an error, is not all there. Seconds.
const BREAK_S: f64 = 1.0;
/// By which ffmpeg's errors say that pictures were made up from their neighbours; others are of no consequence.
const DAMAGE: [&str; 2] = ["rror while decoding", "Invalid data found"];

/// Reads what stands on its pictures, and its tracks of subtitles. `bytes` are those of the file.
pub(super) fn read(
    reader: &Reader,
    path: &Path,
    bytes: Vec<u8>,
    now: DateTime<Utc>,
    reading: &mut AdReading,
) -> Result<(), String> {
    let options = &reader.options;
    let name = path.file_name().map_or_else(|| "video".into(), |n| n.to_string_lossy().into_owned());
    reading.evidence.push(Evidence::new(format!("creative {name}"), media_type(&bytes), bytes, now));

    let limit = Duration::from_secs(u64::from(options.video_timeout_secs));
    let contents = contents::of(&options.ffmpeg, path, limit)?;
    subtitles::read_tracks(reader, path, &contents, now, reading);
    let started = Instant::now();
    // One second more than is read tells whether the video goes on.
    let seconds = options.max_video_secs.saturating_add(1);
    let most = Most { seconds, pixels: options.max_picture_pixels, time: limit };
    let mut frames = Frames::start(&options.ffmpeg, path, &most)?;
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
    if ending == Ending::Failed && truncated.is_none() || seen.count == 0 {
        problem = problem.or(Some(damaged(path, &seen, &complaint)));
    } else if let Some(length_s) = contents.length_s.filter(|_| truncated.is_none() && problem.is_none()) {
        if !complaint.is_empty() && length_s - seen.seconds() > BREAK_S {
            truncated = Some(format!(
                "{} breaks off: only the first {:.1} of its {length_s:.1} seconds were read: {}",
                path.display(),
                seen.seconds(),
                first_line(&complaint)
            ));
        } else {
            seen.hold(length_s.min(f64::from(options.max_video_secs)));
        }
    }
    if problem.is_none() && DAMAGE.iter().any(|sign| complaint.contains(sign)) && truncated.is_none() {
        let detail = format!("parts of {} are damaged: ffmpeg says: {}", path.display(), first_line(&complaint));
        reading.gaps.push(gap("video-damaged", detail));
    }
    seen.write(options.reading_speed, now, reading);
    if let Some(detail) = truncated {
        reading.gaps.push(gap("video-truncated", detail));
    }
    problem.map_or(Ok(()), Err)
}

fn damaged(path: &Path, seen: &Seen, complaint: &str) -> String {
    if seen.count == 0 && complaint.contains(ffmpeg::NO_TRACK) {
        return format!("{} holds no pictures that move: only what is said in it was read", path.display());
    }
    format!(
        "{} cannot be read as it is, only {:.1} seconds of it were seen: ffmpeg says: {}",
        path.display(),
        seen.seconds(),
        first_line(complaint)
    )
}

fn first_line(complaint: &str) -> &str {
    complaint.lines().next().unwrap_or("it holds no pictures")
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

fn is_away(track: &Track, at_s: f64) -> bool {
    at_s - track.last_s >= AWAY_S - 0.5 / RATE
}

/// What has been seen so far.
#[derive(Default)]
pub(super) struct Seen {
    count: usize,
    /// Pixels of every frame.
    width: f64,
    height: f64,
    tracks: Vec<Track>,
    /// The last frames, oldest first, to trace a new text back through.
    earlier: VecDeque<Grey>,
    changes: Changes,
    /// Index of the frame in which something was searched last.
    searched: usize,
    codes: Codes,
    /// JPEG of the frames on which a text or a code was read first.
    kept: BTreeMap<usize, Vec<u8>>,
}

/// A frame at hand.
struct Now {
    at_s: f64,
    number: usize,
    frame: RgbImage,
    grey: Grey,
}

impl Seen {
    pub(super) fn seconds(&self) -> f64 {
        self.count as f64 / RATE
    }

    /// The last picture stays until the end of the sound: a video may be one picture with music.
    fn hold(&mut self, until_s: f64) {
        let (end_s, last_s) = (until_s - 0.5 / RATE, self.seconds() - 1.0 / RATE);
        for track in self.tracks.iter_mut().filter(|t| t.last_s >= last_s - 0.5 / RATE) {
            track.seen(end_s);
        }
        self.codes.hold(last_s, until_s);
    }

    pub(super) fn look(&mut self, reader: &Reader, frame: RgbImage) -> Result<(), String> {
        let now = Now { at_s: self.seconds(), number: self.count, grey: Grey::of(&frame), frame };
        self.count += 1;
        (self.width, self.height) = (f64::from(now.frame.width()), f64::from(now.frame.height()));
        if self.codes.look(&now.frame, now.at_s, now.number) {
            self.keep(now.number, &now)?;
        }
        for track in self.tracks.iter_mut().filter(|t| !t.is_gone()) {
            if track.is_in(&now.grey) {
                track.seen(now.at_s);
            }
        }
        let all = 0..now.frame.height() as usize;
        if self.earlier.is_empty() {
            self.search(reader, &now, all, Effort::QUICK)?;
        } else if now.number.is_multiple_of(GLANCE_EVERY) {
            self.search(reader, &now, all, Effort::GLANCE)?;
        } else {
            for rows in self.rows_to_search(&now) {
                self.search(reader, &now, rows, Effort::QUICK)?;
            }
        }
        for track in self.tracks.iter_mut().filter(|t| !t.is_gone()) {
            if is_away(track, now.at_s) {
                track.leave();
            }
        }
        self.earlier.push_back(now.grey);
        if self.earlier.len() > BACK {
            self.earlier.pop_front();
        }
        Ok(())
    }

    /// Where something new stands still, and around the texts that are no longer where they were.
    fn rows_to_search(&self, now: &Now) -> Vec<Range<usize>> {
        let mut rows = Vec::new();
        if now.number >= self.searched + REST {
            rows.extend(self.earlier.back().map(|before| self.changes.rows(before, &now.grey)).unwrap_or_default());
        }
        for track in self.tracks.iter().filter(|t| !t.is_gone() && is_away(t, now.at_s)) {
            let area = &track.place;
            let bottom = (area.bottom() + AROUND).min(f64::from(now.frame.height()));
            rows.push((area.y - AROUND).max(0.0) as usize..bottom as usize);
        }
        rows.sort_by_key(|rows| rows.start);
        let mut apart = Vec::new();
        for rows in rows {
            changes::add(rows, &mut apart);
        }
        apart
    }

    fn search(&mut self, reader: &Reader, now: &Now, rows: Range<usize>, effort: Effort) -> Result<(), String> {
        // A glance misses fine print: what has come is still to be searched.
        if effort == Effort::QUICK {
            self.searched = now.number;
            self.changes.searched(&now.grey, &rows);
        }
        let mut found = vec![false; self.tracks.len()];
        for quad in reader.ocr.boxes_in_rows(&now.frame, rows, effort).map_err(|e| e.to_string())? {
            let area = quad.bounds(&now.frame);
            let here = |at: &usize| !self.tracks[*at].is_gone() && self.tracks[*at].is_at(&area, &now.grey);
            if let Some(at) = (0..found.len()).find(here) {
                found[at] = true;
                continue;
            }
            let Some(line) = reader.ocr.line(&now.frame, &quad).map_err(|e| e.to_string())? else { continue };
            let moved = |at: &usize| !found[*at] && !self.tracks[*at].is_gone() && self.tracks[*at].says(&line);
            match (0..found.len()).find(moved) {
                Some(at) => {
                    self.tracks[at].seen_as(line, now.at_s, now.number, &now.grey, self.earlier.back());
                    found[at] = true;
                    self.keep(self.tracks[at].shown, now)?;
                }
                None if self.tracks.len() < MAX_TRACKS => self.begin(line, now)?,
                None => {}
            }
        }
        Ok(())
    }

    /// A new text: traced back through the frames before.
    fn begin(&mut self, line: Line, now: &Now) -> Result<(), String> {
        let mut track = Track::new(line, now.at_s, now.number, &now.grey, self.earlier.back());
        let since = self.earlier.iter().rev().take_while(|earlier| track.is_in(earlier)).count();
        track.from_s = now.at_s - since as f64 / RATE;
        self.tracks.push(track);
        self.keep(now.number, now)
    }

    fn keep(&mut self, shown: usize, now: &Now) -> Result<(), String> {
        if shown == now.number && !self.kept.contains_key(&shown) {
            self.kept.insert(shown, picture::jpeg(&now.frame, QUALITY).map_err(|e| e.to_string())?);
        }
        Ok(())
    }

    /// Texts that come and go together are read as one picture; each becomes a statement.
    pub(super) fn write(self, reading_speed: f64, now: DateTime<Utc>, reading: &mut AdReading) {
        let tracks = ticker::joined(self.tracks, self.width);
        let mut ids: BTreeMap<usize, EvidenceId> = BTreeMap::new();
        for (number, jpeg) in self.kept {
            if tracks.iter().any(|t| t.shown == number) || self.codes.are_shown(number) {
                let evidence =
                    Evidence::new(format!("video frame {:.1} s", number as f64 / RATE), "image/jpeg", jpeg, now);
                ids.insert(number, evidence.id());
                reading.evidence.push(evidence);
            }
        }
        reading.codes.extend(self.codes.placed(|number| ids.get(&number).copied()));
        let (height, length_s) = (self.height, self.count as f64 / RATE);
        let mut statements = Vec::new();
        let mut groups: Vec<Vec<Track>> = Vec::new();
        // One letter, seen once, is a pattern of the moving ground.
        let is_noise = |t: &Track| t.line.text.chars().count() < 2 && t.last_s <= t.from_s;
        for track in tracks.into_iter().filter(|t| !is_noise(t)) {
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
            // It came between the first look that saw it and the one before, and went between the last and the one after.
            let half = 0.5 / RATE;
            let came = |t: &Track| (t.from_s - half).max(0.0);
            let span = |tracks: &mut dyn Iterator<Item = &Track>| {
                tracks.fold((f64::MAX, 0.0f64), |(from, until), t| (from.min(came(t)), until.max(t.last_s + half)))
            };
            let place = |area: Area| {
                let is_part = |t: &&Track| area.intersection(&t.line.area).size() > 0.9 * t.line.area.size();
                let (at_s, until_s) = span(&mut group.iter().filter(is_part));
                let (at_s, until_s) = (Some(at_s), Some(until_s));
                AdPlace { source: AdSource::Video, at_s, until_s, area: Some(area), evidence }
            };
            let found: Vec<Line> = lines::in_reading_order(group.iter().map(|t| t.line.clone()).collect());
            statements.extend(from_pixels(&lines::joined(&found), &place));
        }
        together::compare(&mut statements, height, length_s, reading_speed);
        reading.statements.extend(statements);
    }
}
