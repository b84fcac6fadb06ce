//! The browser's process and its profile: started together, gone together.

use std::ffi::OsStr;
use std::fs::DirBuilder;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use headless_chrome::LaunchOptions;
use tracing::debug;

use crate::browser::{program, stale};

/// How long headless_chrome's own connection may be idle; then it falls asleep, ours stays. Awake, it would attach
/// itself to every page of every visit. Its first call must be answered within the same time, hence several tries.
const PATIENCE: [Duration; 3] =
    [Duration::from_millis(1_000), Duration::from_millis(3_000), Duration::from_millis(9_000)];
/// The helpers of a killed browser write on for a moment.
const REMOVALS: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(50);

/// A running browser. Dropping it kills it (at once, if headless_chrome's connection sleeps) and removes its profile.
pub(super) struct Process {
    browser: Option<headless_chrome::Browser>,
    pub(super) profile: PathBuf,
    /// The address of its WebSocket.
    pub(super) address: String,
    /// When headless_chrome's own connection is asleep.
    pub(super) alone_at: Instant,
}

impl Process {
    /// Starts the program; blocks until it can be spoken to.
    pub(super) fn start(path: &Path, sandbox: bool) -> Result<Self, String> {
        stale::sweep();
        let headless_shell = program::is_headless_shell(path);
        let mut switches = program::switches();
        if !headless_shell {
            switches.push("--headless=new".to_owned());
        }
        let mut why = String::new();
        for patience in PATIENCE {
            let (port, profile) = room().map_err(|error| format!("no room for its profile: {error}"))?;
            let options = LaunchOptions {
                path: Some(path.to_owned()),
                sandbox,
                // With a port of our choosing headless_chrome gives up at the first failure, and says why.
                port: Some(port),
                user_data_dir: Some(profile.clone()),
                headless: headless_shell,
                ignore_certificate_errors: false,
                disable_default_args: true,
                args: switches.iter().map(OsStr::new).collect(),
                idle_browser_timeout: patience,
                ..LaunchOptions::default()
            };
            let mut process = Self { browser: None, profile, address: String::new(), alone_at: Instant::now() };
            match headless_chrome::Browser::new(options) {
                Ok(browser) => {
                    process.address = browser.get_ws_url();
                    process.alone_at = Instant::now() + patience + Duration::from_millis(300);
                    process.browser = Some(browser);
                    return Ok(process);
                }
                Err(error) => why = error.to_string(),
            }
        }
        Err(why)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.browser.take());
        for _ in 0..REMOVALS {
            match std::fs::remove_dir_all(&self.profile) {
                Ok(()) => return,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return,
                Err(_) => std::thread::sleep(BETWEEN),
            }
        }
        debug!(profile = %self.profile.display(), "A browser's profile could not be removed");
    }
}

/// A free port, and a new folder that only we may enter.
fn room() -> io::Result<(u16, PathBuf)> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let profile = std::env::temp_dir().join(format!("{}{}-{port}", stale::PROFILE, std::process::id()));
    DirBuilder::new().mode(0o700).create(&profile)?;
    Ok((port, profile))
}
