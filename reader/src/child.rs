//! A child process that ends in time, whatever it is given.

use std::ffi::OsStr;
use std::io::Read;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use wait_timeout::ChildExt;

/// Bytes of its complaints that are kept.
const MAX_COMPLAINT: u64 = 4_096;

/// Sets limits and becomes another program, as `nice` does; of util-linux.
pub(crate) const PRLIMIT: &str = "prlimit";

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
    remedy: &'static str,
}

/// How it ended.
#[derive(Debug, PartialEq)]
pub(crate) enum Ending {
    Done,
    Failed,
    TooLate,
}

/// Starts a program, gently; it is ended after `limit` of real time. `remedy` says what to do where there is none.
pub(crate) fn start<S: AsRef<OsStr>>(
    program: &str,
    arguments: impl IntoIterator<Item = S>,
    limit: Duration,
    remedy: &'static str,
) -> Result<Running, String> {
    let mut child = Command::new("nice")
        .args(["-n", "10", program])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{program} cannot be started: {error}; {remedy}"))?;
    let (Some(input), Some(output), Some(mut complaints)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err("internal error: a child has no pipes".into());
    };
    let (stop, stopped) = mpsc::channel();
    let watch = std::thread::spawn(move || watch(child, limit, &stopped));
    let complaint = std::thread::spawn(move || {
        let mut kept = Vec::new();
        // What cannot be kept is still read, or it would wait for ever.
        let _ = complaints.by_ref().take(MAX_COMPLAINT).read_to_end(&mut kept);
        let _ = std::io::copy(&mut complaints, &mut std::io::sink());
        String::from_utf8_lossy(&kept).trim().to_owned()
    });
    Ok(Running { input, output, watched: Watched { stop, watch, complaint, remedy } })
}

impl Watched {
    /// Ends the child, if it has not ended; how it ended and what it complained of.
    pub(crate) fn finish(self) -> (Ending, String) {
        let _ = self.stop.send(());
        let complaint = self.complaint.join().unwrap_or_default();
        // These have started where the program could not.
        let lost = ["nice", PRLIMIT].iter().any(|starter| complaint.starts_with(&format!("{starter}: ")));
        let complaint = if lost { format!("{complaint}; {}", self.remedy) } else { complaint };
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
