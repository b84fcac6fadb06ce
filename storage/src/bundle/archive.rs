//! A bundle in one file: packed without times and owners, unpacked within bounds.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{BundleError, inside};

/// Files of one bundle, and bytes of all of them unpacked: a thousand cases stay below.
const MOST_FILES: usize = 200_000;
const MOST_BYTES: u64 = 64 << 30;
/// What is packed already does not become smaller.
const PACKED: [&str; 7] = ["wacz", "png", "jpg", "jpeg", "webp", "mp4", "gz"];

/// Packs a folder into one file, which appears whole.
pub(super) fn pack(folder: &Path, to: &Path) -> Result<(), BundleError> {
    let failed = |source: io::Error| BundleError::Write { path: to.to_owned(), source };
    let beside = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = NamedTempFile::new_in(beside).map_err(failed)?;
    let mut archive = ZipWriter::new(io::BufWriter::new(file));
    for name in files_below(folder).map_err(failed)? {
        let known = name.rsplit('.').next().is_some_and(|extension| PACKED.contains(&extension));
        let method = if known { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options = SimpleFileOptions::default().compression_method(method).large_file(true).unix_permissions(0o644);
        archive.start_file(name.as_str(), options).map_err(|error| failed(error.into()))?;
        io::copy(&mut File::open(folder.join(&name)).map_err(failed)?, &mut archive).map_err(failed)?;
    }
    let file = archive.finish().map_err(|error| failed(error.into()))?;
    let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
    file.as_file().sync_all().map_err(failed)?;
    use std::os::unix::fs::PermissionsExt as _;
    file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644)).map_err(failed)?;
    file.persist_noclobber(to).map_err(|error| failed(error.error))?;
    Ok(())
}

/// A bundle that was unpacked; the folder is removed when this is dropped.
#[derive(Debug)]
pub struct Unpacked {
    folder: TempDir,
}

impl Unpacked {
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Unpacks a bundle into a temporary folder. Whatever the file says of itself, no more than the bounds is written, and
/// nothing outside of the folder.
pub fn unpack(file: &Path) -> Result<Unpacked, BundleError> {
    let wrong = |why: String| BundleError::Archive { path: file.to_owned(), why };
    let open = File::open(file).map_err(|source| BundleError::Read { path: file.to_owned(), source })?;
    let mut archive = ZipArchive::new(io::BufReader::new(open)).map_err(|error| wrong(error.to_string()))?;
    if archive.len() > MOST_FILES {
        return Err(wrong(format!("it holds more than {MOST_FILES} files")));
    }
    let folder = TempDir::new().map_err(|source| BundleError::Write { path: std::env::temp_dir(), source })?;
    let mut left = MOST_BYTES;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|error| wrong(error.to_string()))?;
        let name = entry.name().map_err(|error| wrong(error.to_string()))?.into_owned();
        if entry.is_dir() {
            continue;
        }
        let path = inside(folder.path(), &name)?;
        let written = write(&mut entry, &path, left).map_err(|error| wrong(format!("{name}: {error}")))?;
        left -= written;
    }
    Ok(Unpacked { folder })
}

fn write(entry: &mut impl Read, path: &Path, left: u64) -> io::Result<u64> {
    std::fs::create_dir_all(path.parent().unwrap_or(path))?;
    let mut file = File::create_new(path)?;
    let written = io::copy(&mut entry.take(left + 1), &mut file)?;
    if written > left { Err(io::Error::other("it is too long unpacked")) } else { Ok(written) }
}

/// The files below a folder by their path in it, sorted; what is no file (a link, a pipe) is named like one.
pub(super) fn files_below(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(inner) = open.pop() {
        for entry in std::fs::read_dir(folder.join(&inner))? {
            let entry = entry?;
            let path = inner.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                open.push(path);
            } else {
                names.push(path.to_string_lossy().into_owned());
            }
            if names.len() + open.len() > MOST_FILES {
                return Err(io::Error::other(format!("it holds more than {MOST_FILES} files")));
            }
        }
    }
    names.sort();
    Ok(names)
}
