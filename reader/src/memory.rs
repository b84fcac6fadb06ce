//! What was read before: the same bytes, read by the same reader, say the same, and no model is asked again.

use chrono::{DateTime, Utc};
use model::evidence::{Evidence, EvidenceId};
use model::statement::{Code, Statement};
use serde::{Deserialize, Serialize};

use crate::creative::AdReading;
use crate::ocr::Writing;

/// Keeps readings, each under a key that says what was read and by which reader. Blocking.
///
/// A memory may forget, and must not mix up: what it gives back is what was remembered under that key.
pub trait Memory: Send + Sync {
    fn recall(&self, key: EvidenceId) -> Option<Vec<u8>>;

    fn remember(&self, key: EvidenceId, reading: &[u8]);

    /// The bytes of an artefact that a remembered reading names, if they were kept.
    fn artefact(&self, id: EvidenceId) -> Option<Vec<u8>>;
}

/// Remembers nothing.
pub struct Forgetful;

impl Memory for Forgetful {
    fn recall(&self, _: EvidenceId) -> Option<Vec<u8>> {
        None
    }

    fn remember(&self, _: EvidenceId, _: &[u8]) {}

    fn artefact(&self, _: EvidenceId) -> Option<Vec<u8>> {
        None
    }
}

/// What a creative says. Its artefacts are named, for they are kept as evidence.
#[derive(Serialize, Deserialize)]
struct Remembered {
    statements: Vec<Statement>,
    codes: Vec<Code>,
    artefacts: Vec<Artefact>,
}

#[derive(Serialize, Deserialize)]
struct Artefact {
    id: EvidenceId,
    media_type: String,
    what: String,
}

/// What was read of a creative, with all its artefacts; none when one of them is gone.
pub(crate) fn recall(memory: &dyn Memory, key: EvidenceId, now: DateTime<Utc>) -> Option<AdReading> {
    let Remembered { statements, codes, artefacts } = serde_json::from_slice(&memory.recall(key)?).ok()?;
    let evidence: Option<Vec<Evidence>> = artefacts
        .into_iter()
        .map(|Artefact { id, media_type, what }| Some(Evidence::new(what, media_type, memory.artefact(id)?, now)))
        .collect();
    Some(AdReading { statements, codes, evidence: evidence?, ..AdReading::default() })
}

/// Remembers a reading that left no gap: what could not be read may be read another time.
pub(crate) fn remember(memory: &dyn Memory, key: EvidenceId, reading: &AdReading) {
    if !reading.gaps.is_empty() {
        return;
    }
    let artefact = |e: &Evidence| Artefact { id: e.id(), media_type: e.media_type.clone(), what: e.what.clone() };
    let remembered = Remembered {
        statements: reading.statements.clone(),
        codes: reading.codes.clone(),
        artefacts: reading.evidence.iter().map(artefact).collect(),
    };
    put(memory, key, &remembered);
}

/// What is written in a picture of these pixels.
pub(crate) fn recall_writing(memory: &dyn Memory, key: EvidenceId) -> Option<Writing> {
    serde_json::from_slice(&memory.recall(key)?).ok()
}

pub(crate) fn remember_writing(memory: &dyn Memory, key: EvidenceId, writing: &Writing) {
    put(memory, key, writing);
}

fn put(memory: &dyn Memory, key: EvidenceId, reading: &impl Serialize) {
    if let Ok(bytes) = serde_json::to_vec(reading) {
        memory.remember(key, &bytes);
    }
}
