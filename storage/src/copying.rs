//! Copies a store of one folder into PostgreSQL: nothing is lost, and every hash is compared on the way.

mod tables;

use chrono::{DateTime, Utc};
use model::evidence::{Evidence, EvidenceId};

use crate::log::checkpoint::Note;
use crate::log::tiles::Hashes as _;
use crate::log::{Log as _, Logged, tree};
use crate::postgres::PostgresStore;
use crate::retention::Retention as _;
use crate::seal::Manifest;
use crate::sqlite::SqliteStore;
use crate::stamp::Stamps as _;
use crate::store::{CaseId, Kept, Store as _, StoreError};

/// What was copied, and what was there from an earlier copy that was cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    pub cases: u64,
    pub artefacts: u64,
    pub readings: u64,
    /// Entries of the log, and those that were there.
    pub entries: u64,
    pub stamps: u64,
    pub there_before: u64,
    /// Of ads, landings, sweeps, rounds and jobs.
    pub rows: u64,
    /// Files of ads.
    pub files: u64,
}

/// A case as it stands in the rows of either database.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WholeCase {
    pub(crate) line: String,
    pub(crate) manifest: String,
    pub(crate) advertiser: Option<String>,
    /// Then its line is empty.
    pub(crate) deleted_at: Option<DateTime<Utc>>,
}

/// Copies every case that is not there yet, in order, with the artefacts it rests on; then what was read, and in place of what
/// is there the ads with their files, the landings, sweeps, rounds, and the frontier.
///
/// What stands in PostgreSQL must be the beginning of the same chain, so that a copy that was cut off can go on. Nothing is
/// taken over that does not have the hash under which it was sealed.
pub async fn copy(from: &SqliteStore, to: &PostgresStore) -> Result<Copied, StoreError> {
    // With those that were deleted: the chain goes through them.
    let cases = from.chain().await?;
    let there = to.chain().await?;
    for (at, (case_id, manifest)) in there.iter().enumerate() {
        if cases.get(at).is_none_or(|(_, ours)| ours != manifest) {
            return Err(StoreError::OtherChain { case_id: case_id.clone() });
        }
    }
    let mut log = LogCopy::begin(from, to).await?;
    let mut copied = Copied { there_before: there.len() as u64, ..Copied::default() };
    for (at, (case_id, id)) in cases.iter().enumerate() {
        let whole = from.whole_case(case_id).await?;
        if EvidenceId::of(whole.manifest.as_bytes()) != *id {
            return Err(changed(case_id));
        }
        let manifest: Manifest = serde_json::from_str(&whole.manifest).map_err(|_| changed(case_id))?;
        let deleted = whole.deleted_at.is_some();
        if !deleted && EvidenceId::of(whole.line.as_bytes()) != manifest.line_sha256 {
            return Err(changed(case_id));
        }
        // A row may be there and its artefacts not: the folder of the evidence is another one than before.
        for kept in manifest.evidence.iter().filter(|_| !deleted) {
            if to.holds(kept).await? {
                continue;
            }
            let bytes = from.read(kept.id).await?;
            to.keep(&Evidence::new(kept.what.clone(), &kept.media_type, bytes, kept.captured_at)).await?;
            copied.artefacts += 1;
        }
        if at < there.len() {
            if let Some(deleted_at) = whole.deleted_at {
                to.delete_too(manifest.number, deleted_at).await?;
            }
            to.seal(&manifest, whole.manifest).await?;
        } else {
            let entries = log.up_to(from, &manifest.case_id).await?;
            to.take_over(&manifest, &whole, &entries).await?;
            copied.cases += 1;
        }
    }
    copied.entries = log.rest(from, to).await?;
    for kept in from.checkpoints().await? {
        let damaged = |_| StoreError::Damaged { path: "the log".into(), what: kept.note.clone() };
        to.take_checkpoint(&Note::parse(&kept.note).map_err(damaged)?, kept.made_at).await?;
    }
    for stamp in from.stamps().await? {
        to.take_stamp(&stamp).await?;
        copied.stamps += 1;
    }
    for list in from.lists().await? {
        to.keep_list(&list).await?;
    }
    to.take_holds(&from.holds().await?).await?;
    for key in from.reading_keys().await? {
        if let Some(reading) = from.recall(key).await? {
            to.remember(key, &reading).await?;
            copied.readings += 1;
        }
    }
    copied.files = files(from, to).await?;
    copied.rows = tables::copy(from, to).await?;
    to.weigh_all().await?;
    Ok(copied)
}

/// Copies the files of ads, before there are rows that name them.
async fn files(from: &SqliteStore, to: &PostgresStore) -> Result<u64, StoreError> {
    let mut copied = 0;
    for (id, bytes) in from.files_of_ads().await? {
        let kept = Kept {
            id,
            media_type: "application/octet-stream".to_owned(),
            bytes,
            what: "file of an ad".to_owned(),
            captured_at: DateTime::UNIX_EPOCH,
        };
        if !to.holds(&kept).await? {
            let bytes = from.read(id).await?;
            to.keep(&Evidence::new(kept.what, kept.media_type, bytes, kept.captured_at)).await?;
            copied += 1;
        }
    }
    Ok(copied)
}

/// Entries copied at once.
const AT_ONCE: u64 = 1_000;

/// The log on its way: an entry is copied with the case it tells of, so that no copy that is cut off has one without the other.
struct LogCopy {
    next: u64,
}

impl LogCopy {
    /// What is there must be the beginning of the same log.
    async fn begin(from: &SqliteStore, to: &PostgresStore) -> Result<Self, StoreError> {
        let next = to.log_size().await?;
        let ours = from.log_size().await?;
        for first in (0..next).step_by(AT_ONCE as usize) {
            let count = (next - first).min(AT_ONCE);
            let theirs = to.hashes(0, first, count).await?;
            let ours = from.hashes(0, first, count.min(ours.saturating_sub(first))).await?;
            if let Some(at) = (0..theirs.len()).find(|at| ours.get(*at) != theirs.get(*at)) {
                return Err(StoreError::OtherLog { index: first + at as u64 });
            }
        }
        Ok(Self { next })
    }

    /// The entries that come next, up to that of this case.
    async fn up_to(&mut self, from: &SqliteStore, case: &CaseId) -> Result<Vec<Logged>, StoreError> {
        let sealed = from.logged_of(case).await?.into_iter().next().ok_or_else(|| changed(case))?;
        let entries = from.logged(self.next, (sealed.index + 1).saturating_sub(self.next)).await?;
        self.next = self.next.max(sealed.index + 1);
        unchanged(entries)
    }

    /// Copies what follows the last case; gives back how many entries there are.
    async fn rest(mut self, from: &SqliteStore, to: &PostgresStore) -> Result<u64, StoreError> {
        loop {
            let entries = unchanged(from.logged(self.next, AT_ONCE).await?)?;
            if entries.is_empty() {
                return Ok(self.next);
            }
            to.take_over_log(&entries).await?;
            self.next += entries.len() as u64;
        }
    }
}

fn unchanged(entries: Vec<Logged>) -> Result<Vec<Logged>, StoreError> {
    match entries.iter().find(|entry| tree::leaf(entry.text.as_bytes()) != entry.hash) {
        Some(entry) => Err(StoreError::EntryChanged { index: entry.index }),
        None => Ok(entries),
    }
}

fn changed(case: &CaseId) -> StoreError {
    StoreError::CaseChanged { case_id: case.clone() }
}

#[cfg(test)]
mod tests;
