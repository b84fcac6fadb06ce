//! The cases of one job rest on the same artefacts: each is kept once, and not looked at again for every ad.

use std::collections::HashMap;

use model::evidence::{Evidence, EvidenceId};
use storage::chest::Chest;
use storage::store::{Kept, StoreError};
use tokio::sync::Mutex;

use crate::closing::Keep;

/// The evidence of one job.
pub(super) struct Once<'a> {
    chest: &'a Chest,
    kept: Mutex<HashMap<EvidenceId, Kept>>,
}

impl<'a> Once<'a> {
    pub(super) fn into(chest: &'a Chest) -> Self {
        Self { chest, kept: Mutex::default() }
    }
}

impl Keep for Once<'_> {
    async fn keep(&self, evidence: &Evidence) -> Result<Kept, StoreError> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.get(&evidence.id()) {
            return Ok(Kept { what: evidence.what.clone(), captured_at: evidence.captured_at, ..kept.clone() });
        }
        let new = self.chest.keep(evidence).await?;
        kept.insert(new.id, new.clone());
        Ok(new)
    }
}
