//! Write-once blobs in a folder or a bucket, each named by the SHA-256 of its bytes.

use std::io::ErrorKind;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::StreamExt as _;
use model::evidence::{Evidence, EvidenceId};
use object_store::{Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload};

use crate::failpoint::reach;
use crate::hash;
use crate::seal::{Link, Manifest, Sealed};
use crate::store::{CaseId, Kept, Outcome, StoreError};

mod looking;
mod lying;
mod place;
pub(crate) mod quota;
mod room;
mod second_name;

pub(crate) use looking::Name;
pub(crate) use lying::Lying;
pub use place::{Bucket, Patience, Place};
use quota::Quota;
pub use room::Limits;
use room::Room;

/// Of one case, how many artefacts a service is asked for at once.
pub(crate) const ASKED_AT_ONCE: usize = 16;

/// How often bytes are asked for that came whole and are not the right ones.
const READINGS: usize = 3;

/// Where a blob lies, relative to the folder of the store.
pub fn blob_path(id: EvidenceId) -> String {
    let hex = id.hex();
    format!("evidence/sha256/{}/{}/{hex}", &hex[..2], &hex[2..4])
}

/// Where a case's manifest lies, relative to the folder of the store.
pub fn manifest_path(case_id: &CaseId) -> String {
    format!("evidence/cases/{case_id}.manifest.json")
}

/// Where a case's package lies once more in a folder, under a name for people; it is a second name of the blob, not a copy.
pub fn package_path(case_id: &CaseId) -> String {
    format!("evidence/{case_id}.wacz")
}

/// What an artefact is called that is the package of its case.
pub const PACKAGE: &str = "package";

/// The folder `evidence/` of a store, or what stands for it in a bucket.
#[derive(Debug)]
pub(crate) struct Blobs {
    /// For errors: the folder, or the bucket's address.
    root: PathBuf,
    /// `None`: in a folder, where asking again changes nothing.
    patience: Option<Patience>,
    objects: Arc<dyn ObjectStore>,
    room: Room,
    pub(crate) quota: Quota,
}

impl Blobs {
    pub(crate) fn open(place: &Place) -> Result<Self, StoreError> {
        let (room, quota) = (Room::default(), Quota::default());
        Ok(match place {
            Place::Folder(dir) => Self { root: dir.clone(), patience: None, objects: place::folder(dir)?, room, quota },
            Place::Bucket(bucket) => {
                let patience = Some(bucket.patience.clone());
                Self { root: PathBuf::from(&bucket.url), patience, objects: place::bucket(bucket)?, room, quota }
            }
        })
    }

    pub(crate) fn limit(&mut self, limits: Limits) {
        self.room.limits = limits;
        self.quota.max = limits.max_bytes_per_advertiser;
    }

    pub(crate) async fn keep(&self, evidence: &Evidence) -> Result<(Kept, Put), StoreError> {
        reach("keep: begun");
        let put = self.put(&blob_path(evidence.id()), evidence.bytes(), evidence.id()).await?;
        if put == Put::Anew {
            self.room.wrote(evidence.bytes().len() as u64);
        }
        reach("keep: done");
        Ok((Kept::of(evidence), put))
    }

    /// Writes a manifest's file; one that is there already must have the same bytes.
    pub(crate) async fn seal(&self, case_id: &CaseId, sealed: &Sealed) -> Result<(), StoreError> {
        self.put(&manifest_path(case_id), sealed.text.as_bytes(), sealed.id).await.map(drop)
    }

    /// What stands beside the rows of a case, written once they are there: its manifest, and the name of its package.
    pub(crate) async fn beside(&self, case_id: &CaseId, sealed: &Sealed, evidence: &[Kept]) -> Result<(), StoreError> {
        // The manifest comes last: where it is, the name is. In a bucket nothing has a second name.
        if let Some(package) = evidence.iter().find(|kept| kept.what == PACKAGE).filter(|_| self.patience.is_none()) {
            self.link(package.id, self.root.join(package_path(case_id))).await?;
            reach("finish: package named");
        }
        self.seal(case_id, sealed).await
    }

    /// Gives a blob another name. One that is there already must be of the same bytes.
    async fn link(&self, id: EvidenceId, path: PathBuf) -> Result<(), StoreError> {
        let (blob, named) = (self.root.join(blob_path(id)), path.clone());
        let linked = tokio::task::spawn_blocking(move || second_name::give(&blob, &named)).await;
        match linked.expect("internal error: naming a file does not panic") {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => self.check_file(path, id).await,
            Err(source) => Err(StoreError::Folder { path, source }),
        }
    }

    /// Whether a blob of this id and length lies here; its bytes are not read.
    pub(crate) async fn has(&self, kept: &Kept) -> Result<bool, StoreError> {
        Ok(self.length(&blob_path(kept.id)).await? == Some(kept.bytes))
    }

    /// Refuses an outcome that no row may be made of: its line is no line, or an artefact is not here.
    pub(crate) async fn accept(&self, case_id: &CaseId, outcome: &Outcome) -> Result<(), StoreError> {
        if outcome.line.contains(['\n', '\r']) {
            return Err(StoreError::NotOneLine(case_id.clone()));
        }
        let mut asked = futures_util::stream::iter(outcome.evidence.clone())
            .map(|kept| async move {
                let here = self.has(&kept).await;
                (kept, here)
            })
            .buffered(ASKED_AT_ONCE);
        while let Some((kept, here)) = asked.next().await {
            if !here? {
                let path = self.shown(&blob_path(kept.id));
                return Err(StoreError::NotKept { case_id: case_id.clone(), path });
            }
        }
        Ok(())
    }

    /// Where the case after the last row (number, id, manifest) goes. The last case's manifest is written if a crash kept it
    /// from being written.
    pub(crate) async fn after(&self, last: Option<(i64, String, String)>) -> Result<Link, StoreError> {
        let Some((number, case_id, text)) = last else { return Ok(Link { number: 1, previous: None }) };
        let (case_id, id) = (CaseId(case_id), EvidenceId::of(text.as_bytes()));
        if self.length(&manifest_path(&case_id)).await?.is_none() {
            tracing::debug!(case.id = %case_id, "Writing the manifest of case `{case_id}`, which is not there yet");
            let evidence = serde_json::from_str::<Manifest>(&text).map(|manifest| manifest.evidence);
            self.beside(&case_id, &Sealed { text, id }, &evidence.unwrap_or_default()).await?;
        }
        Ok(Link { number: number.unsigned_abs() + 1, previous: Some(id) })
    }

    pub(crate) async fn read(&self, id: EvidenceId) -> Result<Vec<u8>, StoreError> {
        self.read_as(&blob_path(id), id).await
    }

    pub(crate) async fn read_part(&self, id: EvidenceId, part: Range<u64>) -> Result<Vec<u8>, StoreError> {
        let path = blob_path(id);
        let fetch = || async { self.objects.get_range(&path.as_str().into(), part.clone()).await };
        let read = match &self.patience {
            Some(patience) => patience.ask(fetch).await,
            None => fetch().await,
        };
        read.map(Into::into).map_err(|error| self.unreadable(&path, error))
    }

    async fn read_as(&self, path: &str, id: EvidenceId) -> Result<Vec<u8>, StoreError> {
        let Some(patience) = &self.patience else {
            let path = self.root.join(path);
            let read = tokio::fs::read(&path).await;
            let bytes = read.map_err(|source| StoreError::Unreadable { path: path.clone(), source })?;
            return right(bytes, id).map_err(|found| StoreError::Changed { path, found });
        };
        let mut attempt = 1;
        loop {
            let bytes = patience.ask(|| self.fetch(path)).await.map_err(|error| self.unreadable(path, error))?;
            match right(bytes, id) {
                Ok(bytes) => return Ok(bytes),
                Err(found) if attempt == READINGS => return Err(StoreError::Changed { path: self.shown(path), found }),
                Err(_) => attempt += 1,
            }
        }
    }

    async fn fetch(&self, path: &str) -> Result<Vec<u8>, Error> {
        Ok(self.objects.get(&path.into()).await?.bytes().await?.into())
    }

    /// A file beside the evidence; `None` when it is not here.
    pub(crate) async fn beside_evidence(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let fetched = match &self.patience {
            Some(patience) => patience.ask(|| self.fetch(path)).await,
            None => self.fetch(path).await,
        };
        match fetched {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.unreadable(path, error)),
        }
    }

    /// Puts a file beside the evidence, in place of what stood there: whole or not at all.
    pub(crate) async fn put_beside_evidence(&self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let payload = PutPayload::from(bytes.to_vec());
        let put = || async { self.objects.put(&path.into(), payload.clone()).await.map(drop) };
        match &self.patience {
            Some(patience) => patience.ask(put).await,
            None => put().await,
        }
        .map_err(|source| StoreError::Keep { path: self.shown(path), source })
    }

    /// How long something is; `None` when it is not here.
    async fn length(&self, path: &str) -> Result<Option<u64>, StoreError> {
        let Some(patience) = &self.patience else {
            let meta = std::fs::metadata(self.root.join(path)).ok();
            return Ok(meta.filter(std::fs::Metadata::is_file).map(|meta| meta.len()));
        };
        match patience.ask(async || self.objects.head(&path.into()).await).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(StoreError::Bucket { path: self.shown(path), source }),
        }
    }

    /// Writes the whole or nothing, and never over what is there.
    ///
    /// A folder gets a file beside, which is synced and then linked into place; a service shows an object when all of it has come.
    /// That another was faster is harmless: what has this name has these bytes.
    async fn put(&self, path: &str, bytes: &[u8], id: EvidenceId) -> Result<Put, StoreError> {
        let payload = PutPayload::from(bytes.to_vec());
        let create = || self.create(path, payload.clone());
        let done = match &self.patience {
            Some(patience) => patience.ask(create).await,
            None => create().await,
        };
        match (done, &self.patience) {
            (Ok(()), _) => Ok(Put::Anew),
            (Err(Error::AlreadyExists { .. }), None) => {
                self.check_file(self.root.join(path), id).await.map(|()| Put::ThereBefore)
            }
            // An attempt whose answer was lost may have made it.
            (Err(Error::AlreadyExists { .. }), Some(_)) => self.read_as(path, id).await.map(|_| Put::ThereBefore),
            (Err(source), None) => Err(StoreError::Keep { path: self.shown(path), source }),
            (Err(source), Some(_)) => Err(StoreError::Bucket { path: self.shown(path), source }),
        }
    }

    async fn create(&self, path: &str, payload: PutPayload) -> Result<(), Error> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        self.objects.put_opts(&path.into(), payload, options).await.map(drop)
    }

    async fn check_file(&self, path: PathBuf, id: EvidenceId) -> Result<(), StoreError> {
        let file = path.clone();
        let hashed = tokio::task::spawn_blocking(move || hash::of_file(&file)).await;
        match hashed.expect("internal error: hashing does not panic") {
            Ok((found, _)) if found == id => Ok(()),
            Ok((found, _)) => Err(StoreError::Changed { path, found }),
            Err(source) => Err(StoreError::Unreadable { path, source }),
        }
    }

    fn unreadable(&self, path: &str, error: Error) -> StoreError {
        match error {
            Error::NotFound { .. } => {
                let source = std::io::Error::new(std::io::ErrorKind::NotFound, "it is not there");
                StoreError::Unreadable { path: self.shown(path), source }
            }
            source => StoreError::Bucket { path: self.shown(path), source },
        }
    }

    /// A path as people are told it.
    fn shown(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }
}

/// How something came to be where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Put {
    Anew,
    ThereBefore,
}

/// The bytes, or the name that is theirs.
fn right(bytes: Vec<u8>, id: EvidenceId) -> Result<Vec<u8>, EvidenceId> {
    match EvidenceId::of(&bytes) {
        found if found == id => Ok(bytes),
        found => Err(found),
    }
}

/// The objects of a bucket, for tests that change them behind our back.
#[cfg(test)]
pub(crate) fn objects(bucket: &Bucket) -> Result<Arc<dyn ObjectStore>, StoreError> {
    place::bucket(bucket)
}

#[cfg(test)]
mod s3_tests;

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn evidence(bytes: &[u8]) -> Evidence {
        Evidence::new("page picture", "image/webp", bytes.to_vec(), DateTime::UNIX_EPOCH)
    }

    #[tokio::test]
    async fn a_blob_is_named_by_its_hash_and_leaves_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(&dir.path().into()).unwrap();
        let (kept, _) = blobs.keep(&evidence(b"picture")).await.unwrap();
        let path = dir.path().join(blob_path(kept.id));
        assert_eq!(std::fs::read(&path).unwrap(), b"picture");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        assert!(blobs.has(&kept).await.unwrap());
    }

    #[tokio::test]
    async fn a_blob_that_is_there_is_not_written_again() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(&dir.path().into()).unwrap();
        let (kept, _) = blobs.keep(&evidence(b"picture")).await.unwrap();
        let path = dir.path().join(blob_path(kept.id));
        let before = std::fs::metadata(&path).unwrap().modified().unwrap();
        blobs.keep(&evidence(b"picture")).await.unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), before);
    }

    #[tokio::test]
    async fn a_damaged_blob_is_named_and_not_mended_in_silence() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(&dir.path().into()).unwrap();
        let (kept, _) = blobs.keep(&evidence(b"picture")).await.unwrap();
        let path = dir.path().join(blob_path(kept.id));
        std::fs::write(&path, b"pictura").unwrap();
        let error = blobs.keep(&evidence(b"picture")).await.unwrap_err();
        assert!(error.to_string().contains(&kept.id.hex()), "{error}");
        assert!(matches!(blobs.read(kept.id).await, Err(StoreError::Changed { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"pictura", "what is there is never overwritten");
    }

    #[tokio::test]
    async fn what_a_crash_left_half_written_does_not_stand_in_the_way() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(&dir.path().into()).unwrap();
        let whole = evidence(b"picture");
        let path = dir.path().join(blob_path(whole.id()));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path.with_file_name(format!("{}#1", whole.id().hex())), b"pic").unwrap();
        let (kept, _) = blobs.keep(&whole).await.unwrap();
        assert_eq!(blobs.read(kept.id).await.unwrap(), b"picture");
    }
}
