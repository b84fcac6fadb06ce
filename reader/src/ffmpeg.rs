//! ffmpeg as a child process that ends in time, whatever it is given.

use std::ffi::OsStr;
use std::io::Read;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use wait_timeout::ChildExt;

/// Bytes of ffmpeg's complaints that are kept.
const MAX_COMPLAINT: u64 = 4_096;
/// What to do where there is no ffmpeg.
const INSTALL: &str = "install ffmpeg, or name it as `reader.ffmpeg`";

/// A child at work, with the ends of its pipes.
pub(crate) struct Running {
    pub(crate) input: ChildStdin,
    pub(crate) output: ChildStdout,
    pub(crate) watched: Watched,
}

/// The threads that see to its end.
pub(crate) struct Watched {
    stop: mpsc::Sender<()>,
    watch: std::thread::JoinHandle<Ending>,
    complaint: std::thread::JoinHandle<String>,
}

/// How ffmpeg ended.
#[derive(Debug, PartialEq)]
pub(crate) enum Ending {
    Done,
    Failed,
    TooLate,
}

/// Starts ffmpeg, gently; it is ended after `limit` of real time. An empty `program` means the one on the path.
pub(crate) fn start<S: AsRef<OsStr>>(
    program: &str,
    arguments: impl IntoIterator<Item = S>,
    limit: Duration,
) -> Result<Running, String> {
    let program = if program.is_empty() { "ffmpeg" } else { program };
    let mut child = Command::new("nice")
        .args(["-n", "10", program, "-v", "error", "-threads", "2"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{program} cannot be started: {error}; {INSTALL}"))?;
    let (Some(input), Some(output), Some(mut complaints)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
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
    Ok(Running { input, output, watched: Watched { stop, watch, complaint } })
}

impl Watched {
    /// Ends the child, if it has not ended; how it ended and what it complained of.
    pub(crate) fn finish(self) -> (Ending, String) {
        let _ = self.stop.send(());
        let complaint = self.complaint.join().unwrap_or_default();
        // `nice` has started where ffmpeg could not.
        let complaint = if complaint.starts_with("nice: ") { format!("{complaint}; {INSTALL}") } else { complaint };
        (self.watch.join().unwrap_or(Ending::Failed), complaint)
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
