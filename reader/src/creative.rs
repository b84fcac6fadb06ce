//! What an ad says: its words, its pictures, its videos, each with the place where it says so.

mod animation;
mod changes;
mod codes;
mod contents;
mod file;
mod frames;
mod grey;
mod image;
mod speech;
mod subtitles;
mod ticker;
mod together;
mod tracks;
mod video;

use std::path::Path;

use chrono::{DateTime, Utc};
use model::ad::{Ad, Creative, CreativeKind};
use model::case::{Gap, Step};
use model::evidence::{AdPlace, AdSource, Evidence, EvidenceId, Place};
use model::label::Label;
use model::statement::{Code, ReadBy, Role, Statement, Visibility};
use model::units::Area;

use crate::memory;
use crate::ocr::Line;
use crate::reader::Reader;
use crate::{label, price, text};

/// What an ad says, the artefacts it says it in, and what of it could not be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AdReading {
    pub statements: Vec<Statement>,
    /// QR codes in its pictures and videos.
    pub codes: Vec<Code>,
    /// What the metadata of its creatives says of how they were made.
    pub labels: Vec<Label>,
    pub evidence: Vec<Evidence>,
    pub gaps: Vec<Gap>,
}

impl AdReading {
    fn append(&mut self, other: Self) {
        self.statements.extend(other.statements);
        self.codes.extend(other.codes);
        self.labels.extend(other.labels);
        self.evidence.extend(other.evidence);
        self.gaps.extend(other.gaps);
    }
}

/// Words of the ad are read to here, each.
const MAX_LETTERS: usize = 10_000;

pub(crate) fn read(reader: &Reader, ad: &Ad, ad_evidence: EvidenceId, folder: &Path, now: DateTime<Utc>) -> AdReading {
    let mut reading = AdReading::default();
    for (words, source, role) in [
        (&ad.title, AdSource::Title, Role::Headline),
        (&ad.description, AdSource::Description, Role::Text),
        (&ad.cta, AdSource::Cta, Role::Button),
    ] {
        for shown in sentences(words.as_deref().unwrap_or_default()) {
            let place = AdPlace { source, at_s: None, until_s: None, area: None, evidence: ad_evidence };
            reading.statements.push(statement(&shown, place, role, ReadBy::Text, Visibility::default()));
        }
    }
    for creative in &ad.creatives {
        let known = reading.evidence.len();
        if let Err(problem) = read_creative(reader, creative, folder, now, &mut reading) {
            reading.gaps.push(unreadable(problem));
        }
        // Its file is what is kept of it first, whether or not it could be decoded.
        if let Some(file) = reading.evidence.get(known) {
            let (labels, metadata) = label::of_file(file, now);
            reading.labels.extend(labels);
            reading.evidence.extend(metadata);
        }
    }
    reading
}

/// Reads a creative, unless it is remembered.
fn read_creative(
    reader: &Reader,
    creative: &Creative,
    folder: &Path,
    now: DateTime<Utc>,
    reading: &mut AdReading,
) -> Result<(), String> {
    let key = key(reader, creative, folder);
    if let Some(known) = key.and_then(|(key, _)| memory::recall(&*reader.memory, key, now)) {
        reading.append(known);
        return Ok(());
    }
    let mut fresh = AdReading::default();
    let read = read_anew(reader, creative, folder, now, &mut fresh);
    // A file that was changed meanwhile is not what the key names.
    let named = |file| fresh.evidence.first().is_some_and(|evidence| evidence.id() == file);
    if let Some((key, _)) = key.filter(|&(_, file)| read.is_ok() && named(file)) {
        memory::remember(&*reader.memory, key, &fresh);
    }
    reading.append(fresh);
    read
}

/// Under which key what a creative says is remembered, and the hash of its file; none when a file of it cannot be read.
fn key(reader: &Reader, creative: &Creative, folder: &Path) -> Option<(EvidenceId, EvidenceId)> {
    let hash =
        |path: &Path| Some(EvidenceId::of(&file::bytes(&folder.join(path), reader.options.max_file_bytes).ok()?));
    let file = hash(creative.path.as_deref()?)?;
    let subtitles = match &creative.subtitles {
        Some(path) => Some(hash(path)?),
        None => None,
    };
    let parts = ("creative", reader.name(), creative.kind, file, subtitles);
    Some((EvidenceId::of(&serde_json::to_vec(&parts).ok()?), file))
}

fn read_anew(
    reader: &Reader,
    creative: &Creative,
    folder: &Path,
    now: DateTime<Utc>,
    reading: &mut AdReading,
) -> Result<(), String> {
    let path = creative.path.as_ref().ok_or("a creative names no file: give its `path`, relative to the ads file")?;
    let path = folder.join(path);
    match creative.kind {
        CreativeKind::Image => image::read(reader, &path, now, reading),
        CreativeKind::Video => {
            let bytes = file::bytes(&path, reader.options.max_file_bytes)?;
            if ::image::guess_format(&bytes).is_ok_and(|format| format == ::image::ImageFormat::WebP) {
                // Not every ffmpeg knows the moving kind.
                return image::read(reader, &path, now, reading);
            }
            let seen = video::read(reader, &path, bytes, now, reading);
            let beside =
                creative.subtitles.as_ref().map(|file| subtitles::read(reader, &folder.join(file), now, reading));
            // Only subtitles that the operator gives are believed instead of the sound. A track in the video comes from the
            // advertiser: one that says harmless words is no word of what the voice says.
            if !matches!(beside, Some(Ok(()))) {
                // A file that cannot be read at all is one gap, not two.
                let heard = speech::read(reader, &path, now, reading);
                if let (Ok(()), Err(problem)) = (&seen, heard) {
                    reading.gaps.push(gap("speech-unheard", problem));
                }
            }
            if let Some(Err(problem)) = beside {
                reading.gaps.push(unreadable(problem));
            }
            seen
        }
        CreativeKind::Other => {
            Err(format!("{}: this kind of creative cannot be read; `image` and `video` can", path.display()))
        }
    }
}

fn unreadable(detail: String) -> Gap {
    gap("creative-unreadable", detail)
}

fn gap(reason: &str, detail: String) -> Gap {
    Gap { step: Step::Creative, reason: reason.into(), visitor: None, hop: None, retry: false, detail }
}

/// Cuts the ad's own words at sentence marks and line ends.
fn sentences(words: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let letters: Vec<char> = words.chars().take(MAX_LETTERS).collect();
    for (at, &ch) in letters.iter().enumerate() {
        if let Some(last) = out.last_mut() {
            last.push(ch);
        }
        let before = at.checked_sub(1).map(|i| letters[i]);
        let ends = text::ends_sentence(before, ch, letters.get(at + 1).copied());
        if ends {
            out.push(String::new());
        }
    }
    out.into_iter().map(|s| text::folded(&s)).filter(|s| s.chars().any(char::is_alphanumeric)).collect()
}

fn statement(shown: &str, place: AdPlace, role: Role, read_by: ReadBy, visibility: Visibility) -> Statement {
    let normal = text::normal(shown);
    let prices = price::tags(&normal.text);
    Statement { text: shown.to_owned(), normal, place: Place::Ad(place), visibility, role, read_by, prices }
}

/// Lines read from pixels as statements; `place` says where. Sizes are compared among them.
fn from_pixels(lines: &[Line], place: &dyn Fn(Area) -> AdPlace) -> Vec<Statement> {
    let largest = lines.iter().filter(|l| l.text.chars().count() >= 3).map(|l| l.look.font_px).fold(0.0, f64::max);
    let rounded = |value: f64, unit: f64| (value * unit).round() / unit;
    lines
        .iter()
        .filter(|line| line.text.chars().any(char::is_alphanumeric))
        .map(|line| {
            let relative = (largest > 0.0).then(|| rounded((line.look.font_px / largest).min(1.0), 100.0));
            let role = if relative.is_some_and(|r| r >= 0.9) { Role::Headline } else { Role::PictureText };
            let visibility = Visibility {
                font_px: Some(rounded(line.look.font_px, 10.0)),
                contrast: line.look.contrast.map(|c| rounded(c, 100.0)),
                relative,
                ..Visibility::default()
            };
            statement(&line.text, place(line.area), role, ReadBy::Ocr(rounded(line.confidence, 1_000.0)), visibility)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_an_ad_are_cut_into_sentences() {
        assert_eq!(
            sentences("免费领648礼包！！点击就送。\n全场9.9元"),
            ["免费领648礼包！！", "点击就送。", "全场9.9元"]
        );
        assert_eq!(sentences("Get it free. No card needed!"), ["Get it free.", "No card needed!"]);
        assert!(sentences(" ！ ").is_empty());
    }
}
