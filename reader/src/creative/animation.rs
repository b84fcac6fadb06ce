//! A picture that moves: GIF, animated PNG and WebP. What it shows first is not all that it says.

use std::io::Cursor;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::imageops::{self, FilterType};
use image::{AnimationDecoder, Frame, Frames, ImageDecoder, ImageFormat, ImageResult, RgbImage};

use super::frames::MAX_SIDE;
use super::video::Seen;
use super::{AdReading, gap};
use crate::ocr::picture;
use crate::reader::Reader;

/// An animation of no more pictures than this is a show of slides: each is looked at for so long, however short it stands,
/// for it comes again and again. Seconds.
const SLIDES: usize = 12;
const SLIDE_S: f64 = 0.6;
/// What browsers make of a picture that is to stand for no time. Seconds.
const NO_TIME_S: f64 = 0.1;

/// Whether the file has more than one picture. One that cannot be decoded has none.
pub(super) fn moves(bytes: &[u8], max_pixels: u64) -> bool {
    frames(bytes, max_pixels).is_ok_and(|frames| frames.is_some_and(|frames| frames.take(2).flatten().count() == 2))
}

/// Reads it as the video that it is.
pub(super) fn read(
    reader: &Reader,
    path: &Path,
    bytes: &[u8],
    now: DateTime<Utc>,
    reading: &mut AdReading,
) -> Result<(), String> {
    let options = &reader.options;
    let broken = |error: image::ImageError| format!("{}: decode the picture: {error}", path.display());
    let slides = frames(bytes, options.max_picture_pixels)
        .and_then(|frames| Ok(frames.into_iter().flatten().take(SLIDES + 1).collect::<ImageResult<Vec<_>>>()?.len()))
        .is_ok_and(|count| count <= SLIDES);
    let Some(frames) = frames(bytes, options.max_picture_pixels).map_err(broken)? else { return Ok(()) };
    let (started, limit) = (Instant::now(), Duration::from_secs(u64::from(options.video_timeout_secs)));
    let most_s = f64::from(options.max_video_secs);
    let (mut seen, mut until_s) = (Seen::default(), 0.0);
    let mut problem = None;
    for frame in frames {
        let frame = match frame {
            Ok(frame) => frame,
            // What came before was seen.
            Err(error) => {
                problem = Some(broken(error));
                break;
            }
        };
        until_s += if slides { stands(&frame).max(SLIDE_S) } else { stands(&frame) };
        // The rate is that of videos: what is gone before anybody looks is passed over, as a person passes over it.
        if seen.seconds() < until_s {
            let shown = fitted(picture::filled(frame.buffer()));
            while seen.seconds() < until_s.min(most_s) {
                seen.look(reader, shown.clone()).map_err(|error| format!("{}: {error}", path.display()))?;
            }
        }
        if until_s > most_s || started.elapsed() > limit {
            reading.gaps.push(gap(
                "video-truncated",
                format!(
                    "only the first {:.1} seconds of {}, which moves, were read: raise `reader.max_video_secs` or `reader.video_timeout_secs`",
                    seen.seconds(),
                    path.display()
                ),
            ));
            break;
        }
    }
    seen.write(options.reading_speed, now, reading);
    problem.map_or(Ok(()), Err)
}

/// How long a picture stands, in seconds.
fn stands(frame: &Frame) -> f64 {
    let seconds = Duration::from(frame.delay()).as_secs_f64();
    if seconds <= 0.01 { NO_TIME_S } else { seconds }
}

/// No larger than the frames of a video.
fn fitted(picture: RgbImage) -> RgbImage {
    let longer = picture.width().max(picture.height());
    if longer <= MAX_SIDE {
        return picture;
    }
    let side = |side: u32| (u64::from(side) * u64::from(MAX_SIDE) / u64::from(longer)).max(2) as u32;
    imageops::resize(&picture, side(picture.width()), side(picture.height()), FilterType::Triangle)
}

/// Its pictures, whole ones, if the format can move.
fn frames(bytes: &[u8], max_pixels: u64) -> ImageResult<Option<Frames<'_>>> {
    let limits = |decoder: &dyn ImageDecoder| picture::limits(decoder.dimensions(), max_pixels);
    Ok(match image::guess_format(bytes)? {
        ImageFormat::Gif => {
            let mut decoder = GifDecoder::new(Cursor::new(bytes))?;
            decoder.set_limits(limits(&decoder)?)?;
            Some(decoder.into_frames())
        }
        ImageFormat::Png => {
            let decoder = PngDecoder::new(Cursor::new(bytes))?;
            let limits = limits(&decoder)?;
            let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits)?;
            if decoder.is_apng()? { Some(decoder.apng()?.into_frames()) } else { None }
        }
        ImageFormat::WebP => {
            let mut decoder = WebPDecoder::new(Cursor::new(bytes))?;
            decoder.set_limits(limits(&decoder)?)?;
            decoder.has_animation().then(|| decoder.into_frames())
        }
        _ => None,
    })
}
