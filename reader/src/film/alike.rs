//! Frames of one size: a window that opens may be larger or smaller than the page it comes from.

use std::borrow::Cow;
use std::io::Cursor;

use image::imageops::{self, FilterType};
use image::{ImageReader, Rgb, RgbImage};
use model::units::Millis;

use super::{FilmError, Frame};
use crate::ocr::picture::{self, PictureError};

/// Pixels of the largest frame.
const MAX_PIXELS: u64 = 20_000_000;
const QUALITY: u8 = 85;

/// A frame of the same size as the others.
#[derive(Clone, Debug)]
pub(super) struct Like<'a> {
    pub(super) at_ms: Millis,
    pub(super) jpeg: Cow<'a, [u8]>,
}

/// The frames with pictures of one size, that of the first: ffmpeg begins to count anew where the size changes.
pub(super) fn all<'a>(frames: &[Frame<'a>]) -> Result<(Vec<Like<'a>>, (u32, u32)), FilmError> {
    let size = size(frames.first().ok_or(FilmError::Empty)?.jpeg)?;
    let like = |frame: &Frame<'a>| {
        let same = self::size(frame.jpeg)? == size;
        let jpeg = if same { Cow::Borrowed(frame.jpeg) } else { Cow::Owned(fitted(frame.jpeg, size)?) };
        Ok(Like { at_ms: frame.at_ms, jpeg })
    };
    Ok((frames.iter().map(like).collect::<Result<_, FilmError>>()?, size))
}

fn size(jpeg: &[u8]) -> Result<(u32, u32), FilmError> {
    let reader = ImageReader::with_format(Cursor::new(jpeg), image::ImageFormat::Jpeg);
    let (width, height) = reader.into_dimensions().map_err(|error| FilmError::NoPicture(error.to_string()))?;
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > MAX_PIXELS {
        return Err(FilmError::NoPicture(format!("it has {width} × {height} pixels")));
    }
    Ok((width, height))
}

/// A picture in the middle of a white one of the given size.
fn fitted(jpeg: &[u8], (width, height): (u32, u32)) -> Result<Vec<u8>, FilmError> {
    let wrong = |error: PictureError| FilmError::NoPicture(error.to_string());
    let picture = picture::decode(jpeg, MAX_PIXELS).map_err(wrong)?;
    let (wide, high) = (f64::from(picture.width()), f64::from(picture.height()));
    let shrink = (f64::from(width) / wide).min(f64::from(height) / high).min(1.0);
    let side = |one: f64| ((one * shrink) as u32).max(1);
    let small = imageops::resize(&picture, side(wide), side(high), FilterType::Triangle);
    let mut whole = RgbImage::from_pixel(width, height, Rgb([255; 3]));
    let middle = |whole: u32, part: u32| i64::from((whole - part) / 2);
    imageops::replace(&mut whole, &small, middle(width, small.width()), middle(height, small.height()));
    picture::jpeg(&whole, QUALITY).map_err(wrong)
}
