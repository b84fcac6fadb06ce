//! What a video file holds, as ffmpeg sees it: when its pictures begin, how long it lasts, its tracks of subtitles.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use crate::child::Ending;
use crate::ffmpeg;

/// Bytes of ffmpeg's list that are read: a hundred lines for each track that there may be.
const MAX_BYTES: u64 = 1 << 20;

/// The tracks of one file, and its times.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Contents {
    /// When the first picture comes, by the clock of the file: all else in it is timed by that clock.
    pub(super) first_s: f64,
    /// How long the file lasts from its first picture, if it says so.
    pub(super) length_s: Option<f64>,
    /// In their order, how each track of subtitles is coded.
    pub(super) subtitles: Vec<String>,
}

/// Asks ffmpeg, which decodes nothing for it. A file that is no video holds nothing.
pub(super) fn of(program: &str, path: &Path, limit: Duration) -> Result<Contents, String> {
    // `info` tells the duration.
    let list = ["-v", "info", "-hide_banner"].map(OsString::from).into_iter().chain(ffmpeg::input(path));
    let copied = ["-map", "0:V:0?", "-map", "0:s?", "-c", "copy", "-frames", "1", "-f", "framecrc", "pipe:1"];
    let running = ffmpeg::start(program, list.chain(copied.map(OsString::from)), limit)?;
    let mut listed = Vec::new();
    let read = running.output.take(MAX_BYTES).read_to_end(&mut listed);
    let (ending, complaint) = running.watched.finish();
    if read.is_err() || ending == Ending::TooLate {
        return Err(format!("ffmpeg does not tell in time what {} holds", path.display()));
    }
    Ok(parsed(&String::from_utf8_lossy(&listed), &complaint))
}

/// `list` is the head of ffmpeg's `framecrc` and its packets, `banner` what it says of the input.
fn parsed(list: &str, banner: &str) -> Contents {
    let after = |name: &str| {
        list.lines().filter_map(move |line| line.strip_prefix(name)?.split_once(": ")).collect::<Vec<(&str, &str)>>()
    };
    let (kinds, codecs) = (after("#media_type "), after("#codec_id "));
    let of_kind = |wanted: &'static str| kinds.iter().filter(move |(_, kind)| *kind == wanted).map(|(track, _)| *track);
    let codec = |track: &str| codecs.iter().find(|(of, _)| *of == track).map_or("unknown", |(_, codec)| *codec);
    let video = of_kind("video").next();
    let unit = video.and_then(|video| after("#tb ").into_iter().find(|(track, _)| *track == video));
    let first = list.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut fields = line.split(',').map(str::trim);
        (fields.next() == video).then(|| fields.nth(1)?.parse::<f64>().ok()).flatten()
    });
    let seconds = |(_, unit): (&str, &str)| {
        let (over, under) = unit.split_once('/')?;
        Some(first? * over.parse::<f64>().ok()? / under.parse::<f64>().ok()?)
    };
    let first_s = unit.and_then(seconds).filter(|s| s.is_finite()).unwrap_or_default();
    Contents {
        first_s,
        length_s: duration(banner).map(|all| all - first_s).filter(|left| *left > 0.0),
        subtitles: of_kind("subtitle").map(|track| codec(track).to_owned()).collect(),
    }
}

/// 「Duration: 00:00:06.00, start: 0.000000」
fn duration(banner: &str) -> Option<f64> {
    let (_, from) = banner.split_once("Duration: ")?;
    let mut parts = from.split(',').next()?.trim().split(':');
    let mut part = || parts.next()?.parse::<f64>().ok();
    let (hours, minutes, seconds) = (part()?, part()?, part()?);
    Some(hours * 3_600.0 + minutes * 60.0 + seconds).filter(|s| s.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracks_and_times_are_told() {
        let list = "#software: Lavf\n#tb 0: 1/1000\n#media_type 0: video\n#codec_id 0: h264\n#tb 1: 1/1000000\n\
                    #media_type 1: subtitle\n#codec_id 1: mov_text\n0,      960,       1500,     1024,     1116, 0x1\n";
        let banner = "Input #0\n  Duration: 01:00:06.50, start: 0.000000, bitrate: 32 kb/s\n";
        let expected = Contents { first_s: 1.5, length_s: Some(3_605.0), subtitles: vec!["mov_text".into()] };
        assert_eq!(parsed(list, banner), expected);
        assert_eq!(parsed("", "Duration: N/A, bitrate: N/A"), Contents::default());
    }
}
