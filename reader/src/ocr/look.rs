//! How well a person can see a line: size and contrast, measured on its pixels.

use image::RgbImage;
use model::units::Area;

use super::{Look, Quad};

/// Share of a found box's height that is the letters' em box; measured on rendered text of known size.
const EM_OF_BOX: f64 = 0.85;
/// Boxes are sampled down to this height before their colours are counted.
const SAMPLE_HEIGHT: usize = 32;
const SAMPLE_WIDTH: usize = 512;

pub(super) fn of_line(picture: &RgbImage, quad: &Quad) -> Look {
    let quad = if quad.is_vertical() { quad.turned() } else { *quad };
    Look { font_px: f64::from(quad.height) * EM_OF_BOX, contrast: contrast(picture, &quad) }
}

/// The contrast of what stands in an area of the picture.
pub(crate) fn look_at(picture: &RgbImage, area: &Area) -> Option<f64> {
    let whole = Area::new(0.0, 0.0, f64::from(picture.width()), f64::from(picture.height()));
    let area = area.intersection(&whole);
    (area.w >= 2.0 && area.h >= 2.0).then(|| contrast(picture, &Quad::upright(&area))).flatten()
}

/// WCAG contrast of letters on their ground: the pixels part into two groups of brightness, and the
/// smaller one are the letters. Their edges blend into the ground, so only their clearest fifth counts.
fn contrast(picture: &RgbImage, quad: &Quad) -> Option<f64> {
    let height = (quad.height.ceil() as usize).clamp(1, SAMPLE_HEIGHT);
    let width = (quad.width.ceil() as usize).clamp(1, SAMPLE_WIDTH);
    let mut light: Vec<f64> = quad.pixels(picture, width, height).iter().map(|&pixel| luminance(pixel)).collect();
    light.sort_by(f64::total_cmp);
    let split = best_split(&light)?;
    let (dark, bright) = light.split_at(split);
    let (letters_first, letters, ground) =
        if dark.len() <= bright.len() { (true, dark, bright) } else { (false, bright, dark) };
    let fifth = (letters.len() / 5).max(1);
    let clearest = if letters_first { &letters[..fifth] } else { &letters[letters.len() - fifth..] };
    let letter = clearest.iter().sum::<f64>() / fifth as f64;
    let ground = ground[ground.len() / 2];
    let contrast = (letter.max(ground) + 0.05) / (letter.min(ground) + 0.05);
    // One colour all over: there are no letters.
    (contrast > 1.001).then_some(contrast)
}

/// Where sorted brightnesses part into two groups most clearly (Otsu); none when all are one.
fn best_split(sorted: &[f64]) -> Option<usize> {
    let total: f64 = sorted.iter().sum();
    let count = sorted.len() as f64;
    let (mut sum, mut best) = (0.0, (0.0, None));
    for at in 1..sorted.len() {
        sum += sorted[at - 1];
        let (n, m) = (at as f64, count - at as f64);
        let gap = sum / n - (total - sum) / m;
        let spread = n * m * gap * gap;
        if spread > best.0 {
            best = (spread, Some(at));
        }
    }
    best.1
}

/// Relative luminance as WCAG defines it, 0 to 1.
fn luminance(rgb: [f32; 3]) -> f64 {
    let linear = |value: f32| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn contrast_is_that_of_letters_and_ground() {
        let mut picture = RgbImage::from_pixel(100, 20, Rgb([255, 255, 255]));
        for x in (10..90).step_by(8) {
            for y in 4..16 {
                picture.put_pixel(x, y, Rgb([119, 119, 119]));
                picture.put_pixel(x + 1, y, Rgb([119, 119, 119]));
            }
        }
        let contrast = look_at(&picture, &Area::new(0.0, 0.0, 100.0, 20.0)).expect("two colours");
        assert!((contrast - 4.48).abs() < 0.1, "{contrast}");
        let plain = RgbImage::from_pixel(10, 10, Rgb([9, 9, 9]));
        assert_eq!(look_at(&plain, &Area::new(0.0, 0.0, 10.0, 10.0)), None);
    }
}
