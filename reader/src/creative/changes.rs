//! Where in a video something new stands still: writing does, also before a ground that moves.

use std::iter;
use std::ops::Range;

use super::grey::{Grey, SHRINK};

/// Slope from which a pixel lies on an edge, of brightness between its neighbours: with it grey print of 19 px was found.
const EDGE: u32 = 40;
/// Brightness by which a pixel that stands still may differ from frame to frame: what the video's coding leaves.
const STEADY: u8 = 16;
/// Side of the cells in which new edges are counted, pixels of the grey frame: the height of small print.
const CELL: usize = 16;
/// New edge pixels from which a cell holds something new: a twelfth of it, with which print of 19 px was found.
const LEAST: u16 = 20;
/// What is searched above and below cells that are new, pixels of the frame: their writing reaches beyond them.
const MARGIN: usize = 48;

/// Edges known from the last search, and which of a frame are new.
#[derive(Default)]
pub(super) struct Changes {
    /// Brightness at each edge pixel of the last search; 0 where there was none.
    known: Vec<u8>,
}

impl Changes {
    /// The rows of the frame in which edges stand still, since the frame before, that the last search did not see.
    pub(super) fn rows(&self, before: &Grey, now: &Grey) -> Vec<Range<usize>> {
        if before.light.len() != now.light.len() || self.known.len() != now.light.len() {
            return iter::once(0..now.height * SHRINK).collect();
        }
        let (columns, rows) = (now.width.div_ceil(CELL), now.height.div_ceil(CELL));
        let mut counts = vec![0u16; columns * rows];
        for y in 1..now.height.saturating_sub(1) {
            let cells = &mut counts[y / CELL * columns..][..columns];
            for x in 1..now.width - 1 {
                let at = y * now.width + x;
                let light = now.light[at];
                let new = light.abs_diff(before.light[at]) <= STEADY
                    && (self.known[at] == 0 || light.abs_diff(self.known[at]) > 2 * STEADY)
                    && is_edge(now, at)
                    && is_edge(before, at);
                cells[x / CELL] += u16::from(new);
            }
        }
        let is_new = |x: usize, y: usize| counts[y * columns + x] >= LEAST;
        let mut found: Vec<Range<usize>> = Vec::new();
        for y in 0..rows {
            // One cell alone is a speck.
            let line = (0..columns).any(|x| {
                is_new(x, y)
                    && ((x + 1 < columns && is_new(x + 1, y))
                        || (y + 1 < rows && is_new(x, y + 1))
                        || (y > 0 && is_new(x, y - 1)))
            });
            if line {
                let side = CELL * SHRINK;
                add((y * side).saturating_sub(MARGIN)..((y + 1) * side + MARGIN).min(now.height * SHRINK), &mut found);
            }
        }
        found
    }

    /// Notes what a search of these rows has seen.
    pub(super) fn searched(&mut self, now: &Grey, rows: &Range<usize>) {
        if self.known.len() != now.light.len() {
            self.known = vec![0; now.light.len()];
        }
        for y in (rows.start / SHRINK).max(1)..(rows.end / SHRINK).min(now.height.saturating_sub(1)) {
            for at in y * now.width + 1..(y + 1) * now.width - 1 {
                self.known[at] = if is_edge(now, at) { now.light[at].max(1) } else { 0 };
            }
        }
    }
}

fn is_edge(grey: &Grey, at: usize) -> bool {
    let (right, down) = grey.slope(at);
    right.unsigned_abs() + down.unsigned_abs() >= EDGE
}

/// Adds rows in order from the top; those that meet become one.
pub(super) fn add(rows: Range<usize>, to: &mut Vec<Range<usize>>) {
    match to.last_mut() {
        Some(last) if rows.start <= last.end => last.end = last.end.max(rows.end),
        _ => to.push(rows),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage};

    /// Slow waves, moved on, and perhaps strokes that stand still.
    fn frame(moved: u32, strokes: bool) -> Grey {
        Grey::of(&RgbImage::from_fn(320, 640, |x, y| {
            let stroke = strokes && (300..340).contains(&y) && (60..260).contains(&x) && x % 12 < 4;
            let wave = 100 + ((x + moved) % 64).abs_diff(32) as u8;
            Rgb(if stroke { [255; 3] } else { [wave; 3] })
        }))
    }

    #[test]
    fn writing_is_new_once_and_a_moving_ground_never() {
        let mut changes = Changes::default();
        let unsearched = changes.rows(&frame(0, false), &frame(4, false));
        assert_eq!(unsearched.first(), Some(&(0..640)));
        changes.searched(&frame(4, false), &(0..640));
        assert!(changes.rows(&frame(4, false), &frame(8, false)).is_empty());
        assert!(changes.rows(&frame(8, false), &frame(12, true)).is_empty(), "it has not stood still yet");
        let rows = changes.rows(&frame(12, true), &frame(16, true));
        assert!(rows.len() == 1 && rows[0].start < 300 && rows[0].end > 340 && rows[0].len() < 200, "{rows:?}");
        changes.searched(&frame(16, true), &rows[0]);
        assert!(changes.rows(&frame(16, true), &frame(20, true)).is_empty());
    }

    #[test]
    fn rows_that_meet_are_one() {
        let mut rows = Vec::new();
        add(0..10, &mut rows);
        add(8..20, &mut rows);
        add(30..40, &mut rows);
        assert_eq!(rows, [0..20, 30..40]);
    }
}
