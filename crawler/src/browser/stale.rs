//! Browsers of runs that were killed: without their maker they would stay for ever.

use std::path::Path;
use std::process::Command;

use tracing::debug;

/// A profile's folder is named after the process that made it.
pub(super) const PROFILE: &str = "postlink-chromium-";

/// Ends browsers whose maker is gone, and removes their profiles. Where the system does not list processes (no `/proc`)
/// nothing is done.
pub(super) fn sweep() {
    if !Path::new("/proc/self").exists() {
        return;
    }
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let maker = name.strip_prefix(PROFILE).and_then(|rest| rest.split('-').next()).map(str::to_owned);
        let Some(maker) = maker.filter(|maker| maker.parse::<u32>().is_ok()) else { continue };
        if Path::new("/proc").join(&maker).exists() {
            continue;
        }
        end_users_of(&entry.path());
        let removed = std::fs::remove_dir_all(entry.path());
        debug!(profile = %entry.path().display(), removed = removed.is_ok(), "Swept up after a run that was killed");
    }
}

/// Kills every process that was started with this profile.
fn end_users_of(profile: &Path) {
    let argument = format!("--user-data-dir={}", profile.display());
    let Ok(processes) = std::fs::read_dir("/proc") else { return };
    for process in processes.flatten() {
        let pid = process.file_name().to_string_lossy().into_owned();
        let Ok(command) = std::fs::read(process.path().join("cmdline")) else { continue };
        if pid.parse::<u32>().is_ok() && command.split(|byte| *byte == 0).any(|part| part == argument.as_bytes()) {
            let killed = Command::new("kill").args(["-KILL", &pid]).status();
            debug!(pid, killed = killed.is_ok_and(|status| status.success()), "Ended a browser whose maker is gone");
        }
    }
}
