//! A second name for a file, such as people look for.

use std::io::ErrorKind;
use std::path::Path;

/// Gives a file a second name; where the file system has none, a copy. After a crash there is the whole of it or none.
pub(super) fn give(file: &Path, name: &Path) -> std::io::Result<()> {
    let folder = name.parent().unwrap_or(name);
    match std::fs::hard_link(file, name) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists && error.kind() != ErrorKind::NotFound => {
            let mut copy = tempfile::Builder::new().prefix(".postlink-").tempfile_in(folder)?;
            std::io::copy(&mut std::fs::File::open(file)?, &mut copy)?;
            copy.as_file().set_permissions(file.metadata()?.permissions())?;
            copy.as_file().sync_all()?;
            copy.persist_noclobber(name).map_err(|error| error.error)?;
        }
        other => other?,
    }
    // The new name itself is on disk only once its folder is.
    std::fs::File::open(folder)?.sync_all()
}
