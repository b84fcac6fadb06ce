//! The brightness of a frame at half its size, in which writing is followed from frame to frame.

use image::RgbImage;
use model::units::Area;

/// Pixels of the frame along each side of one pixel here.
pub(super) const SHRINK: usize = 2;

/// Brightness, row by row, 0 to 255.
pub(super) struct Grey {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) light: Vec<u8>,
}

impl Grey {
    pub(super) fn of(frame: &RgbImage) -> Self {
        let (width, height) = (frame.width() as usize / SHRINK, frame.height() as usize / SHRINK);
        let row_bytes = frame.width() as usize * 3;
        let mut light = Vec::with_capacity(width * height);
        for rows in frame.as_raw().chunks_exact(row_bytes * SHRINK) {
            let (upper, lower) = rows.split_at(row_bytes);
            // Red and blue weigh one, green two: near enough to what the eye weighs.
            let pair = |p: &[u8]| u16::from(p[0]) + 2 * u16::from(p[1]) + u16::from(p[2]);
            let both = |p: &[u8]| pair(&p[..3]) + pair(&p[3..]);
            let pairs = upper.chunks_exact(6).zip(lower.chunks_exact(6));
            light.extend(pairs.map(|(a, b)| ((both(a) + both(b)) >> 4) as u8));
        }
        Self { width, height, light }
    }

    /// How steeply the brightness rises to the right and downwards, between the neighbours of a pixel inside.
    pub(super) fn slope(&self, at: usize) -> (i32, i32) {
        let light = |at: usize| i32::from(self.light[at]);
        (light(at + 1) - light(at - 1), light(at + self.width) - light(at - self.width))
    }

    /// The pixels of an area of the frame that have neighbours on all sides.
    pub(super) fn inside(&self, area: &Area) -> impl Iterator<Item = usize> + use<> {
        let span = |from: f64, to: f64, of: usize| {
            let shrink = SHRINK as f64;
            ((from / shrink) as usize).max(1)..((to / shrink).ceil() as usize).min(of.saturating_sub(1))
        };
        let (columns, width) = (span(area.x, area.right(), self.width), self.width);
        span(area.y, area.bottom(), self.height).flat_map(move |row| columns.clone().map(move |x| row * width + x))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn brightness_is_halved_in_size() {
        let frame = RgbImage::from_fn(9, 7, |x, _| Rgb(if x < 4 { [0, 0, 0] } else { [255, 255, 255] }));
        let grey = Grey::of(&frame);
        assert_eq!((grey.width, grey.height, grey.light.len()), (4, 3, 12));
        assert_eq!(grey.light[..4], [0, 0, 255, 255]);
        assert_eq!(grey.slope(5), (255, 0));
        assert_eq!(grey.inside(&Area::new(0.0, 0.0, 9.0, 7.0)).collect::<Vec<_>>(), [5, 6]);
    }
}
