//! What was read before is kept in the store, or beside the evidence: a creative of many ads is read once.

use std::sync::Arc;

use model::evidence::EvidenceId;
use reader::Memory;
use storage::chest::Chest;
use storage::sqlite::SqliteStore;
use storage::store::{Store as _, StoreError};
use tokio::runtime::Handle;
use tracing::debug;

/// Where readings are kept.
pub(crate) enum Shelf {
    Store(Arc<SqliteStore>),
    /// Of those who have no database.
    Chest(Arc<Chest>),
}

impl Shelf {
    async fn recall(&self, key: EvidenceId) -> Result<Option<Vec<u8>>, StoreError> {
        match self {
            Self::Store(store) => store.recall(key).await,
            Self::Chest(chest) => chest.recall(key).await,
        }
    }

    async fn remember(&self, key: EvidenceId, reading: &[u8]) -> Result<(), StoreError> {
        match self {
            Self::Store(store) => store.remember(key, reading).await,
            Self::Chest(chest) => chest.remember(key, reading).await,
        }
    }

    async fn read(&self, id: EvidenceId) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Store(store) => store.read(id).await,
            Self::Chest(chest) => chest.read(id).await,
        }
    }
}

/// A shelf as the reader's memory. Not to be asked from within an asynchronous task: it waits for the database.
pub(crate) struct Remembering {
    pub(crate) shelf: Shelf,
    pub(crate) runtime: Handle,
    /// Whether everything is to be read again. What is read is remembered all the same.
    pub(crate) anew: bool,
}

impl Memory for Remembering {
    fn recall(&self, key: EvidenceId) -> Option<Vec<u8>> {
        if self.anew {
            return None;
        }
        let recalled = told(self.runtime.block_on(self.shelf.recall(key))).flatten();
        if recalled.is_some() {
            debug!(%key, "Was read before");
        }
        recalled
    }

    fn remember(&self, key: EvidenceId, reading: &[u8]) {
        told(self.runtime.block_on(self.shelf.remember(key, reading)));
    }

    fn artefact(&self, id: EvidenceId) -> Option<Vec<u8>> {
        told(self.runtime.block_on(self.shelf.read(id)))
    }
}

/// A reading that cannot be had is read again: nothing is lost but time.
fn told<T>(outcome: Result<T, StoreError>) -> Option<T> {
    outcome.inspect_err(|error| debug!(%error, "A reading is not remembered")).ok()
}
