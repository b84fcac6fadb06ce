//! Files for people and scripts (`cases.jsonl`, `report.html`): written beside, then put in place whole.

use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use model::evidence::EvidenceId;
use tempfile::NamedTempFile;

use crate::hash::Hasher;
use crate::store::StoreError;

/// A file on its way: written to as any [`Write`], it takes its place when the store publishes it.
pub struct Draft {
    pub(crate) name: String,
    path: PathBuf,
    file: io::BufWriter<NamedTempFile>,
    hasher: Hasher,
    bytes: u64,
}

/// What a published file was when it was written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Published {
    pub(crate) id: EvidenceId,
    pub(crate) bytes: u64,
}

impl Draft {
    pub(crate) fn new(dir: &Path, name: &str) -> Result<Self, StoreError> {
        let path = inside(dir, name)?;
        let folder = path.parent().unwrap_or(dir);
        let file = tempfile::Builder::new()
            .prefix(".postlink-")
            .permissions(readable_by_others())
            .tempfile_in(folder)
            .map_err(|source| StoreError::Folder { path: path.clone(), source })?;
        Ok(Self { name: name.to_owned(), path, file: io::BufWriter::new(file), hasher: Hasher::default(), bytes: 0 })
    }

    /// What it will be.
    pub(crate) fn published(&self) -> Published {
        Published { id: self.hasher.clone().finish(), bytes: self.bytes }
    }

    /// Syncs it to disk and renames it over what stood there.
    pub(crate) fn put_in_place(self) -> Result<Published, StoreError> {
        let Self { path, file, hasher, bytes, .. } = self;
        let place = || -> io::Result<()> {
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|error| error.error)?;
            // The new name itself is on disk only once its folder is.
            path.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
        };
        place().map_err(|source| StoreError::Folder { path: path.clone(), source })?;
        Ok(Published { id: hasher.finish(), bytes })
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The path of an output, which must lie inside the folder.
pub(crate) fn inside(dir: &Path, name: &str) -> Result<PathBuf, StoreError> {
    let relative = Path::new(name);
    let plain = relative.components().all(|part| matches!(part, Component::Normal(_)));
    if plain && relative.file_name().is_some() {
        Ok(dir.join(relative))
    } else {
        Err(StoreError::OutsideFolder(name.to_owned()))
    }
}

/// A temporary file is private to its maker; an output is for whoever may read the folder.
fn readable_by_others() -> std::fs::Permissions {
    std::fs::Permissions::from_mode(0o644)
}
