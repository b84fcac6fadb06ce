//! One postlink at a time in one folder: two would break the chain of each other's cases.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::store::StoreError;

const NAME: &str = ".lock";

/// Held while accounts are changed beside whoever holds the other one.
const BESIDE: &str = ".accounts.lock";

/// Held as long as the value lives; the system lets go of it even when the process is killed.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "holding the files open is holding the locks")] Vec<File>);

/// Takes the folder for oneself.
pub(crate) fn alone(dir: &Path) -> Result<Lock, StoreError> {
    // Who verifies makes no file, and would not be seen by whoever makes this one later.
    file(&dir.join(BESIDE))?;
    taken(dir, NAME)?.ok_or_else(|| StoreError::Busy(dir.to_owned()))
}

/// Keeps those out who verify, and nobody who works in the folder. `None` when somebody verifies, or changes accounts.
pub(crate) fn beside(dir: &Path) -> Result<Option<Lock>, StoreError> {
    taken(dir, BESIDE)
}

fn taken(dir: &Path, name: &str) -> Result<Option<Lock>, StoreError> {
    let path = dir.join(name);
    let file = file(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock(vec![file]))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(StoreError::Folder { path, source }),
    }
}

fn file(path: &Path) -> Result<File, StoreError> {
    let opened = OpenOptions::new().create(true).truncate(false).write(true).open(path);
    opened.map_err(|source| StoreError::Folder { path: path.to_owned(), source })
}

/// Keeps writers out while reading; writes nothing. `None` when somebody is writing.
///
/// A folder without a lock file (a copy on a disk that cannot be written) has no writer to wait for.
pub(crate) fn shared(dir: &Path) -> Option<Lock> {
    let mut held = Vec::new();
    for name in [NAME, BESIDE] {
        let Ok(file) = File::open(dir.join(name)) else { continue };
        match file.try_lock_shared() {
            Ok(()) => held.push(file),
            Err(TryLockError::WouldBlock) => return None,
            // A file system without locks: reading is still right, as nobody can write there under a lock either.
            Err(TryLockError::Error(_)) => {}
        }
    }
    Some(Lock(held))
}
