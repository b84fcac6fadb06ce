//! Several grey pictures of one picture: a code that one of them hides stands out in another.

use image::imageops::{self, FilterType};
use image::{GrayImage, Luma, RgbImage};

use super::Effort;

/// Pictures up to this long are also looked at twice as large. Pixels.
const SMALL: u32 = 700;
/// Side of the squares within which the lightest and the darkest pixel are looked for. Pixels.
const SQUARE: u32 = 24;
/// Squares on each side that belong to the neighbourhood of a pixel.
const AROUND: u32 = 2;
/// A neighbourhood of less contrast is one surface. Levels of grey.
const LEAST_CONTRAST: u8 = 10;

/// A way of making a picture grey.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe {
    grey: Grey,
    /// Whether every neighbourhood is stretched from black to white.
    stretched: bool,
    twice: bool,
}

#[derive(Clone, Copy, Debug)]
enum Grey {
    Luma,
    /// The strongest of the three colours: red on black differs in it, though not in brightness.
    Strongest,
    /// The weakest of them: yellow on white differs in it.
    Weakest,
}

/// A grey picture, and how many of its pixels make one of the original.
pub(super) struct View {
    pub(super) grey: GrayImage,
    pub(super) scale: f64,
}

/// The views worth trying, those that find the most first.
pub(super) fn of(picture: &RgbImage, effort: Effort) -> Vec<Recipe> {
    let recipe = |grey, stretched, twice| Recipe { grey, stretched, twice };
    let mut recipes = vec![recipe(Grey::Luma, false, false)];
    if effort == Effort::Thorough {
        recipes.extend([Grey::Luma, Grey::Strongest, Grey::Weakest].map(|grey| recipe(grey, true, false)));
        if picture.width().max(picture.height()) <= SMALL {
            recipes.extend([recipe(Grey::Luma, false, true), recipe(Grey::Luma, true, true)]);
        }
    }
    recipes
}

impl Recipe {
    pub(super) fn make(self, picture: &RgbImage) -> View {
        let mut grey = match self.grey {
            Grey::Luma => imageops::grayscale(picture),
            Grey::Strongest => each(picture, |[r, g, b]| r.max(g).max(b)),
            Grey::Weakest => each(picture, |[r, g, b]| r.min(g).min(b)),
        };
        if self.twice {
            grey = imageops::resize(&grey, 2 * grey.width(), 2 * grey.height(), FilterType::CatmullRom);
        }
        if self.stretched {
            stretch(&mut grey);
        }
        View { grey, scale: if self.twice { 2.0 } else { 1.0 } }
    }
}

fn each(picture: &RgbImage, value: impl Fn([u8; 3]) -> u8) -> GrayImage {
    GrayImage::from_fn(picture.width(), picture.height(), |x, y| Luma([value(picture.get_pixel(x, y).0)]))
}

/// Makes the darkest pixel of each neighbourhood black and its lightest white.
fn stretch(grey: &mut GrayImage) {
    let (columns, rows) = (grey.width().div_ceil(SQUARE), grey.height().div_ceil(SQUARE));
    let mut ranges = vec![(u8::MAX, u8::MIN); (columns * rows) as usize];
    for (x, y, pixel) in grey.enumerate_pixels() {
        let range = &mut ranges[(y / SQUARE * columns + x / SQUARE) as usize];
        *range = (range.0.min(pixel.0[0]), range.1.max(pixel.0[0]));
    }
    let mut wide = Vec::with_capacity(ranges.len());
    for row in 0..rows {
        for column in 0..columns {
            let mut range = (u8::MAX, u8::MIN);
            for y in row.saturating_sub(AROUND)..=(row + AROUND).min(rows - 1) {
                for x in column.saturating_sub(AROUND)..=(column + AROUND).min(columns - 1) {
                    let one = ranges[(y * columns + x) as usize];
                    range = (range.0.min(one.0), range.1.max(one.1));
                }
            }
            wide.push(range);
        }
    }
    for (x, y, pixel) in grey.enumerate_pixels_mut() {
        let (low, high) = wide[(y / SQUARE * columns + x / SQUARE) as usize];
        let range = high - low;
        pixel.0[0] = match range {
            ..LEAST_CONTRAST => u8::MAX,
            range => (u32::from(pixel.0[0] - low) * 255 / u32::from(range)) as u8,
        };
    }
}
