//! The frames of a video, from an ffmpeg child that can do nothing but decode this one file.

use std::ffi::OsStr;
use std::io::{BufReader, Read};
use std::path::Path;
use std::process::ChildStdout;
use std::time::Duration;

use image::RgbImage;

use crate::child::{Ending, Watched};
use crate::ffmpeg;

/// Frames per second that are looked at.
pub(super) const RATE: f64 = 5.0;
/// Pixels of the longer side of a frame; small print of a 1080p ad is still read.
const MAX_SIDE: u32 = 1280;

/// Frames one by one, while ffmpeg works.
pub(super) struct Frames {
    pictures: BufReader<ChildStdout>,
    watched: Watched,
}

impl Frames {
    /// Starts decoding; `seconds` from the start of the video, in no more than `limit` of real time.
    pub(super) fn start(program: &str, path: &Path, seconds: u32, limit: Duration) -> Result<Self, String> {
        let scale = format!("scale='min({MAX_SIDE},iw)':'min({MAX_SIDE},ih)':force_original_aspect_ratio=decrease");
        // Rounding up makes each frame the one that stood on the screen at that moment.
        let filter = format!("setpts=PTS-STARTPTS,fps={RATE}:round=up,{scale},format=rgb24");
        let mut file = std::ffi::OsString::from("file:");
        file.push(path);
        let seconds = seconds.to_string();
        let mut arguments: Vec<&OsStr> = ["-nostdin", "-protocol_whitelist", "file,pipe", "-format_whitelist"]
            .into_iter()
            .chain([ffmpeg::CONTAINERS, "-t", &seconds, "-i"])
            .map(OsStr::new)
            .collect();
        arguments.push(&file);
        let made = ["-map", "0:v:0", "-an", "-sn", "-dn", "-vf", &filter, "-f", "image2pipe", "-c:v", "ppm", "pipe:1"];
        arguments.extend(made.map(OsStr::new));
        let running = ffmpeg::start(program, arguments, limit)?;
        Ok(Self { pictures: BufReader::new(running.output), watched: running.watched })
    }

    /// The next frame; none at the end.
    pub(super) fn next(&mut self) -> Option<RgbImage> {
        ppm(&mut self.pictures)
    }

    /// Ends the child, if it has not ended; how it ended and what it complained of.
    pub(super) fn finish(self) -> (Ending, String) {
        drop(self.pictures);
        self.watched.finish()
    }
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
