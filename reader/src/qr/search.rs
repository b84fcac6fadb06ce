//! The search through one grey picture: at every size of code, tile by tile, within a budget.

use std::time::{Duration, Instant};

use image::GrayImage;
use image::imageops::{self, FilterType};
use model::units::Area;

use super::views::View;
use super::{Found, add, decode};

/// Side of a tile: what a picture made to be slow can cost grows with its square. Pixels.
const TILE: u32 = 1_536;
/// Codes up to this long are found whole at the size at which the picture is looked at; longer ones when it is halved.
const OVERLAP: u32 = 512;
/// A picture with a shorter side holds no code: the smallest has 21 modules. Pixels.
const LEAST: u32 = 24;

/// What a search may cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pixels: u64,
    started: Instant,
    time: Duration,
}

impl Budget {
    /// So many pixels, counted each time they are looked at; and so much time, for pictures made to be slow.
    pub(crate) fn of(pixels: u64, time: Duration) -> Self {
        Self { pixels, started: Instant::now(), time }
    }

    pub(crate) fn is_spent(&self) -> bool {
        self.pixels == 0 || self.started.elapsed() >= self.time
    }

    fn spend(&mut self, pixels: u64) -> bool {
        if self.pixels < pixels {
            self.pixels = 0;
        }
        self.pixels = self.pixels.saturating_sub(pixels);
        !self.is_spent()
    }
}

/// Adds the codes of a view to what was found, in pixels of the original.
pub(super) fn through(view: &View, budget: &mut Budget, found: &mut Vec<Found>) {
    let mut scale = view.scale;
    let mut level = std::borrow::Cow::Borrowed(&view.grey);
    loop {
        for (left, top) in corners(level.width(), level.height()) {
            let (width, height) = ((level.width() - left).min(TILE), (level.height() - top).min(TILE));
            // Both polarities.
            if !budget.spend(2 * u64::from(width) * u64::from(height)) {
                return;
            }
            let mut tile = imageops::crop_imm(level.as_ref(), left, top, width, height).to_image();
            for inverted in [false, true] {
                if inverted {
                    imageops::invert(&mut tile);
                }
                for code in decode::codes(&tile) {
                    let area = Area::new(
                        (code.area.x + f64::from(left)) / scale,
                        (code.area.y + f64::from(top)) / scale,
                        code.area.w / scale,
                        code.area.h / scale,
                    );
                    add(Found { area, ..code }, found);
                }
            }
        }
        let (width, height) = (level.width() / 2, level.height() / 2);
        if level.width().max(level.height()) <= OVERLAP || width.min(height) < LEAST {
            return;
        }
        level = std::borrow::Cow::Owned(halved(level.as_ref(), width, height));
        scale /= 2.0;
    }
}

fn halved(grey: &GrayImage, width: u32, height: u32) -> GrayImage {
    imageops::resize(grey, width, height, FilterType::Triangle)
}

/// The top left corners of the tiles that cover a picture.
fn corners(width: u32, height: u32) -> Vec<(u32, u32)> {
    if width.min(height) < LEAST {
        return Vec::new();
    }
    let along = |side: u32| (0..side.saturating_sub(OVERLAP).max(1)).step_by((TILE - OVERLAP) as usize);
    along(height).flat_map(|top| along(width).map(move |left| (left, top))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_a_picture_and_every_code_lies_whole_in_one() {
        for (width, height) in [(24, 24), (590, 24_000), (1_536, 1_537), (2_049, 1_600), (9_000, 30)] {
            let tiles: Vec<Area> = corners(width, height)
                .into_iter()
                .map(|(x, y)| {
                    let (w, h) = ((width - x).min(TILE), (height - y).min(TILE));
                    Area::new(f64::from(x), f64::from(y), f64::from(w), f64::from(h))
                })
                .collect();
            let side = OVERLAP.min(width).min(height);
            for x in (0..=width - side).step_by(97).chain([width - side]) {
                for y in (0..=height - side).step_by(97).chain([height - side]) {
                    let code = Area::new(f64::from(x), f64::from(y), f64::from(side), f64::from(side));
                    assert!(tiles.iter().any(|tile| tile.contains(&code)), "{width}×{height}: {code:?}");
                }
            }
        }
        assert_eq!(corners(23, 400), []);
    }
}
