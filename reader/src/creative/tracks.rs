//! Texts followed from frame to frame: when each came and went.

use image::{RgbImage, imageops};
use model::units::Area;

use crate::ocr::Line;

/// Size to which the pixels of a text are brought before they are compared.
const PATCH: (u32, u32) = (64, 12);
/// Correlation from which two patches show the same text.
const SAME_PATCH: f64 = 0.85;
/// Share of both boxes that must meet for a text to be where it was.
const SAME_PLACE: f64 = 0.5;

/// One text and the time it is on the screen.
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) line: Line,
    pub(super) from_s: f64,
    /// The last moment at which it was seen.
    pub(super) last_s: f64,
    /// Index of the frame that is kept to show it.
    pub(super) shown: usize,
    patch: Vec<f32>,
    gone: bool,
}

impl Track {
    pub(super) fn new(line: Line, at_s: f64, shown: usize, frame: &RgbImage) -> Self {
        let patch = patch(frame, &line.area);
        Self { line, from_s: at_s, last_s: at_s, shown, patch, gone: false }
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone
    }

    pub(super) fn leave(&mut self) {
        self.gone = true;
    }

    /// Whether a frame shows the same pixels at its place.
    pub(super) fn is_in(&self, frame: &RgbImage) -> bool {
        correlation(&self.patch, &patch(frame, &self.line.area)) >= SAME_PATCH
    }

    /// Whether a box of a frame is this text, unmoved.
    pub(super) fn is_at(&self, area: &Area, frame: &RgbImage) -> bool {
        same_place(&self.line.area, area) && self.is_in(frame)
    }

    /// Whether a line that was read is this text, moved or behind another ground.
    pub(super) fn says(&self, line: &Line) -> bool {
        alike(&self.line.text, &line.text)
    }

    pub(super) fn seen(&mut self, at_s: f64) {
        self.last_s = self.last_s.max(at_s);
    }

    /// Follows a moved text, and keeps the surer reading of it.
    pub(super) fn seen_as(&mut self, line: Line, at_s: f64, shown: usize, frame: &RgbImage) {
        self.seen(at_s);
        self.patch = patch(frame, &line.area);
        let longer = line.text.chars().count() >= self.line.text.chars().count();
        if line.confidence > self.line.confidence + 0.02 && longer {
            self.shown = shown;
            self.line = line;
        } else {
            // The box follows; the picture that is kept shows the text where it was read.
            let kept = self.line.clone();
            self.line = Line { area: line.area, ..kept };
        }
    }
}

fn same_place(a: &Area, b: &Area) -> bool {
    let shared = a.intersection(b).size();
    shared > SAME_PLACE * (a.size() + b.size() - shared)
}

/// The brightness of an area, small.
fn patch(frame: &RgbImage, area: &Area) -> Vec<f32> {
    let whole = Area::new(0.0, 0.0, f64::from(frame.width()), f64::from(frame.height()));
    let part = area.intersection(&whole);
    if part.w < 2.0 || part.h < 2.0 {
        return Vec::new();
    }
    let crop = imageops::crop_imm(frame, part.x as u32, part.y as u32, part.w as u32, part.h as u32).to_image();
    let small = imageops::resize(&crop, PATCH.0, PATCH.1, imageops::FilterType::Triangle);
    small.pixels().map(|p| 0.3 * f32::from(p.0[0]) + 0.6 * f32::from(p.0[1]) + 0.1 * f32::from(p.0[2])).collect()
}

/// Normalised cross-correlation, -1 to 1.
fn correlation(a: &[f32], b: &[f32]) -> f64 {
    if a.len() != b.len() || a.is_empty() {
        return 0.0;
    }
    let mean = |v: &[f32]| v.iter().map(|&x| f64::from(x)).sum::<f64>() / v.len() as f64;
    let (ma, mb) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (&x, &y) in a.iter().zip(b) {
        let (x, y) = (f64::from(x) - ma, f64::from(y) - mb);
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    if aa * bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 }
}

/// Whether two readings are of one text: a letter in five may differ.
fn alike(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let longest = a.len().max(b.len());
    // A different digit is a different price.
    let digits = |v: &[char]| v.iter().filter(|c| c.is_ascii_digit()).collect::<String>();
    longest > 0 && digits(&a) == digits(&b) && distance(&a, &b) * 5 <= longest
}

/// Letters to change, add or drop to make one the other.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let best = (row[j + 1] + 1).min(row[j] + 1).min(corner + usize::from(x != y));
            corner = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_readings_of_one_text_are_alike() {
        assert!(alike("免费领取游戏礼包", "免费领取游戏礼包"));
        assert!(alike("免费领取游戏礼包", "免费领取游戏礼句"));
        assert!(!alike("首月0元", "首月9元"));
        assert!(!alike("免费领取", "立即下载"));
        assert!(!alike("", ""));
    }
}
