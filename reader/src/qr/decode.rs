//! The codes of one tile; the only place that knows the crate which reads them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use image::GrayImage;
use model::units::Area;
use rxing::common::{BitMatrix, DetectorRXingResult as _, HybridBinarizer};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, GenerateFinderPatternSets, SampleQR};
use rxing::{Binarizer as _, Luma8LuminanceSource};

use super::Found;

/// Corner marks of a tile that are looked at, the largest first: a picture may be papered with them.
const MAX_MARKS: usize = 512;
/// Ways of taking three marks for one code that are tried.
const MAX_TRIES: usize = 4_000;

/// The codes of a grey picture, dark on light. A crash of the crate on a picture made for it finds nothing there.
pub(super) fn codes(grey: &GrayImage) -> Vec<Found> {
    catch_unwind(AssertUnwindSafe(|| in_grey(grey))).unwrap_or_default()
}

fn in_grey(grey: &GrayImage) -> Vec<Found> {
    let Ok(source) = Luma8LuminanceSource::new(grey.as_raw().clone(), grey.width(), grey.height()) else {
        return Vec::new();
    };
    let binarizer = HybridBinarizer::new(source);
    binarizer.get_black_matrix().map(in_bits).unwrap_or_default()
}

fn in_bits(bits: &BitMatrix) -> Vec<Found> {
    let mut marks = FindFinderPatterns(bits, true, 0);
    marks.sort_by_key(|mark| std::cmp::Reverse(mark.size));
    marks.truncate(MAX_MARKS);
    let mut used = Vec::new();
    let mut found = Vec::new();
    for set in GenerateFinderPatternSets(&mut marks).iter().take(MAX_TRIES) {
        let corners = [set.bl, set.tl, set.tr];
        if corners.iter().any(|corner| used.contains(corner)) {
            continue;
        }
        let Ok(sampled) = SampleQR(bits, set) else { continue };
        let Ok(decoded) = Decode(sampled.getBits()) else { continue };
        // Some encoders pack bytes of UTF-8 that look like Japanese as if they were.
        let text = String::from_utf8(decoded.content().bytes().to_vec()).unwrap_or_else(|_| decoded.text());
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
        if decoded.isValid() && !text.is_empty() {
            used.extend(corners);
            found.push(Found { text: text.to_owned(), area: around(sampled.getPoints()) });
        }
    }
    found
}

/// The box around the corners of a code.
fn around(points: &[rxing::Point]) -> Area {
    let (mut area, mut any) = (Area::default(), false);
    for point in points {
        let one = Area::new(f64::from(point.x), f64::from(point.y), 0.0, 0.0);
        area = if any { area.union(&one) } else { one };
        any = true;
    }
    area
}
