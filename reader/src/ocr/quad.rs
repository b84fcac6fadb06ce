//! A box of text, perhaps slanted, and its pixels.

use image::RgbImage;
use model::units::Area;

/// A rectangle that may be turned by up to 45 degrees; pixels of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quad {
    pub(crate) centre: (f32, f32),
    /// Unit vector along the writing.
    pub(crate) along: (f32, f32),
    pub(crate) width: f32,
    pub(crate) height: f32,
}

impl Quad {
    pub(crate) fn upright(area: &Area) -> Self {
        Self {
            centre: ((area.x + area.w / 2.0) as f32, (area.y + area.h / 2.0) as f32),
            along: (1.0, 0.0),
            width: area.w as f32,
            height: area.h as f32,
        }
    }

    /// The corners' span, within the picture.
    pub(crate) fn bounds(&self, picture: &RgbImage) -> Area {
        let (ax, ay) = (self.along.0.abs(), self.along.1.abs());
        let (w, h) = (self.width * ax + self.height * ay, self.width * ay + self.height * ax);
        let area = Area::new(
            f64::from(self.centre.0 - w / 2.0),
            f64::from(self.centre.1 - h / 2.0),
            f64::from(w),
            f64::from(h),
        );
        area.intersection(&Area::new(0.0, 0.0, f64::from(picture.width()), f64::from(picture.height())))
    }

    /// Moved and enlarged: from the pixels of a scaled part to those of the picture.
    pub(crate) fn scaled(self, (sx, sy): (f32, f32), top: f32) -> Self {
        Self {
            centre: (self.centre.0 * sx, self.centre.1 * sy + top),
            along: self.along,
            width: self.width * sx,
            height: self.height * sy,
        }
    }

    /// Chinese written from top to bottom, or text turned by 90 degrees.
    pub(crate) fn is_vertical(&self) -> bool {
        self.height >= self.width * 1.5
    }

    /// The same box read from top to bottom.
    pub(crate) fn turned(self) -> Self {
        Self { along: (-self.along.1, self.along.0), width: self.height, height: self.width, ..self }
    }

    /// The point at a share of its width and height, each 0 to 1.
    pub(crate) fn at(&self, across: f32, down: f32) -> (f32, f32) {
        let (dx, dy) = ((across - 0.5) * self.width, (down - 0.5) * self.height);
        (self.centre.0 + dx * self.along.0 - dy * self.along.1, self.centre.1 + dx * self.along.1 + dy * self.along.0)
    }

    /// Its pixels, scaled to `width` × `height`, row by row, red green blue, 0 to 255.
    pub(crate) fn pixels(&self, picture: &RgbImage, width: usize, height: usize) -> Vec<[f32; 3]> {
        // Enough samples for each pixel that fine strokes survive shrinking.
        let shrink = (self.width / width as f32).max(self.height / height as f32);
        let samples = (shrink.ceil() as usize).clamp(1, 6);
        let share =
            |at: usize, sample: usize, of: usize| (at as f32 + (sample as f32 + 0.5) / samples as f32) / of as f32;
        let mut out = Vec::with_capacity(width * height);
        for row in 0..height {
            for column in 0..width {
                let mut sum = [0.0; 3];
                for sy in 0..samples {
                    for sx in 0..samples {
                        let (x, y) = self.at(share(column, sx, width), share(row, sy, height));
                        for (total, value) in sum.iter_mut().zip(sample(picture, x - 0.5, y - 0.5)) {
                            *total += value;
                        }
                    }
                }
                out.push(sum.map(|total| total / (samples * samples) as f32));
            }
        }
        out
    }
}

/// The colour between pixels, by linear interpolation; the edge goes on outside.
fn sample(picture: &RgbImage, x: f32, y: f32) -> [f32; 3] {
    let (x, y) = (x.clamp(0.0, (picture.width() - 1) as f32), y.clamp(0.0, (picture.height() - 1) as f32));
    let (x0, y0) = (x as u32, y as u32);
    let (x1, y1) = ((x0 + 1).min(picture.width() - 1), (y0 + 1).min(picture.height() - 1));
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let at = |x, y| picture.get_pixel(x, y).0.map(f32::from);
    let (a, b, c, d) = (at(x0, y0), at(x1, y0), at(x0, y1), at(x1, y1));
    std::array::from_fn(|i| (a[i] * (1.0 - fx) + b[i] * fx) * (1.0 - fy) + (c[i] * (1.0 - fx) + d[i] * fx) * fy)
}
