//! The built `postlink`, run as a user would run it: in a folder of its own, with nothing of our environment.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tempfile::TempDir;

use crate::network::Network;
use crate::repository;

/// A run that takes longer hangs.
const LONGEST: Duration = Duration::from_secs(300);
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// A folder to run `postlink` in; it is removed when dropped.
pub struct Postlink {
    folder: TempDir,
}

/// What one run said.
#[derive(Clone, Debug)]
pub struct Run {
    /// None when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Postlink {
    pub fn new() -> Result<Self> {
        Ok(Self { folder: tempfile::Builder::new().prefix("postlink-").tempdir()? })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the folder and gives its path.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> Result<PathBuf> {
        let path = self.folder().join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, text).with_context(|| format!("{}", path.display()))?;
        Ok(path)
    }

    /// Runs `postlink` with these arguments and waits for its end.
    pub fn run(&self, arguments: &[&str]) -> Result<Run> {
        self.start(arguments)?.end()
    }

    /// The same where this is said to it on standard input.
    pub fn run_told(&self, arguments: &[&str], said: &str) -> Result<Run> {
        let said = std::fs::File::open(self.write("said", said)?)?;
        self.begin_hearing(said.into(), Command::new(program()?), arguments)?.end()
    }

    /// Starts `postlink` with these arguments.
    pub fn start(&self, arguments: &[&str]) -> Result<Running> {
        self.begin(Command::new(program()?), arguments)
    }

    /// The same in a network of its own.
    pub fn start_in(&self, network: &Network, arguments: &[&str]) -> Result<Running> {
        // It becomes the program: signals reach it.
        let mut command = Command::new("nsenter");
        command.arg(format!("--net=/run/netns/{}", network.name())).arg(program()?);
        self.begin(command, arguments)
    }

    fn begin(&self, command: Command, arguments: &[&str]) -> Result<Running> {
        self.begin_hearing(Stdio::null(), command, arguments)
    }

    fn begin_hearing(&self, hears: Stdio, mut command: Command, arguments: &[&str]) -> Result<Running> {
        let mut child = command
            .args(arguments)
            .current_dir(self.folder())
            .env_clear()
            .env("HOME", self.folder())
            .env("TMPDIR", self.folder())
            .env("LANG", "C.UTF-8")
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .stdin(hears)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{}", command.get_program().display()))?;
        let stdout = Listening::to(child.stdout.take().context("standard output is piped")?);
        let stderr = Listening::to(child.stderr.take().context("standard error is piped")?);
        Ok(Running { child, stdout, stderr })
    }

    /// The ids of processes that a run in this folder started and left behind: their profile lies in it.
    pub fn left_running(&self) -> Vec<u32> {
        let folder = self.folder().display().to_string();
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let ids = processes.filter_map(|entry| entry.file_name().to_string_lossy().parse().ok());
        let ours = |id: &u32| {
            let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(&folder)
        };
        ids.filter(ours).collect()
    }

    /// The lines of `cases.jsonl` in this output folder.
    pub fn cases(&self, out: &str) -> Result<Vec<Value>> {
        let path = self.folder().join(out).join("cases.jsonl");
        let text = std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        text.lines().map(|line| serde_json::from_str(line).with_context(|| line.to_owned())).collect()
    }
}

/// A `postlink` at work; dropping it kills it.
pub struct Running {
    child: Child,
    stdout: Listening,
    stderr: Listening,
}

impl Running {
    /// Waits for its end.
    pub fn end(mut self) -> Result<Run> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(self.heard(status));
            }
            if began.elapsed() > LONGEST {
                bail!("it still runs after {} s; it said:\n{}", LONGEST.as_secs(), self.stderr.heard());
            }
            std::thread::sleep(BETWEEN_LOOKS);
        }
    }

    /// Waits until it has said these words on standard error.
    pub fn says(&mut self, words: &str) -> Result<()> {
        let began = Instant::now();
        while !self.stderr.heard().contains(words) {
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended ({status}) before it said `{words}`:\n{}", self.stderr.heard());
            }
            if began.elapsed() > LONGEST {
                bail!("it did not say `{words}` within {} s:\n{}", LONGEST.as_secs(), self.stderr.heard());
            }
            std::thread::sleep(BETWEEN_LOOKS);
        }
        Ok(())
    }

    /// Whether it ended by itself, and how.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// What it has said on standard error until now.
    pub fn heard_so_far(&self) -> String {
        self.stderr.heard()
    }

    /// Asks it to end, as Ctrl-C does.
    pub fn interrupt(&self) -> Result<()> {
        signal("INT", self.child.id())
    }

    /// Sends it a signal by its name: `STOP` freezes it, `CONT` lets it go on, `TERM` asks it to end.
    pub fn signal(&self, name: &str) -> Result<()> {
        signal(name, self.child.id())
    }

    /// Kills it as a crash or an impatient administrator would: it can tidy nothing up.
    pub fn kill(mut self) -> Result<Run> {
        self.child.kill()?;
        let status = self.child.wait()?;
        Ok(self.heard(status))
    }

    fn heard(&mut self, status: ExitStatus) -> Run {
        let (stdout, stderr) = (self.stdout.end(), self.stderr.end());
        Run { code: status.code(), stdout, stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already unless a test failed.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Sends a signal to one process.
fn signal(name: &str, process: u32) -> Result<()> {
    let status =
        Command::new("kill").args([&format!("-{name}"), &process.to_string()]).stderr(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { bail!("process {process} is gone") }
}

/// What comes out of a pipe, line by line.
struct Listening {
    text: Arc<Mutex<String>>,
    thread: JoinHandle<()>,
}

impl Listening {
    fn to(pipe: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&text);
        let thread = std::thread::spawn(move || {
            let mut pipe = BufReader::new(pipe);
            let mut line = Vec::new();
            while pipe.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
                heard.lock().expect("a listener panicked").push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        });
        Self { text, thread }
    }

    fn heard(&self) -> String {
        self.text.lock().expect("a listener panicked").clone()
    }

    /// Everything, once the pipe is closed; a child of a killed program may hold it open for ever.
    fn end(&self) -> String {
        let began = Instant::now();
        while !self.thread.is_finished() && began.elapsed() < Duration::from_secs(2) {
            std::thread::sleep(BETWEEN_LOOKS);
        }
        self.heard()
    }
}

/// What a configuration needs besides the guard's rules to run on the machine of a test: the models of this
/// repository, and no sandbox, which Chromium refuses to root.
pub fn machine() -> String {
    let models = repository::root().join(".cache/models");
    format!("[browser]\nsandbox = false\n\n[reader]\nmodels = {}\n", Value::from(models.display().to_string()))
}

/// The program built in the same profile as the test that asks.
///
/// Tests lie in `target/<profile>/deps`, programs one folder above.
pub fn program() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let profile = test.ancestors().nth(2).context("a test lies in target/<profile>/deps")?;
    let program = profile.join("postlink");
    if !program.is_file() {
        bail!(
            "{} is not built: `cargo build -p postlink` (testing this crate alone does not build it)",
            program.display()
        );
    }
    Ok(program)
}
