//! Words in pictures: PP-OCRv6 small, on this machine, in pure Rust.

mod detect;
pub(crate) mod lines;
mod look;
mod models;
pub(crate) mod picture;
mod quad;
mod recognise;
mod rectangle;

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use image::RgbImage;
use model::evidence::EvidenceId;
use model::units::Area;

use crate::models::ModelError;

pub use picture::PictureError;

pub(crate) use detect::Effort;
pub(crate) use look::look_at;
pub(crate) use quad::Quad;

/// Lines of this many pictures are remembered; the rest is read again.
const REMEMBERED: usize = 512;

/// One line of text found in a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub text: String,
    /// Mean probability of its characters, 0 to 1.
    pub confidence: f64,
    /// Pixels of the picture.
    pub area: Area,
    pub look: Look,
}

/// How a line looks, measured on its pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// Pixels of the picture, the height of the letters' em box.
    pub font_px: f64,
    /// WCAG contrast between letters and ground, 1 to 21.
    pub contrast: Option<f64>,
}

/// The picture could not be read to the end.
#[derive(Debug, thiserror::Error)]
#[error("run the OCR model: {0}")]
pub struct OcrError(pub(crate) String);

/// The two models and the alphabet, loaded once and shared by all threads.
pub struct Ocr {
    detector: rten::Model,
    recogniser: rten::Model,
    /// What each class of the recogniser stands for; class 0 is no character.
    alphabet: Vec<String>,
    /// Less sure lines are noise.
    min_confidence: f64,
    read: Mutex<HashMap<EvidenceId, Arc<Vec<Line>>>>,
}

impl Ocr {
    /// Loads the models of a folder, after checking that they are the ones this code was measured with.
    pub fn open(folder: &Path, min_confidence: f64) -> Result<Self, ModelError> {
        let models::Files { detector, recogniser, alphabet } = models::load(folder)?;
        Ok(Self { detector, recogniser, alphabet, min_confidence, read: Mutex::default() })
    }

    /// Gives the lines of a picture in reading order. A picture seen before is not read again.
    pub fn read(&self, picture: &RgbImage) -> Result<Arc<Vec<Line>>, OcrError> {
        let id = fingerprint(picture);
        if let Some(lines) = self.remembered().get(&id) {
            return Ok(Arc::clone(lines));
        }
        let mut found = Vec::new();
        for quad in self.boxes(picture, Effort::THOROUGH)? {
            found.extend(self.line(picture, &quad)?);
        }
        let lines = Arc::new(lines::in_reading_order(found));
        let mut read = self.remembered();
        if read.len() >= REMEMBERED {
            read.clear();
        }
        read.insert(id, Arc::clone(&lines));
        Ok(lines)
    }

    /// Where in the picture there seems to be a line of text.
    pub(crate) fn boxes(&self, picture: &RgbImage, effort: Effort) -> Result<Vec<Quad>, OcrError> {
        detect::boxes(&self.detector, picture, effort)
    }

    /// The same for some rows of the picture; lines that these rows cut are left out.
    pub(crate) fn boxes_in_rows(
        &self,
        picture: &RgbImage,
        rows: Range<usize>,
        effort: Effort,
    ) -> Result<Vec<Quad>, OcrError> {
        detect::boxes_in_rows(&self.detector, picture, rows, effort)
    }

    /// What one box says; none when it says nothing for sure.
    pub(crate) fn line(&self, picture: &RgbImage, quad: &Quad) -> Result<Option<Line>, OcrError> {
        let Some((text, confidence)) = recognise::text(&self.recogniser, &self.alphabet, picture, quad)? else {
            return Ok(None);
        };
        let text = crate::text::folded(&text);
        if text.is_empty() || is_ornament(&text) || confidence < self.min_confidence {
            return Ok(None);
        }
        Ok(Some(Line { text, confidence, area: quad.bounds(picture), look: look::of_line(picture, quad) }))
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, HashMap<EvidenceId, Arc<Vec<Line>>>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lone letter or stroke is a logo, a rule or a pattern; a lone digit may be the price.
fn is_ornament(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| c.is_alphanumeric());
    match (letters.next(), letters.next()) {
        (Some(one), None) => one.is_ascii_alphabetic() || "一丨丶丿口".contains(one),
        _ => false,
    }
}

/// The same pixels in the same shape have the same fingerprint.
fn fingerprint(picture: &RgbImage) -> EvidenceId {
    let mut bytes = Vec::with_capacity(picture.as_raw().len() + 8);
    bytes.extend(picture.width().to_le_bytes());
    bytes.extend(picture.height().to_le_bytes());
    bytes.extend(picture.as_raw());
    EvidenceId::of(&bytes)
}
