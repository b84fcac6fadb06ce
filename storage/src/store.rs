//! What a store promises: evidence is kept once, a case is whole or absent, and cases come back in order.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use model::ad::Whose;
use model::evidence::{Evidence, EvidenceId};
use serde::{Deserialize, Serialize};

use crate::frontier::Token;
use crate::log::Log;
use crate::retention::Retention;
use crate::seal;
use crate::stamp::{Stamps, ToStamp};

/// A place where cases and their evidence are kept. Its promises are the tests in `suite.rs`.
pub trait Store: Log + Stamps + Retention + Send + Sync {
    /// Keeps an artefact. One that is there already is left as it is, after its bytes were checked.
    fn keep(&self, evidence: &Evidence) -> impl Future<Output = Result<Kept, StoreError>> + Send;

    /// Gives back an artefact's bytes, after checking them.
    fn read(&self, id: EvidenceId) -> impl Future<Output = Result<Vec<u8>, StoreError>> + Send;

    /// Gives back some of an artefact's bytes as they are there: whoever needs to be sure reads all of them.
    fn read_part(&self, id: EvidenceId, part: Range<u64>) -> impl Future<Output = Result<Vec<u8>, StoreError>> + Send;

    /// Gives a case its id. Nothing is written: a case that is never finished leaves no trace.
    fn begin(&self, opening: Opening) -> impl Future<Output = Result<Opened, StoreError>> + Send;

    /// How much evidence the cases of an advertiser may take, and take; none where nothing limits them.
    fn allowance(&self, whose: &Whose) -> impl Future<Output = Result<Option<Allowance>, StoreError>> + Send;

    /// Seals and records a case in one transaction.
    fn finish(&self, opened: Opened, outcome: Outcome) -> impl Future<Output = Result<StoredCase, StoreError>> + Send;

    /// Seals and records a case that came of a job, in one transaction with the word that this ad has its case in this round.
    fn finish_for(
        &self,
        job: &OfJob,
        opened: Opened,
        outcome: Outcome,
    ) -> impl Future<Output = Result<Filed, StoreError>> + Send;

    /// The latest case finished under this key.
    fn finished(&self, key: &str) -> impl Future<Output = Result<Option<StoredCase>, StoreError>> + Send;

    /// A case by its id; none where it was deleted, or never was.
    fn sealed(&self, case: &CaseId) -> impl Future<Output = Result<Option<StoredCase>, StoreError>> + Send;

    /// The latest case of each ad, in the order of the ads file, then of finishing.
    fn cases(&self) -> impl Future<Output = Result<Vec<StoredCase>, StoreError>> + Send;

    /// Every case that was opened at this moment or later, in the order of finishing.
    fn history(&self, since: DateTime<Utc>) -> impl Future<Output = Result<Vec<StoredCase>, StoreError>> + Send;

    /// What a case rests on, as its manifest lists it.
    fn rests_on(&self, case: &CaseId) -> impl Future<Output = Result<Vec<Kept>, StoreError>> + Send;

    /// A case's manifest, as it was sealed: its SHA-256 is the one by which the chain names it.
    fn manifest(&self, case: &CaseId) -> impl Future<Output = Result<String, StoreError>> + Send;

    /// When other ads of an advertiser were found violating before a moment: the latest time of each.
    fn found_before(
        &self,
        whose: &Whose,
        other_than: &str,
        before: DateTime<Utc>,
    ) -> impl Future<Output = Result<Vec<DateTime<Utc>>, StoreError>> + Send;

    /// What was read under this key, by whoever reads. A reading is no evidence: it may be lost, and is not sealed.
    fn recall(&self, key: EvidenceId) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>> + Send;

    /// Keeps a reading under its key, in place of the one that is there.
    fn remember(&self, key: EvidenceId, reading: &[u8]) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// A case's line of `cases.jsonl`, without the line break.
    fn line(&self, case: &CaseId) -> impl Future<Output = Result<String, StoreError>> + Send;
}

/// Names a case, and the file of its manifest: when it was opened, and twelve hex digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseId(pub(crate) String);

impl CaseId {
    /// Of the name that somebody gives; none where it is none that was ever given out. Whether there is such a case is another
    /// question.
    pub fn named(name: &str) -> Option<Self> {
        let (when, chance) = name.split_once("Z-")?;
        let when_is = when.len() == 15 && when.bytes().all(|b| b.is_ascii_digit() || b == b'T');
        let chance_is = chance.len() == 12 && chance.bytes().all(|b| b.is_ascii_hexdigit());
        (when_is && chance_is).then(|| Self(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How much evidence the cases of one advertiser may take. Bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    pub used: u64,
    pub max: u64,
}

impl Allowance {
    /// Refuses a further case where as much is used as may be.
    pub fn check(self, advertiser: &str) -> Result<(), StoreError> {
        let Self { used, max } = self;
        if used < max {
            Ok(())
        } else {
            Err(StoreError::AdvertiserFull { advertiser: advertiser.to_owned(), used, max })
        }
    }
}

/// What is about to be examined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// The same for two examinations that must come to the same result: whoever examines computes it.
    pub key: String,
    pub ad_id: String,
    /// The advertiser's id on its platform.
    pub advertiser: Option<String>,
    /// The platform; none as well where an older worker did not say.
    #[serde(default)]
    pub platform: Option<String>,
    /// The ad's place in the ads file, from 0.
    pub position: u64,
    pub opened_at: DateTime<Utc>,
}

impl Opening {
    /// Whose ad it is; none where the ad does not say.
    pub fn whose(&self) -> Option<Whose> {
        Some(Whose { platform: self.platform.clone(), advertiser: self.advertiser.clone()? })
    }
}

/// A case on its way: it has an id and nothing else yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    pub case_id: CaseId,
    pub opening: Opening,
}

impl Opened {
    /// Gives a case of a job its id, where no store can be asked: its key is of this job and this ad alone.
    pub fn of_job(opening: Opening) -> Self {
        Self { case_id: seal::case_id(&opening, 0), opening }
    }
}

/// The job that a case came of.
#[derive(Clone, Debug, PartialEq)]
pub struct OfJob {
    pub job_id: String,
    pub round: String,
    /// The lease under which it was done; none for a job that was given up.
    pub token: Option<Token>,
}

/// What became of a case that was handed in for a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Filed {
    Recorded(StoredCase),
    /// The ad has its case in this round already.
    Known,
    /// The lease had ended, or the job was cancelled: it counts for nothing.
    Late,
}

impl Filed {
    /// Of a case that no job fences.
    pub(crate) fn recorded(self) -> StoredCase {
        match self {
            Self::Recorded(case) => case,
            Self::Known | Self::Late => unreachable!("internal error: only a job's case is refused"),
        }
    }
}

/// How a case came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// The word of the case's verdict, as whoever examined it has it.
    pub verdict: String,
    /// The case's line of `cases.jsonl`, without the line break.
    pub line: String,
    /// Everything the case rests on, as [`Store::keep`] gave it back.
    pub evidence: Vec<Kept>,
    /// Name and version of what was used: `postlink`, `chromium`, `pack cn-internet-ads`, ….
    pub tools: BTreeMap<String, String>,
    /// What is to be stamped by an authority; nothing where none is configured.
    pub to_stamp: Vec<ToStamp>,
}

/// An artefact that is kept, as the manifest lists it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    pub id: EvidenceId,
    pub media_type: String,
    pub bytes: u64,
    pub what: String,
    pub captured_at: DateTime<Utc>,
}

impl Kept {
    pub(crate) fn of(evidence: &Evidence) -> Self {
        Self {
            id: evidence.id(),
            media_type: evidence.media_type.clone(),
            bytes: evidence.bytes().len() as u64,
            what: evidence.what.clone(),
            captured_at: evidence.captured_at,
        }
    }
}

/// A finished case, without its line and its evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCase {
    /// 1 for the first case of the store, in the order of finishing.
    pub number: u64,
    pub case_id: CaseId,
    pub key: String,
    pub ad_id: String,
    pub position: u64,
    pub opened_at: DateTime<Utc>,
    pub sealed_at: DateTime<Utc>,
    /// `violating`, `clean` or `inconclusive`.
    pub verdict: String,
    /// The SHA-256 of the sealed manifest.
    pub manifest: EvidenceId,
}

/// Why something could not be kept or found again.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("another postlink is working in {0}: wait until it has ended, or name another folder")]
    Busy(PathBuf),
    #[error("write {path}: {source}; is the folder there, yours, and the disk not full?")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("keep {path}: {source}; is the disk full, or can it not make hard links?")]
    Keep { path: PathBuf, source: object_store::Error },
    #[error("use {path}: {source}; is the service up, the bucket there, and the key one that may read and write it?")]
    Bucket { path: PathBuf, source: object_store::Error },
    #[error("`{0}` is no bucket: write s3://bucket/prefix")]
    NoBucket(String),
    #[error(
        "{used} bytes of evidence are in {path}, and evidence.max_bytes is {max}: nothing new is begun; raise it, or see `postlink retention` and `postlink evidence sweep`"
    )]
    Full { path: PathBuf, used: u64, max: u64 },
    #[error(
        "{used} bytes of evidence are of advertiser `{advertiser}`, and evidence.max_bytes_per_advertiser is {max}: no new case of it is begun; raise it, or see `postlink retention`"
    )]
    AdvertiserFull { advertiser: String, used: u64, max: u64 },
    #[error(
        "{free} bytes are free on the disk of {path}, and evidence.min_free_bytes is {floor}: nothing new is begun; make room, or see `postlink retention` and `postlink evidence sweep`"
    )]
    DiskFull { path: PathBuf, free: u64, floor: u64 },
    #[error("read evidence {path}: {source}; run `postlink verify` on the folder to see what else is missing")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the evidence in {path} has changed: it is {found} now; put the file back from a copy")]
    Changed { path: PathBuf, found: EvidenceId },
    #[error("case {case_id} names evidence that was never kept, {path}: keep it before finishing the case")]
    NotKept { case_id: CaseId, path: PathBuf },
    #[error("the line of case {0} has a line break in it: one case is one line of cases.jsonl")]
    NotOneLine(CaseId),
    #[error("case {0} is not in {1}")]
    NoSuchCase(CaseId, PathBuf),
    #[error("case {0} was deleted when its time was over: the log says when and why")]
    Deleted(CaseId),
    #[error("case {0} is held: release it with `postlink hold release` before it can be deleted")]
    Held(CaseId),
    #[error("case {case_id} has no violation {number}: it has {violations}, numbered from 1")]
    NoSuchViolation { case_id: CaseId, number: u64, violations: u64 },
    #[error("there is an appeal against case {0}: confirm it with a reason, which the advertiser reads")]
    Appealed(CaseId),
    #[error("case {case_id} is not as it was sealed: run `postlink verify` on the folder, and put it back from a copy")]
    CaseChanged { case_id: CaseId },
    #[error(
        "the database holds case {case_id} of another chain: copy into an empty database, or into one that holds the beginning of this chain"
    )]
    OtherChain { case_id: CaseId },
    #[error("the database's log is another from entry {index} on: copy into an empty database")]
    OtherLog { index: u64 },
    #[error("entry {index} of the log has changed: run `postlink verify` on the folder, and put it back from a copy")]
    EntryChanged { index: u64 },
    #[error("`{0}` is not the name of a file of the folder: no `..`, no leading `/`")]
    OutsideFolder(String),
    #[error("account `{0}` was changed by somebody else meanwhile: look at what it is now, and change it again")]
    Overtaken(String),
    #[error("{path} was made by a newer postlink (migration {version} is not known here): use that version")]
    Newer { path: PathBuf, version: i64 },
    #[error("bring {path} up to date: {source}; run `postlink verify` on the folder")]
    Migrate { path: PathBuf, source: sqlx::migrate::MigrateError },
    #[error("use {path}: {source}; if it stays so, run `postlink verify` on the folder")]
    Database { path: PathBuf, source: sqlx::Error },
    #[error("{path} holds something that no postlink wrote ({what}); run `postlink verify` on the folder")]
    Damaged { path: PathBuf, what: String },
}
