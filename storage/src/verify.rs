//! Says whether a store still holds what was sealed in it, and changes nothing in it: that of a folder, or a database with its
//! evidence in a folder or a bucket.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use model::evidence::EvidenceId;

use crate::evidence::{Blobs, Place};
use crate::keys::PublicKey;
use crate::lock;
use crate::seal::Manifest;
use crate::sqlite::DATABASE;
use crate::stamp::Roots;
use crate::store::StoreError;

mod cases;
mod database;
mod decisions;
mod files;
mod lines;
mod log;
mod rows;
mod server;
mod stamps;
mod tiles;

/// What a look at everything in the store found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verification {
    /// How many manifests were checked.
    pub cases: u64,
    /// How many blobs were checked, and how long they are together.
    pub evidence: u64,
    pub bytes: u64,
    /// The last manifest's hash: noted elsewhere, it proves later that no case was taken out since.
    pub head: Option<EvidenceId>,
    /// Empty when everything is as it was sealed.
    pub problems: Vec<Problem>,
    /// Files in `evidence/` that no manifest names, as after a crash: no proof of anything, and no fault.
    pub unknown: Vec<String>,
    /// What was checked of the log and the time stamps, and with what result, in sentences.
    pub said: Vec<String>,
}

/// What is believed beside the folder itself.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// To which the certificates of time stamps must lead; without any they are followed to none.
    pub roots: Roots,
    /// The key of the log, as its owner publishes it; without it the one that the log announces is taken.
    pub log_key: Option<PublicKey>,
    /// Against which it is seen what has run out; without it nothing has.
    pub now: Option<DateTime<Utc>>,
}

impl Verification {
    pub fn holds(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Something that is not as it was sealed.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Relative to the folder or the bucket, with a line or a case where that says more: `cases.jsonl:3`, `postlink.db, case 2026…`.
    pub file: String,
    pub fault: Fault,
    /// A sentence for people.
    pub detail: String,
    pub expected: Option<String>,
    pub found: Option<String>,
}

/// In what way something is not as it was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    Missing,
    Changed,
    Unreadable,
    /// The manifest before it is not the one it was sealed after.
    ChainBroken,
    /// It is there, and nothing sealed speaks of it.
    NotInManifest,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "missing",
            Self::Changed => "changed",
            Self::Unreadable => "unreadable",
            Self::ChainBroken => "chain broken",
            Self::NotInManifest => "not in manifest",
        })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.file, self.fault, self.detail)?;
        if let Some(expected) = &self.expected {
            write!(f, "; expected {expected}")?;
        }
        if let Some(found) = &self.found {
            write!(f, "; found {found}")?;
        }
        Ok(())
    }
}

/// Why nothing could be said about a store.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error("{0} is no folder: name the folder that was given to --out")]
    NoFolder(PathBuf),
    #[error("{0} holds neither `evidence/` nor `postlink.db`: is it the folder that was given to --out?")]
    NotOurs(PathBuf),
    #[error("a postlink is working in {0}: wait until it has ended, then verify")]
    Busy(PathBuf),
    #[error("{0} is no database of postlink: name the one that `migrate` or a worker filled")]
    NoDatabase(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("read {path}: {source}; may you read this folder?")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("copy {path} aside to read it: {source}; is there room for temporary files?")]
    Aside { path: PathBuf, source: std::io::Error },
}

/// As [`verify_by`], believing nothing beside the folder.
pub async fn verify(dir: &Path) -> Result<Verification, VerifyError> {
    verify_by(dir, &Trust::default()).await
}

/// Checks every blob, manifest, row, line and output of a folder against what was sealed, then its log and its time stamps.
pub async fn verify_by(dir: &Path, trust: &Trust) -> Result<Verification, VerifyError> {
    if !dir.is_dir() {
        return Err(VerifyError::NoFolder(dir.to_owned()));
    }
    if !dir.join("evidence").is_dir() && !dir.join(DATABASE).exists() {
        return Err(VerifyError::NotOurs(dir.to_owned()));
    }
    let _reading = lock::shared(dir).ok_or_else(|| VerifyError::Busy(dir.to_owned()))?;
    let blobs = Blobs::look(&dir.into())?;
    let mut look = Look { database: DATABASE.to_owned(), trust: trust.clone(), ..Look::default() };
    look.deleted = database::deleted(dir).await?;
    files::check(&mut look, &blobs).await?;
    database::check(&mut look, dir).await?;
    // Hashing keeps a processor and a disk busy: other tasks must not wait for it.
    let dir = dir.to_owned();
    let done = tokio::task::spawn_blocking(move || {
        lines::check(&mut look, &dir);
        look
    });
    Ok(done.await.expect("internal error: a check of lines does not panic").report)
}

/// The same of a database, whose evidence lies in a folder or a bucket. Others may go on working with it.
pub async fn verify_database(url: &str, place: &Place, trust: &Trust) -> Result<Verification, VerifyError> {
    if let Place::Folder(dir) = place
        && !dir.is_dir()
    {
        return Err(VerifyError::NoFolder(dir.to_owned()));
    }
    let look = Look { trust: trust.clone(), ..Look::default() };
    server::check(look, url, &Blobs::look(place)?).await
}

/// What is known on the way.
#[derive(Default)]
struct Look {
    /// As places name it: the file, or the address.
    database: String,
    report: Verification,
    /// By case id, what stays of each manifest that could be read.
    manifests: BTreeMap<String, Sheet>,
    /// The cases whose line and artefacts were deleted, as the log says.
    deleted: HashSet<String>,
    /// Blobs that were looked at.
    blobs: HashSet<EvidenceId>,
    /// Paths of packages under their own names.
    packages: HashSet<String>,
    /// Hashes of all lines that were ever sealed, by manifests and by the database.
    lines: HashSet<EvidenceId>,
    /// By ad, the number of its latest case and the hash of that case's line.
    latest: HashMap<String, (u64, EvidenceId)>,
    /// By their place among the problems, those that are none where others worked while this looked.
    in_doubt: Vec<(usize, Doubt)>,
    /// The hashes of all checkpoints.
    notes: HashSet<EvidenceId>,
    trust: Trust,
}

/// What makes a problem none.
enum Doubt {
    /// No case rests on this blob any more.
    Blob(EvidenceId),
    /// This case was sealed after the look began.
    Case(String),
    /// This file, which is written after its row, is there now.
    Manifest(String, EvidenceId),
}

/// One manifest, without its evidence.
struct Sheet {
    number: u64,
    hash: EvidenceId,
    previous: Option<EvidenceId>,
    /// In the database.
    has_row: bool,
}

impl Look {
    fn say(&mut self, sentence: impl Into<String>) {
        self.report.said.push(sentence.into());
    }

    fn problem(&mut self, file: impl Into<String>, fault: Fault, detail: impl Into<String>) {
        self.report.problems.push(Problem {
            file: file.into(),
            fault,
            detail: detail.into(),
            expected: None,
            found: None,
        });
    }

    fn differs(
        &mut self,
        file: impl Into<String>,
        detail: impl Into<String>,
        expected: impl fmt::Display,
        found: impl fmt::Display,
    ) {
        self.report.problems.push(Problem {
            file: file.into(),
            fault: Fault::Changed,
            detail: detail.into(),
            expected: Some(expected.to_string()),
            found: Some(found.to_string()),
        });
    }

    /// Takes note of a sealed line.
    fn line_of(&mut self, manifest: &Manifest) {
        self.lines.insert(manifest.line_sha256);
        let this = (manifest.number, manifest.line_sha256);
        let latest = self.latest.entry(manifest.ad_id.clone()).or_insert(this);
        *latest = this.max(*latest);
    }
}

#[cfg(test)]
mod decided_tests;
#[cfg(test)]
mod sealed_tests;
#[cfg(test)]
mod server_tests;
#[cfg(test)]
mod tests;
