//! ffmpeg, which decodes and encodes as a child process.

use std::ffi::{OsStr, OsString};
use std::time::Duration;

use crate::child::{self, Running};

/// Containers that hold pictures and sound themselves: a play list would make ffmpeg open other files.
pub(crate) const CONTAINERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,mpegts,mpeg,asf,ogg,gif,h264,hevc";
/// What to do where there is no ffmpeg.
const INSTALL: &str = "install ffmpeg, or name it as `reader.ffmpeg`";

/// Starts ffmpeg; it is ended after `limit` of real time. An empty `program` means the one on the path.
pub(crate) fn start<S: AsRef<OsStr>>(
    program: &str,
    arguments: impl IntoIterator<Item = S>,
    limit: Duration,
) -> Result<Running, String> {
    let program = if program.is_empty() { "ffmpeg" } else { program };
    let quiet = ["-v", "error", "-threads", "2"].map(OsString::from);
    let arguments = quiet.into_iter().chain(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
    child::start(program, arguments, limit, INSTALL)
}
