//! Words in pictures: PP-OCRv6 small, on this machine, in pure Rust unless the operator has a faster engine.

mod detect;
pub(crate) mod lines;
mod look;
mod models;
mod network;
mod onnx_runtime;
pub(crate) mod picture;
mod quad;
mod recognise;
mod rectangle;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use image::RgbImage;
use model::evidence::EvidenceId;
use model::units::Area;
use rten_tensor::NdTensor;
use serde::{Deserialize, Serialize};

pub use picture::PictureError;

use crate::memory::{self, Forgetful, Memory};
use crate::models::ModelError;
use crate::options::Options;

pub(crate) use detect::Effort;
pub(crate) use look::look_at;
pub(crate) use quad::Quad;

/// One line of text found in a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub text: String,
    /// Mean probability of its characters, 0 to 1.
    pub confidence: f64,
    /// Pixels of the picture.
    pub area: Area,
    pub look: Look,
}

/// All that is written in a picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Writing {
    /// In reading order.
    pub lines: Vec<Line>,
    /// Where there is print that could not be read for sure; pixels of the picture.
    pub unread: Vec<Area>,
}

/// How a line looks, measured on its pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    detector: Asked,
    recogniser: Asked,
    /// What each class of the recogniser stands for; class 0 is no character.
    alphabet: Vec<String>,
    /// Less sure lines are noise.
    min_confidence: f64,
    /// Names the models and what else decides what is read.
    name: EvidenceId,
    memory: Arc<dyn Memory>,
}

/// A network that counts how often it is asked.
struct Asked {
    network: Box<dyn network::Network>,
    times: AtomicU64,
}

impl Asked {
    fn new(network: Box<dyn network::Network>) -> Self {
        Self { network, times: AtomicU64::new(0) }
    }

    fn run(&self, picture: NdTensor<f32, 4>) -> Result<network::Answer, OcrError> {
        self.times.fetch_add(1, Ordering::Relaxed);
        self.network.run(picture)
    }
}

impl Ocr {
    /// Loads the models of a folder, after checking that they are the ones this code was measured with.
    pub(crate) fn open(options: &Options) -> Result<Self, ModelError> {
        let models::Files { detector, recogniser, alphabet } = models::load(options)?;
        let min_confidence = options.min_confidence;
        let name = format!("lines {} {} {min_confidence}", env!("CARGO_PKG_VERSION"), models::name());
        Ok(Self {
            detector: Asked::new(detector),
            recogniser: Asked::new(recogniser),
            alphabet,
            min_confidence,
            name: EvidenceId::of(name.as_bytes()),
            memory: Arc::new(Forgetful),
        })
    }

    /// The same, and what is remembered is not read again.
    pub(crate) fn remembering(self, memory: Arc<dyn Memory>) -> Self {
        Self { memory, ..self }
    }

    /// Names the models, and the program that asks them.
    pub(crate) fn name(&self) -> EvidenceId {
        self.name
    }

    /// How often a model was asked since it was loaded.
    pub(crate) fn asked(&self) -> u64 {
        self.detector.times.load(Ordering::Relaxed) + self.recogniser.times.load(Ordering::Relaxed)
    }

    /// What is written in a picture. A picture that is remembered is not read again.
    pub fn read(&self, picture: &RgbImage) -> Result<Writing, OcrError> {
        let key = self.fingerprint(picture);
        if let Some(writing) = memory::recall_writing(&*self.memory, key) {
            return Ok(writing);
        }
        let (mut lines, mut unread) = (Vec::new(), Vec::new());
        for quad in self.boxes(picture, Effort::THOROUGH)? {
            match self.guess(picture, &quad)? {
                Some(line) if line.confidence >= self.min_confidence => lines.push(line),
                Some(line) if is_print(&line, &quad) => unread.push(line.area),
                _ => {}
            }
        }
        let writing = Writing { lines: lines::in_reading_order(lines), unread };
        memory::remember_writing(&*self.memory, key, &writing);
        Ok(writing)
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
        let line = self.guess(picture, quad)?;
        Ok(line.filter(|line| line.confidence >= self.min_confidence))
    }

    /// What one box may say, however sure; none when nothing is written there.
    fn guess(&self, picture: &RgbImage, quad: &Quad) -> Result<Option<Line>, OcrError> {
        let Some((text, confidence)) = recognise::text(&self.recogniser, &self.alphabet, picture, quad)? else {
            return Ok(None);
        };
        let text = crate::text::folded(&text);
        if text.is_empty() || is_ornament(&text) {
            return Ok(None);
        }
        // To a tenth of a pixel, as it is written: what is remembered is what was read.
        let area = Area::from(<[f64; 4]>::from(quad.bounds(picture)));
        Ok(Some(Line { text, confidence, area, look: look::of_line(picture, quad) }))
    }

    /// The same for the same pixels in the same shape, read by the same models.
    fn fingerprint(&self, picture: &RgbImage) -> EvidenceId {
        let shape = [picture.width().to_le_bytes(), picture.height().to_le_bytes()].concat();
        EvidenceId::of(&[self.name.hex().as_bytes(), &shape, picture.as_raw()].concat())
    }
}

/// Says where there is print that could not be read, for people; none when all was.
pub(crate) fn unread_print(unread: &[Area]) -> Option<String> {
    let first = unread.first()?;
    Some(format!(
        "print that is too small, too pale or too blurred to be read stands in {} places, the first {:.0} × {:.0} pixels at \
         {:.0},{:.0}: give a sharper picture",
        unread.len(),
        first.w,
        first.h,
        first.x,
        first.y
    ))
}

/// Whether what could not be read is print all the same: a long, level line that gives many characters, however unsure.
/// Patterns, codes and logos give one or two. Letters on things in a photograph are shorter or slanted.
fn is_print(line: &Line, quad: &Quad) -> bool {
    let level = quad.along.1.abs() < 0.05 && quad.width >= 5.0 * quad.height;
    level && line.text.chars().filter(|c| c.is_alphanumeric()).count() >= 6
}

/// A lone letter or stroke is a logo, a rule or a pattern; a lone digit may be the price.
fn is_ornament(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| c.is_alphanumeric());
    match (letters.next(), letters.next()) {
        (Some(one), None) => one.is_ascii_alphabetic() || "一丨丶丿口".contains(one),
        _ => false,
    }
}
