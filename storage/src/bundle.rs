//! A bundle: copies of cases with the sum of every file, for people who have no postlink.
//!
//! `SHA256SUMS` names every file with its SHA-256; what seals it (a signature, a time stamp) is named in
//! `SHA256SUMS.sha256` together with it, so that no byte of the folder stands outside of all sums.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use model::evidence::EvidenceId;
use tempfile::TempDir;

mod archive;
mod cases;
mod proof;
mod sums;
mod verify;

pub use archive::{Unpacked, unpack};
pub use proof::{CHECKPOINT, LOG_KEY, ROOTS};
pub use verify::{Checked, Outcome, Step, verify};

/// Says of a folder that it is a bundle, and what is in it.
pub const HEAD: &str = "bundle.json";
/// Every file with its SHA-256, as `sha256sum` reads it.
pub const SUMS: &str = "SHA256SUMS";
/// The same of `SHA256SUMS` itself and of what seals it.
pub const SUM_OF_SUMS: &str = "SHA256SUMS.sha256";
/// A signature over `SHA256SUMS`, and a time stamp of it, where there are any.
pub const SIGNATURE: &str = "SHA256SUMS.sig";
pub const STAMP: &str = "SHA256SUMS.tsr";

/// Why a bundle could not be written or looked at.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error("{0} is there already: name another place, nothing is overwritten")]
    There(PathBuf),
    #[error("write {path}: {source}; is there room, and may you write there?")]
    Write { path: PathBuf, source: io::Error },
    #[error("`{0}` is not the name of a file of a bundle: no `..`, no leading `/`, no line break")]
    Name(String),
    #[error("this is more than {0} bytes, and no bundle may be longer here: ask for fewer cases")]
    TooLong(u64),
    #[error("read {path}: {source}; may you read it?")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} is no archive that can be unpacked: {why}")]
    Archive { path: PathBuf, why: String },
    #[error("{0} holds no bundle.json: name a bundle that `postlink export` wrote")]
    NotOurs(PathBuf),
}

/// A bundle on its way: it takes its place whole, or not at all.
#[derive(Debug)]
pub struct Draft {
    folder: TempDir,
    files: BTreeMap<String, EvidenceId>,
    to: PathBuf,
    /// What its files have so far, and may have. Bytes.
    length: u64,
    most: u64,
}

impl Draft {
    /// Begins a bundle that is to stand at `to`; one whose name ends in `.zip` becomes one file.
    pub fn begin(to: &Path) -> Result<Self, BundleError> {
        if to.symlink_metadata().is_ok() {
            return Err(BundleError::There(to.to_owned()));
        }
        let beside = match to.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let folder = std::fs::create_dir_all(&beside)
            .and_then(|()| tempfile::Builder::new().prefix(".postlink-bundle-").tempdir_in(&beside))
            .map_err(|source| BundleError::Write { path: to.to_owned(), source })?;
        Ok(Self { folder, files: BTreeMap::new(), to: to.to_owned(), length: 0, most: u64::MAX })
    }

    /// With so many bytes in all of its files at most.
    pub fn limited(self, most: u64) -> Self {
        Self { most, ..self }
    }

    /// Adds a file and gives its hash. A name is given once.
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> Result<EvidenceId, BundleError> {
        self.length = self.length.saturating_add(bytes.len() as u64);
        if self.length > self.most {
            return Err(BundleError::TooLong(self.most));
        }
        let id = self.write(name, bytes)?;
        self.files.insert(name.to_owned(), id);
        Ok(id)
    }

    /// Every file so far, with its hash.
    pub fn files(&self) -> &BTreeMap<String, EvidenceId> {
        &self.files
    }

    /// What `SHA256SUMS` will say.
    pub fn sums(&self) -> String {
        sums::text(&self.files)
    }

    /// Writes the sums with what seals them, and puts the bundle into its place. Gives the hash of `SHA256SUMS`: noted
    /// elsewhere, it proves later that nothing in the bundle was exchanged.
    pub fn publish(self, seals: &[(&str, Vec<u8>)]) -> Result<EvidenceId, BundleError> {
        let sums = self.sums();
        let head = self.write(SUMS, sums.as_bytes())?;
        let mut sealed = BTreeMap::from([(SUMS.to_owned(), head)]);
        for (name, bytes) in seals {
            sealed.insert((*name).to_owned(), self.write(name, bytes)?);
        }
        self.write(SUM_OF_SUMS, sums::text(&sealed).as_bytes())?;
        let failed = |source| BundleError::Write { path: self.to.clone(), source };
        if self.to.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) {
            archive::pack(self.folder.path(), &self.to)?;
        } else {
            open_to_readers(self.folder.path()).map_err(failed)?;
            let folder = self.folder.keep();
            std::fs::rename(&folder, &self.to).map_err(|source| {
                std::fs::remove_dir_all(&folder).ok();
                failed(source)
            })?;
        }
        Ok(head)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<EvidenceId, BundleError> {
        let path = inside(self.folder.path(), name)?;
        let write = || -> io::Result<()> {
            std::fs::create_dir_all(path.parent().unwrap_or(self.folder.path()))?;
            let mut file = std::fs::File::create_new(&path)?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().map_err(|source| BundleError::Write { path: self.to.join(name), source })?;
        Ok(EvidenceId::of(bytes))
    }
}

/// A temporary folder is private to its maker; a bundle is for whoever may read where it stands.
fn open_to_readers(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
}

/// The path of a file of a bundle. A line break or a backslash would be written otherwise in a file of sums.
fn inside(folder: &Path, name: &str) -> Result<PathBuf, BundleError> {
    let relative = Path::new(name);
    let plain = relative.components().all(|part| matches!(part, Component::Normal(_)));
    if plain && relative.file_name().is_some() && !name.contains(['\n', '\r', '\\']) {
        Ok(folder.join(relative))
    } else {
        Err(BundleError::Name(name.to_owned()))
    }
}

#[cfg(test)]
mod tests;
