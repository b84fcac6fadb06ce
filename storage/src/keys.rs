//! Keys that sign: from files that only their owner may read, or by a program that asks a token or a service (PKCS#11, KMS).
//!
//! A private key is never written into the folder of a store.

use std::path::{Path, PathBuf};
use std::pin::Pin;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

mod command;
mod file;
mod made;
mod public;

pub use made::{Made, domain, log};
pub use public::PublicKey;

/// A signature on its way. Boxed, so that keys from files and from programs can stand in one place.
pub type Signing<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, KeyError>> + Send + 'a>>;

/// Something that signs.
pub trait Signer: Send + Sync {
    fn public_key(&self) -> &PublicKey;

    /// The signature of a message: 64 bytes of Ed25519, or ECDSA with SHA-256 in DER.
    fn sign<'a>(&'a self, message: &'a [u8]) -> Signing<'a>;
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Ed25519, signs checkpoints of the log.
    Log,
    /// P-256, signs packages in the name of a domain.
    Domain,
}

/// A key in a file; or, where a program is named, a program that has it, and its public key in the file (of a certificate,
/// too).
pub fn open(kind: Kind, file: &Path, command: &[String]) -> Result<Box<dyn Signer>, KeyError> {
    match command.split_first() {
        None => Ok(Box::new(file::read(kind, file)?)),
        Some((program, arguments)) => {
            let public_key = PublicKey::read(file)?;
            public_key.must_be(kind, file)?;
            Ok(Box::new(command::Command::new(program, arguments, public_key)))
        }
    }
}

/// A signature as texts hold it.
pub(crate) fn base64(signature: &[u8]) -> String {
    BASE64.encode(signature)
}

pub(crate) fn of_base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

/// Why nothing can be signed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("read the key {path}: {source}; is it there, and yours?")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("others may read the private key {0}: run `chmod 600` on it, and make a new one if somebody might have")]
    OpenToOthers(PathBuf),
    #[error("{path} holds no key that is understood here: {why}")]
    Wrong { path: PathBuf, why: &'static str },
    #[error("{0} is there already, and a key is never written over: name another folder")]
    There(PathBuf),
    #[error("write {path}: {source}; is the folder yours, and the disk not full?")]
    Write { path: PathBuf, source: std::io::Error },
    #[error("{0} belongs to the folder of a store, which is shown to others: keep private keys elsewhere")]
    InStore(PathBuf),
    #[error("the program that signs, `{program}`: {why}")]
    Program { program: String, why: String },
    #[error("make a key for `{name}`: {why}")]
    Make { name: String, why: String },
}

#[cfg(test)]
mod tests;
