//! Keeps a page from taking the machine's memory: a renderer that takes more than it may is ended, and its tab crashes.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tracing::debug;

const EVERY: Duration = Duration::from_millis(400);
/// Linux counts memory in pages of this many bytes on all machines Chromium runs on.
const PAGE: u64 = 4_096;

/// Watches the browser that uses this profile, for as long as it is asked. Where the system does not list processes (no
/// `/proc`) nothing is bounded.
pub(super) async fn bound(profile: std::path::PathBuf, most_bytes: u64) {
    let argument = format!("--user-data-dir={}", profile.display());
    loop {
        tokio::time::sleep(EVERY).await;
        let argument = argument.clone();
        tokio::task::spawn_blocking(move || end_what_is_over(&argument, most_bytes)).await.ok();
    }
}

fn end_what_is_over(argument: &str, most_bytes: u64) {
    let Ok(listed) = std::fs::read_dir("/proc") else { return };
    let pids: Vec<u32> = listed.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    let parents: HashMap<u32, u32> = pids.iter().filter_map(|&pid| Some((pid, parent(pid)?))).collect();
    for &pid in &pids {
        if resident(pid).is_none_or(|bytes| bytes <= most_bytes) || !says(pid, "--type=renderer") {
            continue;
        }
        let mut at = pid;
        while let Some(&up) = parents.get(&at).filter(|&&up| up > 1) {
            at = up;
            if says(up, argument) {
                let killed = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
                debug!(
                    pid,
                    killed = killed.is_ok_and(|status| status.success()),
                    "Ended a page that took too much memory"
                );
                break;
            }
        }
    }
}

fn parent(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// Bytes of its own in memory: what it shares with others is not its to answer for.
fn resident(pid: u32) -> Option<u64> {
    let statm = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("statm")).ok()?;
    let mut fields = statm.split_whitespace().skip(1).map(|field| field.parse::<u64>().unwrap_or_default());
    Some(fields.next()?.saturating_sub(fields.next()?) * PAGE)
}

fn says(pid: u32, argument: &str) -> bool {
    let command = std::fs::read(Path::new("/proc").join(pid.to_string()).join("cmdline")).unwrap_or_default();
    // A process that was forked writes its arguments with spaces between them.
    command.split(|byte| matches!(byte, 0 | b' ')).any(|part| part == argument.as_bytes())
}
