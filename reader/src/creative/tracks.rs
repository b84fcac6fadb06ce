//! Texts followed from frame to frame: when each came and went.

use model::units::Area;

use super::grey::Grey;
use crate::ocr::Line;

/// Share of its edges' strength that a text must have in a frame to be there: one that fades in is there from the middle.
const PRESENT: f64 = 0.5;
/// Share of the pixels of a text's box that are taken for its edges, the steepest first, and how many at most.
const EDGES: (f64, usize) = (0.2, 600);
/// Brightness by which the pixels of a text that stands still may differ from one frame to the next.
const STEADY: u8 = 16;
/// Share of both boxes that must meet for a text to be where it was.
const SAME_PLACE: f64 = 0.5;

/// One text and the time it is on the screen.
#[derive(Clone, Debug)]
pub(super) struct Track {
    /// Where it was read, on the frame that is kept.
    pub(super) line: Line,
    /// Where it is now.
    pub(super) place: Area,
    pub(super) from_s: f64,
    /// The last moment at which it was seen.
    pub(super) last_s: f64,
    /// Index of the frame that is kept to show it.
    pub(super) shown: usize,
    edges: Vec<Edge>,
    gone: bool,
}

/// A pixel of the grey frame on the edge of a letter, and the slope there.
#[derive(Clone, Copy, Debug)]
struct Edge {
    at: usize,
    slope: (i32, i32),
}

impl Track {
    /// A text that was read in `now`; `before` is the frame before, if there was one.
    pub(super) fn new(line: Line, at_s: f64, shown: usize, now: &Grey, before: Option<&Grey>) -> Self {
        let edges = edges(&line.area, now, before);
        Self { place: line.area, line, from_s: at_s, last_s: at_s, shown, edges, gone: false }
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone
    }

    pub(super) fn leave(&mut self) {
        self.gone = true;
    }

    /// Whether a frame shows the same edges at its place, whatever ground lies behind them.
    pub(super) fn is_in(&self, frame: &Grey) -> bool {
        let strength = |edge: &Edge| {
            let ((x, y), (right, down)) = (edge.slope, frame.slope(edge.at));
            (f64::from(x * right + y * down) / f64::from(x * x + y * y)).clamp(-1.0, 1.0)
        };
        let sum: f64 = self.edges.iter().map(strength).sum();
        !self.edges.is_empty() && sum >= PRESENT * self.edges.len() as f64
    }

    /// Whether a box of a frame is this text, unmoved.
    pub(super) fn is_at(&self, area: &Area, frame: &Grey) -> bool {
        same_place(&self.place, area) && self.is_in(frame)
    }

    /// Whether a line that was read is this text, moved or behind another ground.
    pub(super) fn says(&self, line: &Line) -> bool {
        alike(&self.line.text, &line.text)
    }

    pub(super) fn seen(&mut self, at_s: f64) {
        self.last_s = self.last_s.max(at_s);
    }

    /// Follows a moved text, and keeps the surer reading of it.
    pub(super) fn seen_as(&mut self, line: Line, at_s: f64, shown: usize, now: &Grey, before: Option<&Grey>) {
        self.seen(at_s);
        self.edges = edges(&line.area, now, before);
        self.place = line.area;
        let longer = line.text.chars().count() >= self.line.text.chars().count();
        if line.confidence > self.line.confidence + 0.02 && longer {
            self.shown = shown;
            self.line = line;
        }
    }
}

/// The edges of the letters in a box: its steepest pixels, of those that stand still if there are enough.
fn edges(area: &Area, now: &Grey, before: Option<&Grey>) -> Vec<Edge> {
    let all: Vec<Edge> =
        now.inside(area).map(|at| Edge { at, slope: now.slope(at) }).filter(|edge| edge.slope != (0, 0)).collect();
    let stands = |edge: &Edge| before.is_none_or(|b| b.light[edge.at].abs_diff(now.light[edge.at]) <= STEADY);
    let still: Vec<Edge> = all.iter().copied().filter(stands).collect();
    let mut edges = if still.len() * 2 >= all.len() { still } else { all };
    let wanted = ((edges.len() as f64 * EDGES.0) as usize).min(EDGES.1);
    let steepness = |edge: &Edge| edge.slope.0.pow(2) + edge.slope.1.pow(2);
    edges.sort_by_key(|edge| std::cmp::Reverse(steepness(edge)));
    edges.truncate(wanted.max(1));
    edges
}

fn same_place(a: &Area, b: &Area) -> bool {
    let shared = a.intersection(b).size();
    shared > SAME_PLACE * (a.size() + b.size() - shared)
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
    edits(a, b, (0..=b.len()).collect())[b.len()]
}

/// Letters to change, add or drop to make one a part of the other, wherever in it.
pub(super) fn distance_within(part: &[char], whole: &[char]) -> usize {
    edits(part, whole, vec![0; whole.len() + 1]).into_iter().min().unwrap_or(part.len())
}

/// The last row of the table of edits, from its first.
fn edits(a: &[char], b: &[char], mut row: Vec<usize>) -> Vec<usize> {
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let best = (row[j + 1] + 1).min(row[j] + 1).min(corner + usize::from(x != y));
            corner = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocr::Look;
    use image::{Rgb, RgbImage};

    /// Strokes of some strength before waves that have moved on.
    fn frame(moved: u32, strength: u8) -> Grey {
        Grey::of(&RgbImage::from_fn(200, 60, |x, y| {
            let wave = 60 + 2 * ((x + moved) % 50).abs_diff(25) as u8;
            let stroke = (20..44).contains(&y) && (20..180).contains(&x) && x % 12 < 4;
            Rgb([if stroke { wave.saturating_add(strength) } else { wave }; 3])
        }))
    }

    #[test]
    fn a_text_is_there_from_the_middle_of_its_fading_in_whatever_moves_behind_it() {
        let area = Area::new(18.0, 18.0, 164.0, 28.0);
        let line = Line { text: "免费领取".into(), confidence: 0.9, area, look: Look::default() };
        let track = Track::new(line, 1.0, 5, &frame(0, 140), None);
        assert!(track.is_in(&frame(7, 140)) && track.is_in(&frame(31, 100)));
        assert!(!track.is_in(&frame(7, 30)) && !track.is_in(&frame(0, 0)));
        assert!(
            track.is_at(&area, &frame(9, 140)) && !track.is_at(&Area::new(100.0, 18.0, 164.0, 28.0), &frame(9, 140))
        );
    }

    #[test]
    fn two_readings_of_one_text_are_alike() {
        assert!(alike("免费领取游戏礼包", "免费领取游戏礼包"));
        assert!(alike("免费领取游戏礼包", "免费领取游戏礼句"));
        assert!(!alike("首月0元", "首月9元"));
        assert!(!alike("免费领取", "立即下载"));
        assert!(!alike("", ""));
    }
}
