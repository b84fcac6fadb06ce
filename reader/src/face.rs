//! Faces in pictures: CenterFace, on this machine and in pure Rust.

use std::path::Path;

use image::RgbImage;
use image::imageops;
use model::units::Area;
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};

use crate::models::{self, ModelError};

const MODEL: &str = "centerface.onnx";
/// From this score on something may be a face. Low on purpose: what is covered too much costs a reader little.
pub(crate) const PERHAPS: f32 = 0.2;
/// From this score on it is one: patterns, and the edges of what was covered, stay below.
pub(crate) const CLEARLY: f32 = 0.5;
/// A picture is searched as it is, then at a half, a quarter, … until its longer side is no more than this: the network
/// knows faces of some 10 to 300 pixels.
const SMALLEST: u32 = 320;
/// Tall pictures are searched band by band; a face that a band's edge cuts is whole in the next one, or at half the size.
const BAND: u32 = 1_024;
const OVERLAP: u32 = 192;
/// The sides of what the network is shown are multiples of so many pixels, and it answers for squares of so many.
const STEP: u32 = 32;
const SQUARE: f32 = 4.0;
/// Two boxes are one face when they share more than this of the smaller one.
const SAME: f64 = 0.5;
/// No more faces than this are told of one picture, the surest.
const MOST: usize = 1_000;

/// The picture could not be searched.
#[derive(Debug, thiserror::Error)]
#[error("look for faces with {MODEL}: {0}")]
pub struct FaceError(String);

/// The network, loaded once and asked by all threads.
pub(crate) struct Faces(rten::Model);

/// Where there seems to be a face, and how much it seems so, 0 to 1.
struct Seen {
    area: Area,
    score: f32,
}

impl Faces {
    /// Loads the network of a folder, after checking that it is the one this code was measured with.
    pub(crate) fn open(folder: &Path) -> Result<Self, ModelError> {
        let bytes = any_size(models::checked(folder, MODEL)?);
        rten::Model::load(bytes).map(Self).map_err(|error| models::broken(folder, MODEL, error))
    }

    /// Where faces of at least this score are, pixels of the picture, the surest first. Blocking: some 0.2 s for a million
    /// pixels.
    pub(crate) fn find(&self, picture: &RgbImage, sure: f32) -> Result<Vec<Area>, FaceError> {
        let mut seen = Vec::new();
        let mut halved;
        let (mut level, mut scale) = (picture, 1.0);
        loop {
            for top in tops(level.height()) {
                let height = BAND.min(level.height() - top);
                let band = imageops::crop_imm(level, 0, top, level.width(), height).to_image();
                seen.extend(self.in_band(&band, sure)?.into_iter().map(|one| one.placed(top, scale)));
            }
            if level.width().max(level.height()) <= SMALLEST {
                return Ok(each_once(seen).into_iter().map(|one| one.area).collect());
            }
            halved = imageops::thumbnail(level, level.width().div_ceil(2), level.height().div_ceil(2));
            (level, scale) = (&halved, scale * 2.0);
        }
    }

    fn in_band(&self, band: &RgbImage, sure: f32) -> Result<Vec<Seen>, FaceError> {
        let told = |error: &dyn std::fmt::Display| FaceError(error.to_string());
        let network = &self.0;
        let [scores, sizes, offsets, ..] = network.output_ids() else { return Err(told(&"it gives too few answers")) };
        let input = network.input_ids().first().ok_or_else(|| told(&"it takes no picture"))?;
        let answers = network
            .run_n(vec![(*input, shown(band).into())], [*scores, *sizes, *offsets], None)
            .map_err(|error| told(&error))?;
        let mut maps = Vec::new();
        for answer in answers {
            maps.push(NdTensor::<f32, 4>::try_from(answer).map_err(|error| told(&error))?);
        }
        let [scores, sizes, offsets] = &maps[..] else { return Ok(Vec::new()) };
        Ok(read([scores.slice(0), sizes.slice(0), offsets.slice(0)], sure))
    }
}

impl Seen {
    /// Where it is in the whole picture.
    fn placed(self, top: u32, scale: f64) -> Self {
        let Area { x, y, w, h } = self.area;
        Self { area: Area::new(x * scale, (y + f64::from(top)) * scale, w * scale, h * scale), ..self }
    }
}

/// The file says that ten pictures of 32 by 32 are shown at once, which nobody does; here it says nothing of sizes, so that
/// each is taken.
fn any_size(mut model: Vec<u8>) -> Vec<u8> {
    /// Ten, three, 32 and 32 as `TensorShapeProto` writes them: each a message of two bytes, a key and the number.
    const FIXED: [u8; 16] = [0x0a, 2, 8, 10, 0x0a, 2, 8, 3, 0x0a, 2, 8, 32, 0x0a, 2, 8, 32];
    /// The key of an empty text, which describes nothing.
    const NOTHING: [u8; 2] = [0x1a, 0];
    if let Some(at) = model.windows(FIXED.len()).rposition(|bytes| bytes == FIXED) {
        for side in model[at..at + FIXED.len()].chunks_exact_mut(4) {
            side[2..].copy_from_slice(&NOTHING);
        }
    }
    model
}

/// Where the bands begin.
fn tops(height: u32) -> impl Iterator<Item = u32> {
    let last = height.saturating_sub(BAND);
    (0..last).step_by((BAND - OVERLAP) as usize).chain([last])
}

/// Red, green and blue from 0 to 255, with black at the right and the bottom up to whole steps.
fn shown(band: &RgbImage) -> NdTensor<f32, 4> {
    let side = |length: u32| length.next_multiple_of(STEP) as usize;
    let (width, height) = (side(band.width()), side(band.height()));
    let mut input = vec![0.0; 3 * width * height];
    for (x, y, pixel) in band.enumerate_pixels() {
        for (channel, value) in pixel.0.into_iter().enumerate() {
            input[(channel * height + y as usize) * width + x as usize] = f32::from(value);
        }
    }
    NdTensor::from_data([1, 3, height, width], input)
}

/// The network's answer: for each square a score, the logarithms of height and width in squares, and where in it the middle is.
fn read([scores, sizes, offsets]: [NdTensorView<f32, 3>; 3], sure: f32) -> Vec<Seen> {
    let mut seen = Vec::new();
    for row in 0..scores.size(1) {
        for column in 0..scores.size(2) {
            let score = scores[[0, row, column]];
            if score < sure {
                continue;
            }
            let side = |nth: usize| sizes[[nth, row, column]].exp() * SQUARE;
            let middle = |nth: usize, at: usize| (at as f32 + offsets[[nth, row, column]] + 0.5) * SQUARE;
            let (h, w, y, x) = (side(0), side(1), middle(0, row), middle(1, column));
            let area = Area::new((x - w / 2.0).into(), (y - h / 2.0).into(), w.into(), h.into());
            seen.push(Seen { area, score });
        }
    }
    each_once(seen)
}

/// The surest box of each face.
fn each_once(mut seen: Vec<Seen>) -> Vec<Seen> {
    seen.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Seen> = Vec::new();
    for one in seen {
        let share = |other: &Seen| other.area.intersection(&one.area).size() / other.area.size().min(one.area.size());
        if !kept.iter().any(|other| share(other) > SAME) {
            kept.push(one);
        }
        if kept.len() == MOST {
            break;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_cover_a_tall_picture_and_overlap() {
        for height in [1, 1_024, 1_025, 2_000, 20_001] {
            let tops: Vec<u32> = tops(height).collect();
            assert_eq!(tops[0], 0);
            assert!(tops.windows(2).all(|pair| pair[1] + OVERLAP <= pair[0] + BAND), "{height}: {tops:?}");
            assert!(
                tops[tops.len() - 1] + BAND >= height && tops.iter().all(|top| *top < height),
                "{height}: {tops:?}"
            );
        }
    }

    #[test]
    fn a_face_that_is_seen_several_times_is_one() {
        let seen = |x: f64, w: f64, score: f32| Seen { area: Area::new(x, 0.0, w, w), score };
        let kept =
            each_once(vec![seen(2.0, 10.0, 0.5), seen(0.0, 10.0, 0.9), seen(4.0, 4.0, 0.3), seen(30.0, 9.0, 0.2)]);
        assert_eq!(kept.iter().map(|one| one.area.x).collect::<Vec<_>>(), [0.0, 30.0]);
    }
}
