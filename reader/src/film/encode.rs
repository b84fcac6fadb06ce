//! Frames through ffmpeg, in at one end and out at the other: no file is written.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use super::FilmError;
use super::alike::Like;
use crate::child::Ending;
use crate::ffmpeg;

/// How large a film may be, and how long it may take.
pub(super) struct Bounds {
    /// Pixels.
    pub(super) size: (u32, u32),
    pub(super) max_bytes: u64,
    pub(super) limit: Duration,
}

/// An animated WebP. ffmpeg guesses how long its last frame is shown.
pub(super) fn webp(ffmpeg: &str, frames: &[Like<'_>], bounds: &Bounds) -> Result<Vec<u8>, FilmError> {
    let format = ["-c:v", "libwebp_anim", "-quality", "60", "-loop", "0", "-f", "webp"];
    through(ffmpeg, frames, bounds, &format)
}

/// A video that can be written from its beginning to its end.
pub(super) fn mp4(ffmpeg: &str, frames: &[Like<'_>], bounds: &Bounds) -> Result<Vec<u8>, FilmError> {
    let picture = ["-c:v", "libx264", "-crf", "28", "-bf", "0", "-pix_fmt", "yuv420p"];
    let file = ["-movflags", "frag_keyframe+empty_moov", "-f", "mp4"];
    through(ffmpeg, frames, bounds, &[&picture[..], &file].concat())
}

fn through(ffmpeg: &str, frames: &[Like<'_>], bounds: &Bounds, format: &[&str]) -> Result<Vec<u8>, FilmError> {
    let (width, height) = bounds.size;
    let filter = format!("settb=1/1000,setpts={},scale={width}:{height}", times(frames));
    let read = ["-protocol_whitelist", "pipe", "-f", "image2pipe", "-framerate", "1000", "-c:v", "mjpeg"];
    let made = ["-i", "pipe:0", "-vf", &filter, "-fps_mode", "passthrough", "-enc_time_base", "1/1000"];
    let arguments = [&read[..], &made, format, &["pipe:1"]].concat();
    let running = ffmpeg::start(ffmpeg, arguments, bounds.limit).map_err(FilmError::Failed)?;
    let mut bytes = Vec::new();
    std::thread::scope(|scope| {
        let mut input = running.input;
        scope.spawn(move || {
            for frame in frames {
                // A child that has ended says itself why.
                if input.write_all(&frame.jpeg).is_err() {
                    break;
                }
            }
        });
        // More than is wanted is not read: the child ends for want of a reader, and its feeder with it.
        let _ = running.output.take(bounds.max_bytes + 1).read_to_end(&mut bytes);
    });
    let (ending, complaint) = running.watched.finish();
    match ending {
        _ if bytes.len() as u64 > bounds.max_bytes => Err(FilmError::TooLarge(bounds.max_bytes)),
        Ending::TooLate => Err(FilmError::TooLate(bounds.limit)),
        Ending::Done if !bytes.is_empty() => Ok(bytes),
        _ if complaint.is_empty() => Err(FilmError::Failed("ffmpeg made nothing, and does not say why".into())),
        _ => Err(FilmError::Failed(complaint)),
    }
}

/// When each frame begins, as ffmpeg reads it: a sum in which one term is not zero.
fn times(frames: &[Like<'_>]) -> String {
    let first = frames.first().map_or(0, |frame| frame.at_ms.0);
    let mut last = 0;
    let terms = frames.iter().enumerate().skip(1).map(|(number, frame)| {
        // No two begin at once.
        last = frame.at_ms.0.saturating_sub(first).max(last + 1);
        format!("eq(N\\,{number})*{last}")
    });
    sum(&terms.collect::<Vec<_>>())
}

/// The sum of the terms, in brackets within brackets: ffmpeg reads no hundred terms in a row.
fn sum(terms: &[String]) -> String {
    match terms {
        [] => "0".into(),
        [one] => one.clone(),
        several => {
            let (left, right) = several.split_at(several.len() / 2);
            format!("({}+{})", sum(left), sum(right))
        }
    }
}
