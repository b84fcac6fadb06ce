//! The sound of a video, from an ffmpeg child that can do nothing but decode this one file.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use super::RATE;
use crate::child::Ending;
use crate::ffmpeg;

/// The first `seconds` of its first sound track, mono, [`RATE`] samples a second; empty when it has none.
///
/// Second 0 is that of the pictures: sound that begins later is preceded by silence.
pub(super) fn samples(program: &str, path: &Path, seconds: u32, limit: Duration) -> Result<Vec<f32>, String> {
    let (length, rate) = (seconds.to_string(), RATE.to_string());
    let made = ["-map", "0:a:0", "-vn", "-sn", "-dn", "-af", "aresample=async=1:first_pts=0", "-ac", "1", "-ar", &rate];
    let made = made.into_iter().chain(["-t", &length, "-f", "f32le", "pipe:1"]).map(OsString::from);
    let running = ffmpeg::start(program, ffmpeg::input(path).into_iter().chain(made), limit)?;
    let mut bytes = Vec::new();
    let most = u64::from(seconds) * RATE as u64 * 4;
    let read = running.output.take(most).read_to_end(&mut bytes);
    let (ending, complaint) = running.watched.finish();
    let problem = |what: &str| format!("the sound of {} was not heard: {what}", path.display());
    if complaint.contains(ffmpeg::NO_TRACK) {
        return Ok(Vec::new());
    }
    if ending == Ending::TooLate {
        return Err(problem("decoding it takes too long; raise `reader.video_timeout_secs`"));
    }
    if read.is_err() || ending == Ending::Failed || (bytes.is_empty() && !complaint.is_empty()) {
        return Err(problem(&format!("ffmpeg says: {}", complaint.lines().next().unwrap_or("nothing"))));
    }
    let sample = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    // What is no number would spoil every sum that it is part of.
    Ok(bytes.chunks_exact(4).map(sample).map(|s| if s.is_finite() { s.clamp(-1.0, 1.0) } else { 0.0 }).collect())
}
