//! Films and pictures whose bytes were checked a while ago: parts of them are read without reading all of them again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use model::evidence::EvidenceId;

/// For so long what was checked is taken as it is.
const LASTS: TimeDelta = TimeDelta::minutes(10);
/// Artefacts that are remembered; beyond them all are checked anew.
const MOST: usize = 10_000;

/// What was checked, when, and as what it is shown.
#[derive(Default)]
pub(crate) struct Checked(Mutex<HashMap<EvidenceId, (DateTime<Utc>, &'static str)>>);

impl Checked {
    /// As what an artefact is shown that was checked lately.
    pub(crate) fn lately(&self, id: EvidenceId, now: DateTime<Utc>) -> Option<&'static str> {
        self.all().get(&id).filter(|(at, _)| now - at < LASTS).map(|(_, shown)| *shown)
    }

    pub(crate) fn now(&self, id: EvidenceId, shown: &'static str, now: DateTime<Utc>) {
        let mut all = self.all();
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(id, (now, shown));
    }

    fn all(&self) -> MutexGuard<'_, HashMap<EvidenceId, (DateTime<Utc>, &'static str)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
