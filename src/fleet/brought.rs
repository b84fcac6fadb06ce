//! What a worker brings back of a job: laid down beside the evidence, since messages are small.

use model::evidence::EvidenceId;
use model::landing::Seen;
use serde::{Deserialize, Serialize};
use storage::store::{Opened, Outcome};

use crate::round::Took;

/// A case for each ad, and what the landing was like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Brought {
    pub(crate) cases: Vec<BroughtCase>,
    /// None where nothing was seen, or another job looked.
    #[serde(default)]
    pub(crate) seen: Option<Seen>,
    #[serde(default)]
    pub(crate) took: Option<Took>,
    /// What was met, for jobs that go on from it.
    #[serde(default)]
    pub(crate) visit: Option<EvidenceId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct BroughtCase {
    pub(crate) opened: Opened,
    pub(crate) outcome: Outcome,
}

/// What the frontier remembers of a job that is done.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Remembered {
    /// The SHA-256 of what was brought back, which is there no more.
    pub(crate) brought: EvidenceId,
    #[serde(default)]
    pub(crate) visit: Option<EvidenceId>,
}

/// What was met, as the frontier remembers it of a job.
pub(crate) fn visit_of(outcome: &str) -> Option<EvidenceId> {
    serde_json::from_str::<Remembered>(outcome).ok()?.visit
}
