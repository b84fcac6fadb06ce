//! A checkpoint: how long the log is and what its root is, signed, as a note by C2SP (c2sp.org/tlog-checkpoint).

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

use crate::keys::{KeyError, PublicKey, Signer};
use crate::log::tree::Hash;

/// Who signs when nobody was named: unsigned checkpoints have this origin.
pub const NO_ORIGIN: &str = "postlink-log";

/// Marks an Ed25519 key in a note.
const ED25519_KEY: u8 = 1;

/// Bytes of a note that is read from outside.
const LONGEST: usize = 64 << 10;

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log it is.
    pub origin: String,
    pub size: u64,
    pub root: Hash,
}

/// A checkpoint with its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub checkpoint: Checkpoint,
    signatures: Vec<Signature>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Signature {
    name: String,
    key: [u8; 4],
    bytes: Vec<u8>,
}

/// A text is no checkpoint.
#[derive(Debug, thiserror::Error)]
#[error("it is no checkpoint: {0}")]
pub struct NoCheckpoint(&'static str);

impl Checkpoint {
    /// What is signed.
    pub fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root.0))
    }

    /// Signs it under the name of its origin.
    pub async fn sign(self, signer: &(dyn Signer + '_)) -> Result<Note, KeyError> {
        let (key, body) = (key_hash(&self.origin, signer.public_key()), self.body());
        let bytes = signer.sign(body.as_bytes()).await?;
        let name = self.origin.clone();
        Ok(Note { checkpoint: self, signatures: vec![Signature { name, key, bytes }] })
    }

    pub fn unsigned(self) -> Note {
        Note { checkpoint: self, signatures: Vec::new() }
    }
}

impl Note {
    pub fn text(&self) -> String {
        let mut text = self.checkpoint.body();
        if !self.signatures.is_empty() {
            text.push('\n');
        }
        for Signature { name, key, bytes } in &self.signatures {
            let signature = BASE64.encode([&key[..], bytes].concat());
            let _ = writeln!(text, "\u{2014} {name} {signature}");
        }
        text
    }

    pub fn parse(text: &str) -> Result<Self, NoCheckpoint> {
        if text.len() > LONGEST {
            return Err(NoCheckpoint("it is too long"));
        }
        let (body, signed) = match text.split_once("\n\n") {
            Some((body, signed)) => (body, signed),
            None => (text.strip_suffix('\n').ok_or(NoCheckpoint("its last line does not end"))?, ""),
        };
        let mut lines = body.split('\n');
        let mut line = || lines.next().filter(|line| !line.is_empty()).ok_or(NoCheckpoint("a line is missing"));
        let (origin, size, root) = (line()?.to_owned(), line()?, line()?);
        let number = size.parse::<u64>().ok().filter(|number| number.to_string() == size);
        let root = BASE64.decode(root).ok().and_then(|root| root.try_into().ok());
        let checkpoint = Checkpoint {
            origin,
            size: number.ok_or(NoCheckpoint("its size is no number"))?,
            root: Hash(root.ok_or(NoCheckpoint("its root is no hash"))?),
        };
        if lines.next().is_some() {
            return Err(NoCheckpoint("it has more lines than are known here"));
        }
        let signatures = signed.lines().map(signature).collect::<Option<_>>();
        let signatures = signatures.ok_or(NoCheckpoint("a line of its signatures is no signature"))?;
        Ok(Self { checkpoint, signatures })
    }

    pub fn is_signed(&self) -> bool {
        !self.signatures.is_empty()
    }

    /// Whether this key signed it; `None` when none of its signatures says that it is by this key.
    pub fn is_signed_by(&self, public_key: &PublicKey) -> Option<bool> {
        let origin = &self.checkpoint.origin;
        let key = key_hash(origin, public_key);
        let mut own = self.signatures.iter().filter(|signature| signature.name == *origin && signature.key == key);
        let body = self.checkpoint.body();
        own.next().map(|signature| public_key.has_signed(body.as_bytes(), &signature.bytes))
    }
}

fn signature(line: &str) -> Option<Signature> {
    let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    let bytes = BASE64.decode(encoded).ok()?;
    let (key, bytes) = bytes.split_first_chunk::<4>()?;
    Some(Signature { name: name.to_owned(), key: *key, bytes: bytes.to_vec() })
}

/// By what a signature says whose it is.
fn key_hash(name: &str, public_key: &PublicKey) -> [u8; 4] {
    let hash =
        Sha256::new_with_prefix(name).chain_update([b'\n', ED25519_KEY]).chain_update(public_key.raw()).finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

#[cfg(test)]
mod tests;
