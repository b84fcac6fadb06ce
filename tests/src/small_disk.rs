//! A disk that is soon full.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

/// A small file system of its own at a folder (`tmpfs`); it goes when dropped.
pub struct SmallDisk {
    at: PathBuf,
}

impl SmallDisk {
    /// Of so many mebibytes; needs the right to mount.
    pub fn at(folder: &Path, mebibytes: u32) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let run = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m"), "postlink-test"])
            .arg(folder)
            .output()?;
        if !run.status.success() {
            bail!("mount {}: {}", folder.display(), String::from_utf8_lossy(&run.stderr));
        }
        Ok(Self { at: folder.to_owned() })
    }

    /// Leaves no room at all.
    pub fn fill(&self) -> Result<()> {
        let mut ballast = std::fs::File::create(self.ballast())?;
        let zeros = vec![0; 1 << 20];
        loop {
            match std::io::Write::write_all(&mut ballast, &zeros) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::StorageFull => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Gives the room back.
    pub fn clear(&self) -> Result<()> {
        Ok(std::fs::remove_file(self.ballast())?)
    }

    fn ballast(&self) -> PathBuf {
        self.at.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A process that a failed test left behind may still have a file open there.
        Command::new("umount").arg("--lazy").arg(&self.at).output().ok();
    }
}
