//! The evidence alone, for those who have no database: they keep artefacts, and read them again.
//!
//! What was read of a creative lies beside the evidence here, so that whoever reads it next, on whichever machine, need not.
//! A reading is no evidence: it is not sealed, it may be lost, and it is written over.

use model::evidence::{Evidence, EvidenceId};

use crate::evidence::{Blobs, Limits, Place};
use crate::store::{Kept, StoreError};

mod parcels;

/// A folder or a bucket of artefacts.
#[derive(Debug)]
pub struct Chest(Blobs);

impl Chest {
    pub fn open(place: &Place, limits: Limits) -> Result<Self, StoreError> {
        let mut blobs = Blobs::open(place)?;
        blobs.limit(limits);
        Ok(Self(blobs))
    }

    /// Keeps an artefact. One that is there already is left as it is, after its bytes were checked.
    pub async fn keep(&self, evidence: &Evidence) -> Result<Kept, StoreError> {
        self.0.keep(evidence).await.map(|(kept, _)| kept)
    }

    /// Gives back an artefact's bytes, after checking them.
    pub async fn read(&self, id: EvidenceId) -> Result<Vec<u8>, StoreError> {
        self.0.read(id).await
    }

    /// Whether the folder or the bucket can be reached.
    pub async fn reached(&self) -> Result<(), StoreError> {
        self.0.reached().await
    }

    /// Refuses where there is no room for another case.
    pub async fn has_room(&self) -> Result<(), StoreError> {
        self.0.has_room().await
    }

    /// What was read under this key.
    pub async fn recall(&self, key: EvidenceId) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.beside_evidence(&reading_path(key)).await
    }

    /// Keeps a reading under its key, in place of the one that is there.
    pub async fn remember(&self, key: EvidenceId, reading: &[u8]) -> Result<(), StoreError> {
        self.0.put_beside_evidence(&reading_path(key), reading).await
    }
}

fn reading_path(key: EvidenceId) -> String {
    let hex = key.hex();
    format!("readings/{}/{hex}", &hex[..2])
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[tokio::test]
    async fn artefacts_are_kept_and_readings_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let chest = Chest::open(&folder.path().into(), Limits::default()).unwrap();
        let evidence = Evidence::new("picture", "image/webp", b"p".to_vec(), DateTime::UNIX_EPOCH);
        let kept = chest.keep(&evidence).await.unwrap();
        assert_eq!(chest.read(kept.id).await.unwrap(), b"p");
        let key = EvidenceId::of(b"key");
        assert_eq!(chest.recall(key).await.unwrap(), None);
        for reading in [b"first", b"later"] {
            chest.remember(key, reading).await.unwrap();
            assert_eq!(chest.recall(key).await.unwrap().as_deref(), Some(&reading[..]));
        }
    }

    #[tokio::test]
    async fn a_full_folder_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { max_bytes: 1, ..Limits::default() };
        let chest = Chest::open(&folder.path().into(), limits).unwrap();
        chest.has_room().await.unwrap();
        chest.keep(&Evidence::new("picture", "image/webp", b"pp".to_vec(), DateTime::UNIX_EPOCH)).await.unwrap();
        assert!(matches!(chest.has_room().await, Err(StoreError::Full { .. })));
    }
}
