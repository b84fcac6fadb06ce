//! One postlink at a time in one folder: two would break the chain of each other's cases.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::store::StoreError;

const NAME: &str = ".lock";

/// Held as long as the value lives; the system lets go of it even when the process is killed.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "holding the file open is holding the lock")] File);

/// Takes the folder for oneself.
pub(crate) fn alone(dir: &Path) -> Result<Lock, StoreError> {
    let path = dir.join(NAME);
    let folder = |source| StoreError::Folder { path: path.clone(), source };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(folder)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::Busy(dir.to_owned())),
        Err(TryLockError::Error(source)) => Err(folder(source)),
    }
}

/// Keeps writers out while reading; writes nothing. `None` when somebody is writing.
///
/// A folder without a lock file (a copy on a disk that cannot be written) has no writer to wait for.
pub(crate) fn shared(dir: &Path) -> Option<Option<Lock>> {
    let Ok(file) = File::open(dir.join(NAME)) else { return Some(None) };
    match file.try_lock_shared() {
        Ok(()) => Some(Some(Lock(file))),
        Err(TryLockError::WouldBlock) => None,
        // A file system without locks: reading is still right, as nobody can write there under a lock either.
        Err(TryLockError::Error(_)) => Some(None),
    }
}
