//! ffmpeg, which decodes and encodes as a child process.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::Duration;

use crate::child::{self, Running};

/// Containers that hold pictures and sound themselves: a play list would make ffmpeg open other files.
const CONTAINERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,mpegts,mpeg,asf,ogg,gif,h264,hevc";
/// Bytes of address space: an 8K video with all the frames that a decoder may have to hold takes two thirds of it.
const MEMORY: u64 = 4 << 30;
/// What ffmpeg says of a file without a track of the kind that is asked for, in all its versions from 4 to 7.
pub(crate) const NO_TRACK: &str = "matches no streams";
/// What to do where there is no ffmpeg.
const INSTALL: &str = "install ffmpeg, or name it as `reader.ffmpeg`";

/// Starts ffmpeg; it is ended after `limit` of real time. An empty `program` means the one on the path.
pub(crate) fn start<S: AsRef<OsStr>>(
    program: &str,
    arguments: impl IntoIterator<Item = S>,
    limit: Duration,
) -> Result<Running, String> {
    let program = if program.is_empty() { "ffmpeg" } else { program };
    let bounded = [format!("--as={MEMORY}"), program.to_owned()].map(OsString::from);
    let quiet = ["-v", "error", "-threads", "2"].map(OsString::from);
    let arguments = arguments.into_iter().map(|argument| argument.as_ref().to_owned());
    child::start(child::PRLIMIT, bounded.into_iter().chain(quiet).chain(arguments), limit, INSTALL)
}

/// The arguments that open this one file: whatever stands in it, no other file and no address is opened for it.
pub(crate) fn input(path: &Path) -> Vec<OsString> {
    let mut file = OsString::from("file:");
    file.push(path);
    let alone = ["-nostdin", "-protocol_whitelist", "file,pipe", "-format_whitelist", CONTAINERS, "-i"];
    alone.map(OsString::from).into_iter().chain([file]).collect()
}
