//! The filmstrip as one file: moving, with each frame as long as it stood on the screen, and still, as a contact strip.

mod alike;
mod contact;
mod encode;
mod webp;

use std::time::Duration;

use model::units::Millis;

pub use contact::{Strip, strip};

use alike::Like;

/// Frames of one film; of more, some in between are left out.
pub const MAX_FRAMES: usize = 120;
/// Pixels of the longer side of a film, and of one that would be too large.
const SIDES: [u32; 2] = [640, 400];
/// How long the last frame is shown.
const HOLD: Duration = Duration::from_millis(1_500);

/// What stood on the screen at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// After the click; never decreasing from frame to frame.
    pub at_ms: Millis,
    pub jpeg: &'a [u8],
}

/// A film that a browser plays.
#[derive(Clone, Debug, PartialEq)]
pub struct Film {
    pub bytes: Vec<u8>,
    /// `image/webp`, or `video/mp4` where ffmpeg cannot make the former.
    pub media_type: &'static str,
}

/// Why there is no film.
#[derive(Debug, thiserror::Error)]
pub enum FilmError {
    #[error("there are no frames to make a film of")]
    Empty,
    #[error("a frame of the film cannot be used: {0}")]
    NoPicture(String),
    #[error("the film could not be made: {0}")]
    Failed(String),
    #[error("the film was not made within {} seconds", .0.as_secs())]
    TooLate(Duration),
    #[error("the film is larger than {0} bytes")]
    TooLarge(u64),
}

/// Makes a film of frames with the program ffmpeg (empty: the one on the path), in no more than `limit` of real time.
///
/// Blocking. The film repeats for ever, and is no larger than `max_bytes`.
pub fn assemble(ffmpeg: &str, frames: &[Frame<'_>], max_bytes: u64, limit: Duration) -> Result<Film, FilmError> {
    let (frames, size) = alike::all(&thinned(frames, MAX_FRAMES))?;
    let mut result = Err(FilmError::Empty);
    for side in SIDES {
        let bounds = encode::Bounds { size: within(size, side), max_bytes, limit };
        result = moving(ffmpeg, &frames, &bounds);
        if !matches!(result, Err(FilmError::TooLarge(_))) {
            break;
        }
    }
    result
}

fn moving(ffmpeg: &str, frames: &[Like<'_>], bounds: &encode::Bounds) -> Result<Film, FilmError> {
    match encode::webp(ffmpeg, frames, bounds) {
        Ok(mut bytes) => {
            webp::hold(&mut bytes, HOLD);
            Ok(Film { bytes, media_type: "image/webp" })
        }
        Err(FilmError::Failed(complaint)) if complaint.contains("libwebp_anim") => {
            // A video knows only when its frames begin: the last one stands there twice, to be shown for a while.
            let mut frames = frames.to_vec();
            if let Some(last) = frames.last().cloned() {
                frames.push(Like { at_ms: Millis(last.at_ms.0 + HOLD.as_millis() as u64), ..last });
            }
            Ok(Film { bytes: encode::mp4(ffmpeg, &frames, bounds)?, media_type: "video/mp4" })
        }
        Err(error) => Err(error),
    }
}

/// A size whose longer side is no longer than `side`; even, as videos must be.
fn within((width, height): (u32, u32), side: u32) -> (u32, u32) {
    let longest = width.max(height);
    let fit = |one: u32| (one * side.min(longest) / longest).max(2) & !1;
    (fit(width), fit(height))
}

/// At most so many of a row, the first and the last among them.
fn thinned<T: Copy>(all: &[T], count: usize) -> Vec<T> {
    if all.len() <= count || count < 2 {
        return all.iter().take(count).copied().collect();
    }
    (0..count).map(|at| all[at * (all.len() - 1) / (count - 1)]).collect()
}
