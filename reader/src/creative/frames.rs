//! The frames of a video, from an ffmpeg child that can do nothing but decode this one file.

use std::io::{BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use image::RgbImage;
use wait_timeout::ChildExt;

/// Frames per second that are looked at.
pub(super) const RATE: f64 = 2.0;
/// Pixels of the longer side of a frame; small print of a 1080p ad is still read.
const MAX_SIDE: u32 = 1280;
/// Containers that hold pictures themselves: a play list would make ffmpeg open other files.
const CONTAINERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,mpegts,mpeg,asf,ogg,gif,h264,hevc";
/// Bytes of ffmpeg's complaints that are kept.
const MAX_COMPLAINT: u64 = 4_096;

/// Frames one by one, while ffmpeg works.
pub(super) struct Frames {
    pictures: BufReader<ChildStdout>,
    stop: mpsc::Sender<()>,
    watch: std::thread::JoinHandle<Ending>,
    complaint: std::thread::JoinHandle<String>,
}

/// How ffmpeg ended.
#[derive(Debug, PartialEq)]
pub(super) enum Ending {
    Done,
    Failed,
    TooLate,
}

impl Frames {
    /// Starts decoding; `seconds` from the start of the video, in no more than `limit` of real time.
    pub(super) fn start(program: &str, path: &Path, seconds: u32, limit: Duration) -> Result<Self, String> {
        let program = if program.is_empty() { "ffmpeg" } else { program };
        let scale = format!("scale='min({MAX_SIDE},iw)':'min({MAX_SIDE},ih)':force_original_aspect_ratio=decrease");
        // Rounding up makes each frame the one that stood on the screen at that moment.
        let filter = format!("setpts=PTS-STARTPTS,fps={RATE}:round=up,{scale},format=rgb24");
        let mut file = std::ffi::OsString::from("file:");
        file.push(path);
        let mut child = Command::new("nice")
            .args(["-n", "10", program, "-nostdin", "-v", "error", "-threads", "2"])
            .args(["-protocol_whitelist", "file,pipe", "-format_whitelist", CONTAINERS])
            .arg("-t")
            .arg(seconds.to_string())
            .arg("-i")
            .arg(file)
            .args(["-map", "0:v:0", "-an", "-sn", "-dn", "-vf", &filter, "-f", "image2pipe", "-c:v", "ppm", "pipe:1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| {
                format!("{program} cannot be started: {error}; install ffmpeg, or name it as `reader.ffmpeg`")
            })?;
        let (Some(pictures), Some(mut complaints)) = (child.stdout.take(), child.stderr.take()) else {
            return Err("internal error: ffmpeg has no pipes".into());
        };
        let (stop, stopped) = mpsc::channel();
        let watch = std::thread::spawn(move || watch(child, limit, &stopped));
        let complaint = std::thread::spawn(move || {
            let mut kept = Vec::new();
            // What cannot be kept is still read, or ffmpeg would wait for ever.
            let _ = complaints.by_ref().take(MAX_COMPLAINT).read_to_end(&mut kept);
            let _ = std::io::copy(&mut complaints, &mut std::io::sink());
            String::from_utf8_lossy(&kept).trim().to_owned()
        });
        Ok(Self { pictures: BufReader::new(pictures), stop, watch, complaint })
    }

    /// The next frame; none at the end.
    pub(super) fn next(&mut self) -> Option<RgbImage> {
        ppm(&mut self.pictures)
    }

    /// Ends the child, if it has not ended; how it ended and what it complained of.
    pub(super) fn finish(self) -> (Ending, String) {
        drop(self.pictures);
        let _ = self.stop.send(());
        (self.watch.join().unwrap_or(Ending::Failed), self.complaint.join().unwrap_or_default())
    }
}

/// Waits for the child's end, for the limit, or for the word to stop.
fn watch(mut child: Child, limit: Duration, stopped: &mpsc::Receiver<()>) -> Ending {
    let step = Duration::from_millis(50);
    let mut left = limit;
    loop {
        match child.wait_timeout(step) {
            Ok(Some(status)) => return if status.success() { Ending::Done } else { Ending::Failed },
            Ok(None) => {}
            Err(_) => return Ending::Failed,
        }
        left = left.saturating_sub(step);
        let asked = stopped.try_recv().is_ok();
        if left.is_zero() || asked {
            let _ = child.kill();
            let _ = child.wait();
            return if asked { Ending::Done } else { Ending::TooLate };
        }
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
