//! Pictures with QR codes in them, as designers make them.

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use qrcode::{Color, EcLevel, QrCode};

/// How a code is drawn.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// Picture pixels from edge to edge, without the quiet zone.
    pub(crate) side: f64,
    pub(crate) dark: [u8; 3],
    pub(crate) light: [u8; 3],
    /// Light modules around it.
    pub(crate) quiet: f64,
    /// Degrees.
    pub(crate) turn: f64,
    /// Radius of its dots, in modules; none for squares.
    pub(crate) dot: Option<f64>,
    pub(crate) round_eyes: bool,
    /// Share of the side that a logo in the middle takes.
    pub(crate) logo: f64,
    pub(crate) level: EcLevel,
    /// Whether only its dark modules are drawn, upon whatever lies below.
    pub(crate) bare: bool,
}

impl Look {
    pub(crate) fn of(side: f64) -> Self {
        Self {
            side,
            dark: [0; 3],
            light: [255; 3],
            quiet: 4.0,
            turn: 0.0,
            dot: None,
            round_eyes: false,
            logo: 0.0,
            level: EcLevel::M,
            bare: false,
        }
    }
}

/// A picture of one colour.
pub(crate) fn plain(width: u32, height: u32, color: [u8; 3]) -> RgbImage {
    RgbImage::from_pixel(width, height, Rgb(color))
}

/// A picture as busy as a photograph, always the same.
pub(crate) fn photo(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let at = |size: f64| noise(f64::from(x) / size, f64::from(y) / size);
        let light = 0.5 * at(47.0) + 0.3 * at(13.0) + 0.2 * at(4.0);
        Rgb([40.0 + 190.0 * light, 60.0 + 150.0 * at(61.0), 50.0 + 160.0 * light].map(|v| v as u8))
    })
}

/// Smooth noise between 0 and 1.
fn noise(x: f64, y: f64) -> f64 {
    let corner = |x: f64, y: f64| {
        let seed = (x as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (y as u64).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
        let mixed = (seed ^ (seed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((mixed ^ (mixed >> 32)) % 1_000) as f64 / 1_000.0
    };
    let (left, top) = (x.floor(), y.floor());
    let (across, down) = (x - left, y - top);
    let above = corner(left, top) * (1.0 - across) + corner(left + 1.0, top) * across;
    let below = corner(left, top + 1.0) * (1.0 - across) + corner(left + 1.0, top + 1.0) * across;
    above * (1.0 - down) + below * down
}

/// Draws a code around a point.
pub(crate) fn draw(picture: &mut RgbImage, text: &str, look: &Look, (x, y): (f64, f64)) {
    /// Points in a pixel, each way.
    const FINE: u32 = 4;
    let code = QrCode::with_error_correction_level(text, look.level).expect("it fits into a code");
    let module = look.side / code.width() as f64;
    let reach = (look.side / 2.0 + look.quiet * module) * 1.5;
    let span = |at: f64, limit: u32| (at - reach).max(0.0) as u32..((at + reach).max(0.0) as u32).min(limit);
    for py in span(y, picture.height()) {
        for px in span(x, picture.width()) {
            let below = picture.get_pixel(px, py).0;
            let mut sum = [0u32; 3];
            for fine in 0..FINE * FINE {
                let point = |at: u32, fine: u32| f64::from(at) + (f64::from(fine) + 0.5) / f64::from(FINE);
                let at = (point(px, fine % FINE) - x, point(py, fine / FINE) - y);
                let color = color(&code, look, module, at).unwrap_or(below);
                for (sum, value) in sum.iter_mut().zip(color) {
                    *sum += u32::from(value);
                }
            }
            picture.put_pixel(px, py, Rgb(sum.map(|s| (s / (FINE * FINE)) as u8)));
        }
    }
}

/// The colour at a point, from the middle of the code; none where the ground shows.
fn color(code: &QrCode, look: &Look, module: f64, (x, y): (f64, f64)) -> Option<[u8; 3]> {
    let size = code.width() as f64;
    let (sin, cos) = look.turn.to_radians().sin_cos();
    let (u, v) = ((x * cos + y * sin) / module, (y * cos - x * sin) / module);
    let far = u.abs().max(v.abs());
    if far > size / 2.0 + look.quiet {
        return None;
    }
    let light = (!look.bare).then_some(look.light);
    if far >= size / 2.0 {
        return light;
    }
    let logo = look.logo * size / 2.0;
    if far < logo {
        return Some(if u.hypot(v) < 0.75 * logo { [7, 193, 96] } else { [255; 3] });
    }
    let (u, v) = (u + size / 2.0, v + size / 2.0);
    let eye = [(3.5, 3.5), (size - 3.5, 3.5), (3.5, size - 3.5)].into_iter().find(|(x, y)| {
        let (across, down): (f64, f64) = (u - x, v - y);
        across.abs().max(down.abs()) < 3.5
    });
    if let Some((x, y)) = eye.filter(|_| look.round_eyes) {
        let far = (u - x).hypot(v - y);
        return if far < 1.5 || (2.5..3.5).contains(&far) { Some(look.dark) } else { light };
    }
    let in_dot = look.dot.is_none_or(|dot| eye.is_some() || (u.fract() - 0.5).hypot(v.fract() - 0.5) < dot);
    if code[(u as usize, v as usize)] == Color::Dark && in_dot { Some(look.dark) } else { light }
}

/// The picture as it comes out of a JPEG of this quality.
pub(crate) fn through_jpeg(picture: &RgbImage, quality: u8) -> RgbImage {
    image::load_from_memory(&jpeg(picture, quality)).expect("what was encoded decodes").into_rgb8()
}

pub(crate) fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture).expect("encodes");
    bytes
}
