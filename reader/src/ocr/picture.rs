//! Pictures decoded within limits: a small file can unfold into more memory than there is.

use std::io::Cursor;

use image::error::{LimitError, LimitErrorKind};
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, ImageResult, Limits, Rgb, RgbImage, RgbaImage,
};

/// Mean brightness from which what is drawn on nothing counts as light, 0 to 255.
const LIGHT: u64 = 200;

/// What cannot be decoded.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    #[error("the picture is larger than {0} pixels: raise `reader.max_picture_pixels`")]
    TooLarge(u64),
    #[error("the picture is cut off: its end is missing")]
    CutOff,
    #[error("the file is {0}")]
    Foreign(&'static str),
    #[error("decode the picture: {0}")]
    Broken(#[from] image::ImageError),
    #[error("decode the picture: {0}")]
    Unknown(#[from] std::io::Error),
}

/// Decodes a picture of at most so many pixels, turned as its file says; transparent parts are filled.
pub(crate) fn decode(bytes: &[u8], max_pixels: u64) -> Result<RgbImage, PictureError> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let Some(format) = reader.format().filter(ImageFormat::reading_enabled) else {
        return Err(PictureError::Foreign(foreign(bytes)));
    };
    if format == ImageFormat::Jpeg && is_cut_off(bytes) {
        return Err(PictureError::CutOff);
    }
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > max_pixels {
        return Err(PictureError::TooLarge(max_pixels));
    }
    let mut limits = limits((width, height), max_pixels)?;
    limits.reserve(decoder.total_bytes())?;
    decoder.set_limits(limits)?;
    // A camera's picture lies on its side, and its file says so: people see it upright.
    let orientation = decoder.orientation()?;
    let mut decoded = DynamicImage::from_decoder(decoder)?;
    decoded.apply_orientation(orientation);
    Ok(if decoded.color().has_alpha() { filled(&decoded.into_rgba8()) } else { decoded.into_rgb8() })
}

/// What decoding a picture of these sides may take; an error when it has more than so many pixels.
pub(crate) fn limits((width, height): (u32, u32), max_pixels: u64) -> ImageResult<Limits> {
    let mut limits = Limits::default();
    // 16-bit colours with transparency take eight bytes a pixel, and a decoder needs some room of its own.
    limits.max_alloc = Some(max_pixels.saturating_mul(8).saturating_add(64 << 20));
    if u64::from(width) * u64::from(height) > max_pixels {
        return Err(ImageError::Limits(LimitError::from_kind(LimitErrorKind::DimensionError)));
    }
    Ok(limits)
}

/// On white, or on black where what is drawn is so light that white would swallow it.
pub(crate) fn filled(picture: &RgbaImage) -> RgbImage {
    let (mut light, mut weight) = (0, 0);
    for [r, g, b, a] in picture.pixels().map(|pixel| pixel.0.map(u64::from)) {
        light += (r + 2 * g + b) / 4 * a;
        weight += a;
    }
    let ground = if light > LIGHT * weight { 0 } else { 255 };
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [r, g, b, a] = picture.get_pixel(x, y).0.map(u32::from);
        let over = |c: u32| u8::try_from((c * a + ground * (255 - a)) / 255).unwrap_or(u8::MAX);
        Rgb([over(r), over(g), over(b)])
    })
}

/// What a file is that is none of the pictures read here, by how it begins.
fn foreign(bytes: &[u8]) -> &'static str {
    let begins = |at: usize, mark: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(mark));
    let head = &bytes[..bytes.len().min(1_024)];
    let holds = |mark: &[u8]| head.windows(mark.len()).any(|part| part == mark);
    match () {
        () if begins(4, b"ftypavif") || begins(4, b"ftypavis") => "AVIF",
        () if begins(4, b"ftyphei") || begins(4, b"ftyphev") || begins(4, b"ftypmif1") || begins(4, b"ftypmsf1") => {
            "HEIC"
        }
        () if begins(0, &[0xFF, 0x0A]) || begins(4, b"JXL ") => "JPEG XL",
        () if holds(b"<svg") => "SVG, a drawing that may hold scripts",
        () if begins(4, b"ftyp") || begins(0, &[0x1A, 0x45, 0xDF, 0xA3]) => "a video: give it as such",
        () if begins(0, b"%PDF") => "a PDF",
        () if begins(0, b"8BPS") => "a PSD",
        () if bytes.is_empty() => "empty",
        () => "of no kind known here",
    }
}

/// Whether a JPEG ends before its end mark: the decoder fills the rest with grey, and what stood there would go unread.
fn is_cut_off(bytes: &[u8]) -> bool {
    let last = |mark: [u8; 2]| bytes.windows(2).rposition(|pair| pair == mark);
    match (last([0xFF, 0xDA]), last([0xFF, 0xD9])) {
        (Some(scan), Some(end)) => end < scan,
        _ => true,
    }
}

/// Encodes as JPEG, quality 0 to 100.
pub(crate) fn jpeg(picture: &RgbImage, quality: u8) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(picture: &DynamicImage) -> Vec<u8> {
        let mut bytes = Vec::new();
        picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).expect("encodes");
        bytes
    }

    #[test]
    fn a_bomb_is_refused_before_it_unfolds() {
        let bytes = png(&RgbImage::new(300, 200).into());
        assert!(matches!(decode(&bytes, 59_999), Err(PictureError::TooLarge(_))));
        assert!(decode(&bytes, 60_000).is_ok());
        assert!(decode(b"BM no picture", 60_000).is_err());
        // 60,000 × 60,000 pixels, promised by 33 bytes.
        let mut head = bytes[..33].to_vec();
        head[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
        let crc = crc32(&head[12..29]);
        head[29..33].copy_from_slice(&crc.to_be_bytes());
        head.extend(&bytes[33..]);
        let refused = decode(&head, 60_000_000);
        assert!(matches!(refused, Err(PictureError::TooLarge(60_000_000))), "{refused:?}");
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
        })
    }

    #[test]
    fn what_is_drawn_on_nothing_stands_out() {
        for (letter, ground) in [([255, 255, 255, 255], [0, 0, 0]), ([20, 20, 20, 255], [255, 255, 255])] {
            let mut picture = RgbaImage::new(20, 20);
            picture.put_pixel(3, 3, image::Rgba(letter));
            let filled = decode(&png(&picture.into()), 400).expect("decodes");
            assert_eq!(filled.get_pixel(3, 3).0, letter[..3]);
            assert_eq!(filled.get_pixel(9, 9).0, ground);
        }
    }

    #[test]
    fn a_foreign_file_is_named() {
        for (bytes, name) in [
            (&b"\0\0\0\x1cftypavif\0\0\0\0"[..], "AVIF"),
            (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
            (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG"),
            (b"\0\0\0\x20ftypisom\0\0\0\0", "video"),
            (b"", "empty"),
            (b"hello", "no kind"),
        ] {
            let told = decode(bytes, 1_000).expect_err("no picture").to_string();
            assert!(told.contains(name), "{told}");
        }
    }
}
