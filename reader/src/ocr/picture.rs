//! Pictures decoded within limits: a small file can unfold into more memory than there is.

use std::io::Cursor;

use image::{ImageReader, Limits, RgbImage};

/// What cannot be decoded.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    #[error("the picture is larger than {0} pixels")]
    TooLarge(u64),
    #[error("the picture is cut off: its end is missing")]
    CutOff,
    #[error("decode the picture: {0}")]
    Broken(#[from] image::ImageError),
    #[error("decode the picture: {0}")]
    Unknown(#[from] std::io::Error),
}

/// Decodes a picture of at most so many pixels; transparent parts become white.
pub(crate) fn decode(bytes: &[u8], max_pixels: u64) -> Result<RgbImage, PictureError> {
    let (width, height) = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?.into_dimensions()?;
    if u64::from(width) * u64::from(height) > max_pixels {
        return Err(PictureError::TooLarge(max_pixels));
    }
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    if reader.format() == Some(image::ImageFormat::Jpeg) && is_cut_off(bytes) {
        return Err(PictureError::CutOff);
    }
    let mut limits = Limits::default();
    // 16-bit colours with transparency take eight bytes a pixel, and a decoder needs some room of its own.
    limits.max_alloc = Some(max_pixels.saturating_mul(8).saturating_add(64 << 20));
    reader.limits(limits);
    let decoded = reader.decode()?;
    if !decoded.color().has_alpha() {
        return Ok(decoded.into_rgb8());
    }
    let rgba = decoded.into_rgba8();
    Ok(RgbImage::from_fn(width, height, |x, y| {
        let [r, g, b, a] = rgba.get_pixel(x, y).0.map(u32::from);
        let over_white = |c: u32| u8::try_from((c * a + 255 * (255 - a)) / 255).unwrap_or(u8::MAX);
        image::Rgb([over_white(r), over_white(g), over_white(b)])
    }))
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

    #[test]
    fn a_bomb_is_refused_before_it_unfolds() {
        let picture = RgbImage::new(300, 200);
        let mut bytes = Vec::new();
        picture.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).expect("encodes");
        assert!(matches!(decode(&bytes, 59_999), Err(PictureError::TooLarge(_))));
        assert!(decode(&bytes, 60_000).is_ok());
        assert!(matches!(decode(b"BM no picture", 60_000), Err(PictureError::Broken(_))));
    }
}
