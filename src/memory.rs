//! What was read before is kept in the store: a creative of many ads is read once.

use std::sync::Arc;

use model::evidence::EvidenceId;
use reader::Memory;
use storage::sqlite::SqliteStore;
use storage::store::{Store as _, StoreError};
use tokio::runtime::Handle;
use tracing::debug;

/// A store as the reader's memory. Not to be asked from within an asynchronous task: it waits for the database.
pub(crate) struct Remembering {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) runtime: Handle,
    /// Whether everything is to be read again. What is read is remembered all the same.
    pub(crate) anew: bool,
}

impl Memory for Remembering {
    fn recall(&self, key: EvidenceId) -> Option<Vec<u8>> {
        if self.anew {
            return None;
        }
        let recalled = told(self.runtime.block_on(self.store.recall(key))).flatten();
        if recalled.is_some() {
            debug!(%key, "Was read before");
        }
        recalled
    }

    fn remember(&self, key: EvidenceId, reading: &[u8]) {
        told(self.runtime.block_on(self.store.remember(key, reading)));
    }

    fn artefact(&self, id: EvidenceId) -> Option<Vec<u8>> {
        told(self.runtime.block_on(self.store.read(id)))
    }
}

/// A reading that cannot be had is read again: nothing is lost but time.
fn told<T>(outcome: Result<T, StoreError>) -> Option<T> {
    outcome.inspect_err(|error| debug!(%error, "A reading is not remembered")).ok()
}
