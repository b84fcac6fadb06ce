//! Who is there: the latest word of each worker, for as long as it counts.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use super::{PRESENT_FOR, Presence};

/// Workers that are remembered; more than any fleet has.
const MOST: usize = 100_000;

#[derive(Default)]
pub(super) struct Roll(Mutex<HashMap<String, (Instant, Presence)>>);

impl Roll {
    pub(super) fn note(&self, presence: Presence) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST || known.contains_key(&presence.worker) {
            known.insert(presence.worker.clone(), (Instant::now(), presence));
        }
    }

    pub(super) fn call(&self) -> Vec<Presence> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (heard, presence)| heard.elapsed() < PRESENT_FOR && presence.at_once > 0);
        let mut present: Vec<_> = known.values().map(|(_, presence)| presence.clone()).collect();
        present.sort_by(|a, b| a.worker.cmp(&b.worker));
        present
    }
}
