//! Whether two pictures of one page show the same to a person.

use image::imageops::grayscale;
use image::{GrayImage, Luma};
use image_compare::{Algorithm, gray_similarity_structure};
use model::units::Area;

use crate::ocr::picture;

/// Structural similarity of a window of 8 by 8 pixels below which a person sees something else there: letters drawn anew come
/// to 1, one digit in place of another to less than 0.5.
const SAME: f32 = 0.9;
/// The map of likeness tells it in these.
const SAME_STEP: u8 = (SAME * 255.0) as u8;

/// How alike two pictures are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Likeness {
    /// Nothing differs that a person sees.
    Same,
    /// So many of a thousand parts of the picture show something else.
    Other { of_thousand: f64 },
    /// They are not of one size.
    Reshaped,
    /// One of them cannot be decoded.
    Unreadable,
}

impl Likeness {
    /// Compares two pictures of at most so many pixels; what moves by itself, in pixels of both, is left out.
    pub fn of(before: &[u8], now: &[u8], moving: &[Area], max_pixels: u64) -> Self {
        if before == now {
            return Self::Same;
        }
        let decoded = |bytes| picture::decode(bytes, max_pixels).map(|picture| grayscale(&picture));
        let (Ok(mut before), Ok(mut now)) = (decoded(before), decoded(now)) else { return Self::Unreadable };
        if before.dimensions() != now.dimensions() {
            return Self::Reshaped;
        }
        for area in moving {
            blank(&mut before, area);
            blank(&mut now, area);
        }
        let Ok(compared) = gray_similarity_structure(&Algorithm::MSSIMSimple, &before, &now) else {
            return Self::Unreadable;
        };
        let parts = compared.image.to_color_map().into_luma8().into_raw();
        let other = parts.iter().filter(|part| **part < SAME_STEP).count();
        if other == 0 { Self::Same } else { Self::Other { of_thousand: 1_000.0 * other as f64 / parts.len() as f64 } }
    }
}

/// Paints an area over, with a little around it: letters are drawn beyond their boxes.
fn blank(picture: &mut GrayImage, area: &Area) {
    const AROUND: f64 = 4.0;
    let (width, height) = picture.dimensions();
    let within = |at: f64, most: u32| at.clamp(0.0, f64::from(most)) as u32;
    for y in within(area.y - AROUND, height)..within(area.bottom() + AROUND, height) {
        for x in within(area.x - AROUND, width)..within(area.right() + AROUND, width) {
            picture.put_pixel(x, y, Luma([0]));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, Rgb, RgbImage};

    use super::*;

    /// A page of bars, with one of them moved.
    fn page(moved: u32) -> Vec<u8> {
        let mut picture = RgbImage::from_pixel(200, 400, Rgb([250, 250, 250]));
        for y in 0..400 {
            for x in 0..200 {
                let shift = if y / 16 == 5 { moved } else { 0 };
                if (x + shift) % 9 < 3 && y % 16 < 10 {
                    picture.put_pixel(x, y, Rgb([20, 30, 40]));
                }
            }
        }
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Jpeg).expect("it is written");
        bytes.into_inner()
    }

    #[test]
    fn a_line_that_changed_is_seen_unless_it_moves_by_itself() {
        let (before, now) = (page(0), page(4));
        assert_eq!(Likeness::of(&before, &page(0), &[], 1 << 20), Likeness::Same);
        let Likeness::Other { of_thousand } = Likeness::of(&before, &now, &[], 1 << 20) else { panic!("it is seen") };
        assert!((1.0..100.0).contains(&of_thousand), "{of_thousand}");
        let line = Area::new(0.0, 80.0, 200.0, 16.0);
        assert_eq!(Likeness::of(&before, &now, &[line], 1 << 20), Likeness::Same);
    }

    #[test]
    fn what_cannot_be_compared_is_not_the_same() {
        let page = page(0);
        assert_eq!(Likeness::of(&page, &page[..200], &[], 1 << 20), Likeness::Unreadable);
        assert_eq!(Likeness::of(&page, b"", &[], 1 << 20), Likeness::Unreadable);
        let mut small = Cursor::new(Vec::new());
        RgbImage::new(8, 8).write_to(&mut small, ImageFormat::Png).expect("it is written");
        assert_eq!(Likeness::of(&page, &small.into_inner(), &[], 1 << 20), Likeness::Reshaped);
    }
}
