//! Where the lines are: DBNet on a bounded picture, tall ones band by band.

use std::ops::Range;

use image::RgbImage;
use image::imageops::{self, FilterType};
use model::units::Area;
use rten_imageproc::{RetrievalMode, find_contours};
use rten_tensor::prelude::*;
use rten_tensor::{MatrixLayout, NdTensor, NdTensorView};

use super::{Asked, OcrError, Quad, rectangle};

/// How large a picture is shown to the detector, in pixels: time and memory grow with it.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Effort {
    /// A smaller shorter side is enlarged.
    min_side: f32,
    /// A longer side is made smaller.
    max_side: f32,
}

impl Effort {
    /// For pictures: small print is found better when the shorter side is not too short; above 1600 nothing more is found.
    pub(crate) const THOROUGH: Self = Self { min_side: 736.0, max_side: 1600.0 };
    /// For frames of a video, of which there are many: print of 18 px in 1280 is still found.
    pub(crate) const QUICK: Self = Self { min_side: 1.0, max_side: 960.0 };
    /// For frames in which nothing new is expected: half the time again.
    pub(crate) const GLANCE: Self = Self { min_side: 1.0, max_side: 640.0 };

    /// By how much a picture of this size is enlarged for the detector.
    fn scale(self, width: u32, height: u32) -> f32 {
        let (short, long) = (width.min(height) as f32, width.max(height) as f32);
        (self.min_side / short).clamp(1.0, MAX_ENLARGEMENT).min(self.max_side / long)
    }
}

/// The sides of what the detector is shown are multiples of so many pixels.
const STEP: f32 = 32.0;

/// A tiny picture is not blown up further than this.
const MAX_ENLARGEMENT: f32 = 3.0;
/// Probability from which a pixel belongs to text, and a box is kept.
const PIXEL_THRESHOLD: f32 = 0.3;
const BOX_THRESHOLD: f32 = 0.5;
/// DBNet finds the core of a line; this much of area over perimeter is added around it.
const UNCLIP: f32 = 1.6;
/// More boxes than this in one band is noise.
const MAX_BOXES: usize = 1_000;

/// Boxes of text, pixels of the picture, in no order.
pub(super) fn boxes(detector: &Asked, picture: &RgbImage, effort: Effort) -> Result<Vec<Quad>, OcrError> {
    if picture.width() < 8 || picture.height() < 8 {
        return Ok(Vec::new());
    }
    let bands = bands(picture.width(), picture.height());
    let mut found: Vec<(Quad, Area)> = Vec::new();
    for (at, &(top, height)) in bands.iter().enumerate() {
        let band = imageops::crop_imm(picture, 0, top, picture.width(), height).to_image();
        let scale = effort.scale(band.width(), band.height());
        for quad in boxes_of_band(detector, &band, scale)? {
            let quad = quad.scaled((1.0, 1.0), top as f32);
            let area = quad.bounds(picture);
            // A line cut by the band's edge is whole in the next band.
            let cut_above = at > 0 && area.y <= f64::from(top) + 2.0;
            let cut_below = at + 1 < bands.len() && area.bottom() >= f64::from(top + height) - 2.0;
            let twice = found.iter().any(|(_, other)| overlap(other, &area) > 0.5);
            if !cut_above && !cut_below && !twice {
                found.push((quad, area));
            }
        }
    }
    Ok(found.into_iter().map(|(quad, _)| quad).collect())
}

/// Top and height of the bands in which a tall picture is searched; neighbours overlap.
fn bands(width: u32, height: u32) -> Vec<(u32, u32)> {
    let band = (width * 2).clamp(1_200, 2_400);
    if height <= band + band / 5 {
        return vec![(0, height)];
    }
    let overlap = (width / 4).clamp(96, 300);
    let mut bands = Vec::new();
    let mut top = 0;
    while top + band < height {
        bands.push((top, band));
        top += band - overlap;
    }
    bands.push((top, height - top));
    bands
}

/// The share of the smaller area that both cover.
fn overlap(a: &Area, b: &Area) -> f64 {
    a.intersection(b).size() / a.size().min(b.size()).max(1.0)
}

/// Boxes of text in some rows of the picture, at the scale at which the whole of it would be searched.
pub(super) fn boxes_in_rows(
    detector: &Asked,
    picture: &RgbImage,
    rows: Range<usize>,
    effort: Effort,
) -> Result<Vec<Quad>, OcrError> {
    if picture.width() < 8 || picture.height() < 8 {
        return Ok(Vec::new());
    }
    let scale = effort.scale(picture.width(), picture.height());
    let rows = whole_steps(rows, picture.height() as usize, STEP / scale);
    let (top, bottom) = (rows.start as u32, rows.end as u32);
    let band = imageops::crop_imm(picture, 0, top, picture.width(), bottom - top).to_image();
    let (first, last) = (f64::from(top) + 2.0, f64::from(bottom) - 2.0);
    let is_whole = |quad: &Quad| {
        let area = quad.bounds(picture);
        (top == 0 || area.y > first) && (bottom == picture.height() || area.bottom() < last)
    };
    let found = boxes_of_band(detector, &band, scale)?;
    Ok(found.into_iter().map(|quad| quad.scaled((1.0, 1.0), top as f32)).filter(is_whole).collect())
}

/// The rows and some around them, so that they are a multiple of the step high and keep their shape.
fn whole_steps(rows: Range<usize>, height: usize, step: f32) -> Range<usize> {
    let wanted = ((rows.len() as f32 / step).ceil() * step).round() as usize;
    let start = rows.start.saturating_sub(wanted.saturating_sub(rows.len()) / 2);
    let end = (start + wanted).min(height);
    end.saturating_sub(wanted)..end
}

fn boxes_of_band(detector: &Asked, band: &RgbImage, scale: f32) -> Result<Vec<Quad>, OcrError> {
    let (w, h) = (band.width() as f32, band.height() as f32);
    let side = |length: f32| ((length * scale / STEP).round().max(1.0) * STEP) as u32;
    let (width, height) = (side(w), side(h));
    let small = if scale < 1.0 {
        imageops::thumbnail(band, width, height)
    } else {
        imageops::resize(band, width, height, FilterType::Triangle)
    };

    let (width, height) = (width as usize, height as usize);
    let mut input = vec![0.0; 3 * width * height];
    for (at, pixel) in small.pixels().enumerate() {
        for channel in 0..3 {
            // Blue first, as the model was trained.
            input[channel * width * height + at] = f32::from(pixel.0[2 - channel]) / 127.5 - 1.0;
        }
    }
    let input = NdTensor::from_data([1, 3, height, width], input);
    let map: NdTensor<f32, 4> = detector.run(input)?.tensor()?;
    let map = map.slice((0, 0));
    let back = (w / width as f32, h / height as f32);
    Ok(boxes_of_map(map).into_iter().map(|quad| quad.scaled(back, 0.0)).collect())
}

fn boxes_of_map(map: NdTensorView<f32, 2>) -> Vec<Quad> {
    let mask = map.map(|&p| p > PIXEL_THRESHOLD);
    let contours = find_contours(mask.view(), RetrievalMode::External);
    let mut quads = Vec::new();
    for contour in contours.iter().take(MAX_BOXES) {
        // The middle of each pixel of the contour.
        let points: Vec<_> = contour.iter().map(|p| (p.x as f32 + 0.5, p.y as f32 + 0.5)).collect();
        let Some(core) = rectangle::around(&points) else { continue };
        let core = Quad { width: core.width + 1.0, height: core.height + 1.0, ..core };
        if core.width.min(core.height) < 3.0 || score(map, &core) < BOX_THRESHOLD {
            continue;
        }
        let grow = core.width * core.height * UNCLIP / (core.width + core.height);
        quads.push(Quad { width: core.width + grow, height: core.height + grow, ..core });
    }
    quads
}

/// Mean probability within the box.
fn score(map: NdTensorView<f32, 2>, quad: &Quad) -> f32 {
    let (columns, rows) = ((quad.width as usize).clamp(1, 256), (quad.height as usize).clamp(1, 64));
    let (mut sum, mut count) = (0.0, 0u32);
    for row in 0..rows {
        for column in 0..columns {
            let (x, y) = quad.at((column as f32 + 0.5) / columns as f32, (row as f32 + 0.5) / rows as f32);
            if x >= 0.0 && y >= 0.0 && (x as usize) < map.cols() && (y as usize) < map.rows() {
                sum += map[[y as usize, x as usize]];
                count += 1;
            }
        }
    }
    sum / count.max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_searched_in_whole_steps() {
        assert_eq!(whole_steps(500..600, 1_280, 40.0), 490..610);
        assert_eq!(whole_steps(0..10, 1_280, 40.0), 0..40);
        assert_eq!(whole_steps(1_250..1_280, 1_280, 40.0), 1_240..1_280);
        assert_eq!(whole_steps(0..1_270, 1_280, 42.7), 0..1_280);
    }

    #[test]
    fn bands_cover_a_tall_picture_and_overlap() {
        for (width, height) in [(400, 1_000), (1_080, 1_920), (1_080, 20_000), (300, 9_001), (4_000, 2_000)] {
            let bands = bands(width, height);
            assert_eq!(bands[0].0, 0);
            let last = bands[bands.len() - 1];
            assert_eq!(last.0 + last.1, height);
            for pair in bands.windows(2) {
                assert!(pair[1].0 + 90 < pair[0].0 + pair[0].1, "{width}x{height}: {bands:?}");
            }
        }
    }
}
