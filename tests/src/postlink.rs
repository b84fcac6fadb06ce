//! The built `postlink`, run as a user would run it: in a folder of its own, with nothing of our environment.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use tempfile::TempDir;

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
        let program = program()?;
        let output = Command::new(&program)
            .args(arguments)
            .current_dir(self.folder())
            .env_clear()
            .env("HOME", self.folder())
            .env("LANG", "C.UTF-8")
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .output()
            .with_context(|| format!("{} (is it built? `cargo build`)", program.display()))?;
        Ok(Run {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }
}

/// The program built in the same profile as the test that asks.
///
/// Tests lie in `target/<profile>/deps`, programs one folder above.
fn program() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let profile = test.ancestors().nth(2).context("a test lies in target/<profile>/deps")?;
    Ok(profile.join("postlink"))
}
