//! SHA-256 of files of any size, in little memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use model::evidence::EvidenceId;
use sha2::{Digest, Sha256};

/// A hash in the making.
#[derive(Clone, Default)]
pub(crate) struct Hasher(Sha256);

impl Hasher {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn finish(self) -> EvidenceId {
        let hex: String = self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hex}").parse().expect("internal error: 32 bytes are 64 hex digits")
    }
}

/// Opens what is a file: a pipe put in its place would keep the reader waiting for ever.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    if path.metadata()?.is_file() { File::open(path) } else { Err(io::Error::other("it is no regular file")) }
}

/// The hash and the length of a file.
pub(crate) fn of_file(path: &Path) -> io::Result<(EvidenceId, u64)> {
    let mut file = open(path)?;
    let mut hasher = Hasher::default();
    let mut piece = vec![0; 64 * 1024];
    let mut bytes = 0;
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok((hasher.finish(), bytes)),
            Ok(read) => {
                hasher.update(&piece[..read]);
                bytes += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
