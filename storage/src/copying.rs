//! Copies a store of one folder into PostgreSQL: nothing is lost, and every hash is compared on the way.

use chrono::DateTime;
use model::evidence::{Evidence, EvidenceId};

use crate::postgres::PostgresStore;
use crate::seal::Manifest;
use crate::sqlite::SqliteStore;
use crate::store::{CaseId, Store as _, StoreError};

/// What was copied, and what was there from an earlier copy that was cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    pub cases: u64,
    pub artefacts: u64,
    pub readings: u64,
    pub there_before: u64,
}

/// A case as it stands in the rows of either database.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WholeCase {
    pub(crate) line: String,
    pub(crate) manifest: String,
    pub(crate) advertiser: Option<String>,
}

/// Copies every case that is not there yet, in order, with the artefacts it rests on; then what was read.
///
/// What stands in PostgreSQL must be the beginning of the same chain, so that a copy that was cut off can go on. Nothing is
/// taken over that does not have the hash under which it was sealed.
pub async fn copy(from: &SqliteStore, to: &PostgresStore) -> Result<Copied, StoreError> {
    let cases = from.history(DateTime::UNIX_EPOCH).await?;
    let there = to.history(DateTime::UNIX_EPOCH).await?;
    for (at, other) in there.iter().enumerate() {
        if cases.get(at).is_none_or(|case| case.manifest != other.manifest) {
            return Err(StoreError::OtherChain { case_id: other.case_id.clone() });
        }
    }
    let mut copied = Copied { there_before: there.len() as u64, ..Copied::default() };
    for (at, case) in cases.iter().enumerate() {
        let whole = from.whole_case(&case.case_id).await?;
        if EvidenceId::of(whole.manifest.as_bytes()) != case.manifest {
            return Err(changed(&case.case_id));
        }
        let manifest: Manifest = serde_json::from_str(&whole.manifest).map_err(|_| changed(&case.case_id))?;
        if EvidenceId::of(whole.line.as_bytes()) != manifest.line_sha256 {
            return Err(changed(&case.case_id));
        }
        // A row may be there and its artefacts not: the folder of the evidence is another one than before.
        for kept in manifest.evidence.iter().filter(|kept| !to.holds(kept)) {
            let bytes = from.read(kept.id).await?;
            to.keep(&Evidence::new(kept.what.clone(), &kept.media_type, bytes, kept.captured_at)).await?;
            copied.artefacts += 1;
        }
        if at < there.len() {
            to.seal(&manifest, whole.manifest).await?;
        } else {
            to.take_over(&manifest, &whole).await?;
            copied.cases += 1;
        }
    }
    for key in from.reading_keys().await? {
        if let Some(reading) = from.recall(key).await? {
            to.remember(key, &reading).await?;
            copied.readings += 1;
        }
    }
    Ok(copied)
}

fn changed(case: &CaseId) -> StoreError {
    StoreError::CaseChanged { case_id: case.clone() }
}

#[cfg(test)]
mod tests;
