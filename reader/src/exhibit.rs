//! Exhibits: the part of a picture that a finding points at, with the box drawn.

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use model::units::Area;

use crate::ocr::picture::{self, PictureError};

const RED: Rgb<u8> = Rgb([220, 20, 20]);
/// Pixels of the exhibit.
const STROKE: u32 = 3;
/// The box is drawn this far outside of what it shows.
const MARGIN: f64 = 4.0;
/// Pixels of the largest picture an exhibit is cut from.
const MAX_PIXELS: u64 = 150_000_000;
const QUALITY: u8 = 82;

/// Cuts out what stands in `area` with `context` of its surroundings, boxed in red; JPEG.
///
/// `area` is in units of which `scale` picture pixels make one (CSS pixels of a page; 1.0 for a creative); `context`
/// is how much to show on every side, in shares of the longer side of the area, at least 80 units. Neither side of the
/// exhibit is longer than `max_side` pixels.
pub fn crop(bytes: &[u8], scale: f64, area: Area, context: f64, max_side: u32) -> Result<Vec<u8>, PictureError> {
    let full = picture::decode(bytes, MAX_PIXELS)?;
    picture::jpeg(&boxed(&full, scale, area, context, max_side), QUALITY)
}

/// The whole picture, smaller; of a tall one its upper part, no taller than twice its width. JPEG.
pub fn thumbnail(bytes: &[u8], max_side: u32) -> Result<Vec<u8>, PictureError> {
    let full = picture::decode(bytes, MAX_PIXELS)?;
    let height = full.height().min(full.width().saturating_mul(2).max(1));
    let top = imageops::crop_imm(&full, 0, 0, full.width(), height).to_image();
    picture::jpeg(&shrunk(top, max_side), QUALITY)
}

fn boxed(full: &RgbImage, scale: f64, area: Area, context: f64, max_side: u32) -> RgbImage {
    let scale = if scale.is_finite() && scale > 0.0 { scale } else { 1.0 };
    let whole = Area::new(0.0, 0.0, f64::from(full.width()), f64::from(full.height()));
    let wanted = Area::new(area.x * scale, area.y * scale, area.w * scale, area.h * scale).intersection(&whole);
    // A box beyond the picture points at nothing in it: all of it is shown.
    let wanted = if wanted.is_empty() { whole } else { wanted };
    let around = (wanted.w.max(wanted.h) * context.clamp(0.0, 20.0)).max(80.0 * scale);
    let view = Area::new(wanted.x - around, wanted.y - around, wanted.w + 2.0 * around, wanted.h + 2.0 * around)
        .intersection(&whole);
    let (left, top) = (view.x.floor() as u32, view.y.floor() as u32);
    let (width, height) =
        ((view.w.ceil() as u32).clamp(1, full.width() - left), (view.h.ceil() as u32).clamp(1, full.height() - top));
    let part = imageops::crop_imm(full, left, top, width, height).to_image();
    let mut part = shrunk(part, max_side);
    let shrink = f64::from(part.width()) / f64::from(width);
    draw_box(
        &mut part,
        Area::new(
            (wanted.x - f64::from(left)) * shrink,
            (wanted.y - f64::from(top)) * shrink,
            wanted.w * shrink,
            wanted.h * shrink,
        ),
    );
    part
}

fn shrunk(picture: RgbImage, max_side: u32) -> RgbImage {
    let longest = picture.width().max(picture.height());
    let max_side = max_side.max(16);
    if longest <= max_side {
        return picture;
    }
    let share = |side: u32| ((u64::from(side) * u64::from(max_side) / u64::from(longest)) as u32).max(1);
    imageops::resize(&picture, share(picture.width()), share(picture.height()), FilterType::Triangle)
}

/// Draws the frame so that it stays within the picture.
fn draw_box(picture: &mut RgbImage, area: Area) {
    let limit = |value: f64, size: u32| value.round().clamp(0.0, f64::from(size - 1)) as u32;
    let (left, right) = (limit(area.x - MARGIN, picture.width()), limit(area.right() + MARGIN, picture.width()));
    let (top, bottom) = (limit(area.y - MARGIN, picture.height()), limit(area.bottom() + MARGIN, picture.height()));
    for y in top..=bottom {
        for x in left..=right {
            let edge = (x - left).min(right - x).min(y - top).min(bottom - y);
            if edge < STROKE {
                picture.put_pixel(x, y, RED);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        RgbImage::from_pixel(width, height, Rgb([255, 255, 255]))
            .write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png)
            .expect("encodes");
        bytes
    }

    fn is_red(pixel: &Rgb<u8>) -> bool {
        pixel.0[0] > 150 && pixel.0[1] < 100 && pixel.0[2] < 100
    }

    #[test]
    fn an_exhibit_shows_the_box_in_its_surroundings() {
        let jpeg = crop(&page(800, 6_000), 2.0, Area::new(100.0, 2_000.0, 200.0, 30.0), 0.5, 640).expect("cuts");
        let shown = image::load_from_memory(&jpeg).expect("decodes").into_rgb8();
        assert!(shown.width() <= 640 && shown.height() <= 640);
        let red: Vec<_> = shown.enumerate_pixels().filter(|(_, _, p)| is_red(p)).map(|(x, y, _)| (x, y)).collect();
        assert!(red.len() > 500);
        assert!(red.iter().all(|(x, y)| *x > 20 && *y > 20 && *x + 20 < shown.width() && *y + 20 < shown.height()));
    }

    #[test]
    fn a_box_at_or_beyond_the_edge_is_drawn_within_the_picture() {
        for area in [
            Area::new(0.0, 0.0, 100.0, 20.0),
            Area::new(350.0, 290.0, 500.0, 500.0),
            Area::new(9_000.0, 9_000.0, 10.0, 10.0),
            Area::new(-50.0, -50.0, 20.0, 20.0),
        ] {
            assert!(crop(&page(400, 300), 1.0, area, 0.2, 500).is_ok(), "{area:?}");
        }
    }

    #[test]
    fn a_thumbnail_is_small() {
        let shown = image::load_from_memory(&thumbnail(&page(400, 9_000), 200).expect("shrinks")).expect("decodes");
        assert_eq!((shown.width(), shown.height()), (100, 200));
    }
}
