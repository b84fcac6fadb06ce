//! The address of a second factor's key as a QR code: one path of squares, drawn without style.

use qrcode::{Color, QrCode};

/// What must stay white around it. Modules.
const QUIET: usize = 4;

/// Width and height in modules, and the path of the dark ones; none where the text is too long.
pub(crate) fn drawn(text: &str) -> Option<(usize, String)> {
    let code = QrCode::new(text).ok()?;
    let width = code.width();
    let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
    let square = |(at, _): (usize, Color)| format!("M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET);
    Some((width + 2 * QUIET, dark.map(square).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_drawn_with_its_quiet_zone() {
        let (width, path) = drawn("otpauth://totp/postlink:li?secret=GEZDGNBV&issuer=postlink").expect("short");
        assert!(width > 2 * QUIET + 21 && path.starts_with("M4 4h1v1h-1z"), "{width} {path}");
        let coordinates = path.split(['M', ' ', 'h', 'z']).filter_map(|part| part.parse::<usize>().ok());
        assert!(coordinates.into_iter().all(|at| (QUIET..width - QUIET).contains(&at)));
        assert_eq!(drawn(&"x".repeat(5_000)), None);
    }
}
