//! Colours as they reach the eye: blended over what lies behind, and their contrast as WCAG measures it.

/// Red, green, blue, and opacity from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Colour {
    pub(crate) rgb: [u8; 3],
    pub(crate) alpha: f64,
}

impl Colour {
    /// Reads what Chromium computes: `rgb(1, 2, 3)`, `rgba(1, 2, 3, 0.5)`, `#010203`, `#01020304`, `color(srgb 0 0.5 1 / 0.5)`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(hex) = text.strip_prefix('#') {
            return Self::hex(hex);
        }
        let (name, inside) = text.split_once('(')?;
        let inside = inside.strip_suffix(')')?;
        let numbers = |text: &str| -> Vec<f64> {
            let parts = text.split([' ', ',', '/']).filter(|part| !part.is_empty());
            parts
                .filter_map(|part| {
                    part.strip_suffix('%')
                        .map_or_else(|| part.parse().ok(), |p| p.parse::<f64>().ok().map(|p| p / 100.0))
                })
                .collect()
        };
        let (values, most) = match name.trim() {
            "rgb" | "rgba" => (numbers(inside), 1.0),
            "color" => (numbers(inside.trim().strip_prefix("srgb ")?), 255.0),
            _ => return None,
        };
        let [r, g, b] =
            [values.first()?, values.get(1)?, values.get(2)?].map(|v| (v * most).round().clamp(0.0, 255.0) as u8);
        Some(Self { rgb: [r, g, b], alpha: values.get(3).copied().unwrap_or(1.0).clamp(0.0, 1.0) })
    }

    fn hex(hex: &str) -> Option<Self> {
        if !hex.is_ascii() || !matches!(hex.len(), 6 | 8) {
            return None;
        }
        let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
        let alpha = if hex.len() == 8 { f64::from(byte(6)?) / 255.0 } else { 1.0 };
        Some(Self { rgb: [byte(0)?, byte(2)?, byte(4)?], alpha })
    }

    /// The colour that is seen where this one lies over an opaque one.
    pub(crate) fn over(self, below: [u8; 3]) -> [u8; 3] {
        let mix = |above: u8, below: u8| {
            (f64::from(above) * self.alpha + f64::from(below) * (1.0 - self.alpha)).round() as u8
        };
        [mix(self.rgb[0], below[0]), mix(self.rgb[1], below[1]), mix(self.rgb[2], below[2])]
    }
}

/// WCAG 2 contrast ratio, 1 to 21.
pub(crate) fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    let ratio = (a.max(b) + 0.05) / (a.min(b) + 0.05);
    (ratio * 100.0).round() / 100.0
}

fn luminance(rgb: [u8; 3]) -> f64 {
    let [r, g, b] = rgb.map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_in_every_way_chromium_writes_them() {
        let read = |text: &str| Colour::parse(text).map(|colour| (colour.rgb, (colour.alpha * 100.0).round()));
        assert_eq!(read("rgb(1, 2, 3)"), Some(([1, 2, 3], 100.0)));
        assert_eq!(read("rgba(255, 0, 0, 0.5)"), Some(([255, 0, 0], 50.0)));
        assert_eq!(read("#01020380"), Some(([1, 2, 3], 50.0)));
        assert_eq!(read("#ffffffff"), Some(([255, 255, 255], 100.0)));
        assert_eq!(read("color(srgb 0 0.5 1 / 0.25)"), Some(([0, 128, 255], 25.0)));
        for nothing in ["", "transparent-ish", "#12", "rgb(1)", "lab(1 2 3)", "#ääää"] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn contrast_is_wcags() {
        assert_eq!(contrast([0; 3], [255; 3]), 21.0);
        assert_eq!(contrast([255; 3], [255; 3]), 1.0);
        // #767676 on white is the well-known border of AA.
        assert_eq!(contrast([0x76; 3], [255; 3]), 4.54);
    }

    #[test]
    fn a_translucent_colour_lets_the_background_through() {
        let half = Colour { rgb: [0; 3], alpha: 0.5 };
        assert_eq!(half.over([255; 3]), [128; 3]);
        assert_eq!(Colour { alpha: 0.0, ..half }.over([9, 8, 7]), [9, 8, 7]);
    }
}
