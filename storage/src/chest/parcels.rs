//! What travels between a fleet's centre and its workers and is too long for a message: it lies beside the evidence, under
//! `parcels/`, and no case rests on it.
//!
//! Its path says under which lease it travels. Whoever hears how the lease ended takes it away; what nobody spoke of goes by age.

use chrono::{DateTime, Utc};
use model::evidence::EvidenceId;

use super::Chest;
use crate::frontier::Token;
use crate::store::StoreError;

/// The folder of all parcels.
const FOLDER: &str = "parcels";

impl Chest {
    /// Lays down what travels under a lease; whoever picks it up asks for it by its SHA-256.
    pub async fn lay_down(&self, under: Token, bytes: &[u8]) -> Result<EvidenceId, StoreError> {
        let id = EvidenceId::of(bytes);
        self.0.put_beside_evidence(&path(under, id), bytes).await?;
        Ok(id)
    }

    /// What was laid down under a lease. An older program kept it as evidence: it is looked for there, too.
    pub async fn pick_up(&self, under: Token, id: EvidenceId) -> Result<Vec<u8>, StoreError> {
        let path = path(under, id);
        match self.0.beside_evidence(&path).await? {
            Some(bytes) => match EvidenceId::of(&bytes) {
                found if found == id => Ok(bytes),
                found => Err(StoreError::Changed { path: path.into(), found }),
            },
            None => self.read(id).await,
        }
    }

    /// Takes away one thing that travelled under a lease; that it is gone already is as good.
    pub async fn clear(&self, under: Token, id: EvidenceId) -> Result<(), StoreError> {
        self.0.take_away(&path(under, id)).await?;
        self.0.take_away_empty(&folder(under)).await
    }

    /// Takes away whatever travelled under a lease that has ended.
    pub async fn clear_all(&self, under: Token) -> Result<(), StoreError> {
        for one in self.0.lying_in(&folder(under)).await? {
            self.0.take_away(&one.path).await?;
        }
        self.0.take_away_empty(&folder(under)).await
    }

    /// Takes away what has lain there since before a moment; gives back how much that was.
    pub async fn clear_before(&self, moment: DateTime<Utc>) -> Result<usize, StoreError> {
        let mut old = self.0.lying_in(FOLDER).await?;
        old.retain(|one| one.since < moment);
        for one in &old {
            self.0.take_away(&one.path).await?;
            if let Some((folder, _)) = one.path.rsplit_once('/') {
                self.0.take_away_empty(folder).await?;
            }
        }
        Ok(old.len())
    }
}

fn folder(under: Token) -> String {
    format!("{FOLDER}/{}", under.0)
}

fn path(under: Token, id: EvidenceId) -> String {
    format!("{}/{}", folder(under), id.hex())
}

#[cfg(test)]
mod tests {
    use model::evidence::Evidence;

    use super::*;
    use crate::evidence::{Limits, Place};

    fn chest(place: &Place) -> Chest {
        Chest::open(place, Limits::default()).unwrap()
    }

    async fn lying(chest: &Chest) -> Vec<String> {
        chest.0.lying_in(FOLDER).await.unwrap().into_iter().map(|one| one.path).collect()
    }

    /// In a folder and in a bucket.
    async fn what_travels_is_there_until_its_lease_has_ended(place: &Place) {
        let chest = chest(place);
        let (one, other) = (Token(7), Token(8));
        let errand = chest.lay_down(one, b"errand").await.unwrap();
        let outcome = chest.lay_down(one, b"outcome").await.unwrap();
        chest.lay_down(other, b"outcome").await.unwrap();
        assert_eq!(chest.pick_up(one, errand).await.unwrap(), b"errand");
        chest.clear(one, outcome).await.unwrap();
        assert_eq!(chest.pick_up(other, outcome).await.unwrap(), b"outcome", "it travels under another lease");
        assert!(matches!(chest.pick_up(one, outcome).await, Err(StoreError::Unreadable { .. })));
        chest.clear(one, outcome).await.unwrap();
        chest.clear_all(one).await.unwrap();
        assert_eq!(lying(&chest).await, [path(other, outcome)]);
        assert_eq!(chest.clear_before(DateTime::UNIX_EPOCH).await.unwrap(), 0, "it is younger");
        assert_eq!(chest.clear_before(DateTime::<Utc>::MAX_UTC).await.unwrap(), 1);
        assert_eq!(lying(&chest).await, [""; 0]);
    }

    #[tokio::test]
    async fn in_a_folder_what_travels_is_there_until_its_lease_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        what_travels_is_there_until_its_lease_has_ended(&folder.path().into()).await;
        assert_eq!(std::fs::read_dir(folder.path().join(FOLDER)).unwrap().count(), 0, "no folder of a lease is left");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn in_a_bucket_what_travels_is_there_until_its_lease_has_ended() {
        let service = crate::suite::s3::Service::start();
        what_travels_is_there_until_its_lease_has_ended(&(&service.bucket()).into()).await;
    }

    #[tokio::test]
    async fn what_an_older_program_kept_as_evidence_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let chest = chest(&folder.path().into());
        let old = Evidence::new("outcome of a job", "application/json", b"{}".to_vec(), DateTime::UNIX_EPOCH);
        let id = chest.keep(&old).await.unwrap().id;
        assert_eq!(chest.pick_up(Token(3), id).await.unwrap(), b"{}");
        chest.clear(Token(3), id).await.unwrap();
        assert_eq!(chest.read(id).await.unwrap(), b"{}", "evidence is for others to take away");
    }

    #[tokio::test]
    async fn what_was_changed_on_its_way_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let chest = chest(&folder.path().into());
        let id = chest.lay_down(Token(1), b"outcome").await.unwrap();
        std::fs::write(folder.path().join(path(Token(1), id)), b"outcame").unwrap();
        assert!(matches!(chest.pick_up(Token(1), id).await, Err(StoreError::Changed { .. })));
    }
}
