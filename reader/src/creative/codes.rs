//! QR codes of the ad: in its pictures, and in its videos from which second to which.

use std::time::Duration;

use image::RgbImage;
use model::evidence::{AdPlace, AdSource, EvidenceId, Place};
use model::statement::Code;
use model::units::Area;

use super::frames::RATE;
use crate::qr::{self, Budget, Effort};

/// Pixels of one picture, counted at every look: sixty megapixels at a glance, some ten closely.
const MAX_PIXELS: u64 = 400_000_000;
/// Only pictures made to be slow take so long.
const MAX_TIME: Duration = Duration::from_secs(10);
/// The same for one frame.
const MAX_FRAME_TIME: Duration = Duration::from_millis(500);
/// Codes of one creative that are kept.
const MAX_CODES: usize = 50;
/// Every so many frames are looked at: a code must stay for longer to be scanned.
const EVERY: usize = 3;
/// A code that is away for so long has gone, and comes anew. Seconds.
const AWAY_S: f64 = 1.5;

/// The codes of a still picture, and whether all of it was looked at.
pub(super) fn in_picture(picture: &RgbImage, evidence: EvidenceId) -> (Vec<Code>, bool) {
    let mut budget = Budget::of(MAX_PIXELS, MAX_TIME);
    let found = qr::find(picture, Effort::Thorough, &mut budget);
    let place = |area| AdPlace { source: AdSource::Image, at_s: None, until_s: None, area: Some(area), evidence };
    let codes = found.into_iter().take(MAX_CODES).map(|f| Code { text: f.text, place: Place::Ad(place(f.area)) });
    (codes.collect(), !budget.is_spent())
}

/// The codes of a video so far.
#[derive(Default)]
pub(super) struct Codes(Vec<Track>);

/// One code and the time it is on the screen.
struct Track {
    text: String,
    area: Area,
    from_s: f64,
    last_s: f64,
    /// Index of the frame that shows it.
    shown: usize,
}

impl Codes {
    /// Looks at a frame; whether it must be kept because it shows something new.
    pub(super) fn look(&mut self, frame: &RgbImage, at_s: f64, number: usize) -> bool {
        let mut new = false;
        if !number.is_multiple_of(EVERY) {
            return new;
        }
        for code in qr::find(frame, Effort::Quick, &mut Budget::of(MAX_PIXELS, MAX_FRAME_TIME)) {
            let here = |track: &&mut Track| track.text == code.text && at_s - track.last_s <= AWAY_S;
            if let Some(track) = self.0.iter_mut().find(here) {
                track.last_s = at_s;
            } else if self.0.len() < MAX_CODES {
                let (text, area) = (code.text, code.area);
                self.0.push(Track { text, area, from_s: at_s, last_s: at_s, shown: number });
                new = true;
            }
        }
        new
    }

    /// What was seen at the last look before `last_s` stays until `until_s`.
    pub(super) fn hold(&mut self, last_s: f64, until_s: f64) {
        for track in self.0.iter_mut().filter(|track| last_s - track.last_s < EVERY as f64 / RATE) {
            track.last_s = track.last_s.max(until_s - EVERY as f64 / RATE);
        }
    }

    pub(super) fn are_shown(&self, number: usize) -> bool {
        self.0.iter().any(|track| track.shown == number)
    }

    /// The codes with their places; `frame` names the evidence of a frame.
    pub(super) fn placed(self, frame: impl Fn(usize) -> Option<EvidenceId>) -> Vec<Code> {
        let place = |track: &Track| {
            Some(AdPlace {
                source: AdSource::Video,
                at_s: Some(track.from_s),
                until_s: Some(track.last_s + EVERY as f64 / RATE),
                area: Some(track.area),
                evidence: frame(track.shown)?,
            })
        };
        self.0.into_iter().filter_map(|t| Some(Code { place: Place::Ad(place(&t)?), text: t.text })).collect()
    }
}
