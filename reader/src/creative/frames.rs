//! The frames of a video, from an ffmpeg child that can do nothing but decode this one file.

use std::ffi::OsString;
use std::io::{BufReader, Read};
use std::path::Path;
use std::process::ChildStdout;
use std::time::Duration;

use image::{RgbImage, imageops};

use crate::child::{Ending, Watched};
use crate::ffmpeg;

/// Frames per second that are looked at.
pub(super) const RATE: f64 = 5.0;
/// Pixels of the longer side of a frame; small print of a 1080p ad is still read.
pub(super) const MAX_SIDE: u32 = 1280;
/// Narrower frames hold no writing, and are made so wide that what looks at pairs of pixels finds some.
const MIN_SIDE: u32 = 2;

/// How much of a video is decoded.
pub(super) struct Most {
    /// From its first frame.
    pub(super) seconds: u32,
    /// Of one frame, as it is coded.
    pub(super) pixels: u64,
    /// Of real time.
    pub(super) time: Duration,
}

/// Frames one by one, while ffmpeg works.
pub(super) struct Frames {
    pictures: BufReader<ChildStdout>,
    watched: Watched,
    /// Width and height of all of them.
    size: Option<(u32, u32)>,
}

impl Frames {
    /// Starts decoding.
    pub(super) fn start(program: &str, path: &Path, most: &Most) -> Result<Self, String> {
        let mut arguments: Vec<OsString> = vec!["-max_pixels".into(), most.pixels.to_string().into()];
        // What cannot be decoded is said at the end, and not passed over.
        arguments.extend(["-max_error_rate", "0"].map(OsString::from));
        // A video whose pictures change their size would begin again at second 0; so each is brought to the first one's.
        arguments.extend(["-reinit_filter", "0"].map(OsString::from));
        arguments.extend(ffmpeg::input(path));
        // `V` leaves out the cover of a song.
        arguments.extend(["-map", "0:V:0", "-an", "-sn", "-dn", "-vf", &filter()].map(OsString::from));
        let seconds = most.seconds.to_string();
        arguments.extend(["-t", &seconds, "-f", "image2pipe", "-c:v", "ppm", "pipe:1"].map(OsString::from));
        let running = ffmpeg::start(program, arguments, most.time)?;
        Ok(Self { pictures: BufReader::new(running.output), watched: running.watched, size: None })
    }

    /// The next frame; none at the end.
    pub(super) fn next(&mut self) -> Option<RgbImage> {
        let frame = ppm(&mut self.pictures)?;
        let (width, height) = *self.size.get_or_insert_with(|| frame.dimensions());
        // Whoever compares frames may trust in it.
        Some(if frame.dimensions() == (width, height) { frame } else { imageops::thumbnail(&frame, width, height) })
    }

    /// Ends the child, if it has not ended; how it ended and what it complained of.
    pub(super) fn finish(self) -> (Ending, String) {
        drop(self.pictures);
        self.watched.finish()
    }
}

/// What makes of each moment the picture as it is shown: upright, which ffmpeg does by itself, and with square pixels.
fn filter() -> String {
    // Sides as shown: the shorter ones of pixels that are not square are stretched.
    let (width, height) = ("iw*max(1,sar)", "ih*max(1,1/sar)");
    let side = |side: &str| format!("'max({MIN_SIDE},round({side}*min(1,{MAX_SIDE}/max({width},{height}))))'");
    let scale = format!("scale=w={}:h={}", side(width), side(height));
    // Rounding up makes each frame the one that stood on the screen at that moment.
    format!("setpts=PTS-STARTPTS,fps={RATE}:round=up,{scale},setsar=1,format=rgb24")
}

/// One picture in the format `P6 width height 255` and bytes.
fn ppm(stream: &mut impl Read) -> Option<RgbImage> {
    let mut words = Vec::new();
    while words.len() < 4 {
        words.push(word(stream)?);
    }
    let (width, height): (u32, u32) = (words[1].parse().ok()?, words[2].parse().ok()?);
    if words[0] != "P6" || words[3] != "255" || width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE {
        return None;
    }
    let mut pixels = vec![0; width as usize * height as usize * 3];
    stream.read_exact(&mut pixels).ok()?;
    RgbImage::from_raw(width, height, pixels)
}

/// The next word of the header; the one white space behind it is taken too.
fn word(stream: &mut impl Read) -> Option<String> {
    let mut word = String::new();
    let mut byte = [0];
    while word.len() < 16 {
        stream.read_exact(&mut byte).ok()?;
        if byte[0].is_ascii_whitespace() {
            return Some(word);
        }
        word.push(char::from(byte[0]));
    }
    None
}
