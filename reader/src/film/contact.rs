//! The contact strip: a few frames side by side in one still picture.

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use model::units::Millis;

use super::{Frame, thinned};
use crate::ocr::picture::{self, PictureError};

/// Pixels of the largest frame that is decoded.
const MAX_PIXELS: u64 = 20_000_000;
/// The box into which each frame is fitted. Pixels.
const BOX: (u32, u32) = (240, 280);
/// Between two frames. Pixels.
const GAP: u32 = 4;
const GROUND: Rgb<u8> = Rgb([222, 226, 232]);
const QUALITY: u8 = 72;

/// Frames side by side, equally wide.
#[derive(Clone, Debug, PartialEq)]
pub struct Strip {
    pub jpeg: Vec<u8>,
    /// When each of the frames stood on the screen, from left to right.
    pub at_ms: Vec<Millis>,
    /// Pixels.
    pub width: u32,
    pub height: u32,
}

/// Puts at most so many frames side by side, the first and the last among them; none that cannot be decoded.
pub fn strip(frames: &[Frame<'_>], count: usize) -> Result<Option<Strip>, PictureError> {
    let mut tiles: Vec<(Millis, RgbImage)> = Vec::new();
    for frame in thinned(frames, count) {
        let Ok(picture) = picture::decode(frame.jpeg, MAX_PIXELS) else { continue };
        tiles.push((frame.at_ms, fitted(&picture)));
    }
    let Some(width) = tiles.iter().map(|(_, tile)| tile.width()).max() else { return Ok(None) };
    let height = tiles.iter().map(|(_, tile)| tile.height()).max().unwrap_or_default();
    let columns = tiles.len() as u32;
    let mut picture = RgbImage::from_pixel(columns * (width + GAP), height, GROUND);
    for (column, (_, tile)) in (0..).zip(&tiles) {
        let left = column * (width + GAP) + GAP / 2 + (width - tile.width()) / 2;
        imageops::replace(&mut picture, tile, i64::from(left), 0);
    }
    let (width, height) = picture.dimensions();
    let at_ms = tiles.iter().map(|(at_ms, _)| *at_ms).collect();
    Ok(Some(Strip { jpeg: picture::jpeg(&picture, QUALITY)?, at_ms, width, height }))
}

/// The picture within the box, never enlarged.
fn fitted(picture: &RgbImage) -> RgbImage {
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let shrink = (f64::from(BOX.0) / width).min(f64::from(BOX.1) / height).min(1.0);
    let side = |one: f64| ((one * shrink) as u32).max(1);
    imageops::resize(picture, side(width), side(height), FilterType::Triangle)
}
