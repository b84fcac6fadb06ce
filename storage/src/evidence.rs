//! Write-once blobs in a folder, each named by the SHA-256 of its bytes.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use model::evidence::{Evidence, EvidenceId};
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, PutMode, PutOptions, PutPayload};

use crate::hash;
use crate::seal::{Link, Manifest, Sealed};
use crate::store::{CaseId, Kept, Outcome, StoreError};

/// Where a blob lies, relative to the folder of the store.
pub fn blob_path(id: EvidenceId) -> String {
    let hex = id.hex();
    format!("evidence/sha256/{}/{}/{hex}", &hex[..2], &hex[2..4])
}

/// Where a case's manifest lies, relative to the folder of the store.
pub fn manifest_path(case_id: &CaseId) -> String {
    format!("evidence/cases/{case_id}.manifest.json")
}

/// Where a case's package lies once more, under a name for people; it is a second name of the blob, not a copy.
pub fn package_path(case_id: &CaseId) -> String {
    format!("evidence/{case_id}.wacz")
}

/// What an artefact is called that is the package of its case.
pub const PACKAGE: &str = "package";

/// The folder `evidence/` of a store.
#[derive(Debug)]
pub(crate) struct Blobs {
    dir: PathBuf,
    files: LocalFileSystem,
}

impl Blobs {
    pub(crate) fn open(dir: &Path) -> Result<Self, StoreError> {
        for folder in ["evidence/sha256", "evidence/cases"] {
            let path = dir.join(folder);
            std::fs::create_dir_all(&path).map_err(|source| StoreError::Folder { path, source })?;
        }
        let files = LocalFileSystem::new_with_prefix(dir)
            .map_err(|source| StoreError::Keep { path: dir.to_owned(), source })?
            .with_fsync(true);
        Ok(Self { dir: dir.to_owned(), files })
    }

    pub(crate) async fn keep(&self, evidence: &Evidence) -> Result<Kept, StoreError> {
        self.put(&blob_path(evidence.id()), evidence.bytes(), evidence.id()).await?;
        Ok(Kept::of(evidence))
    }

    /// Writes a manifest's file; one that is there already must have the same bytes.
    pub(crate) async fn seal(&self, case_id: &CaseId, sealed: &Sealed) -> Result<(), StoreError> {
        self.put(&manifest_path(case_id), sealed.text.as_bytes(), sealed.id).await
    }

    /// What stands beside the rows of a case, written once they are there: its manifest, and the name of its package.
    pub(crate) async fn beside(&self, case_id: &CaseId, sealed: &Sealed, evidence: &[Kept]) -> Result<(), StoreError> {
        // The manifest comes last: where it is, the name is.
        if let Some(package) = evidence.iter().find(|kept| kept.what == PACKAGE) {
            self.link(package.id, self.dir.join(package_path(case_id))).await?;
        }
        self.seal(case_id, sealed).await
    }

    /// Gives a blob another name. One that is there already must be of the same bytes.
    async fn link(&self, id: EvidenceId, path: PathBuf) -> Result<(), StoreError> {
        let (blob, named) = (self.dir.join(blob_path(id)), path.clone());
        let linked = tokio::task::spawn_blocking(move || second_name(&blob, &named)).await;
        match linked.expect("internal error: naming a file does not panic") {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => self.check(path, id).await,
            Err(source) => Err(StoreError::Folder { path, source }),
        }
    }

    pub(crate) fn has_manifest(&self, case_id: &CaseId) -> bool {
        self.dir.join(manifest_path(case_id)).exists()
    }

    /// Whether a blob of this id and length lies here; its bytes are not read.
    pub(crate) fn has(&self, kept: &Kept) -> bool {
        std::fs::metadata(self.dir.join(blob_path(kept.id)))
            .is_ok_and(|meta| meta.is_file() && meta.len() == kept.bytes)
    }

    /// Refuses an outcome that no row may be made of: its line is no line, or an artefact is not here.
    pub(crate) fn accept(&self, case_id: &CaseId, outcome: &Outcome) -> Result<(), StoreError> {
        if outcome.line.contains(['\n', '\r']) {
            return Err(StoreError::NotOneLine(case_id.clone()));
        }
        match outcome.evidence.iter().find(|kept| !self.has(kept)) {
            Some(absent) => {
                let path = self.dir.join(blob_path(absent.id));
                Err(StoreError::NotKept { case_id: case_id.clone(), path })
            }
            None => Ok(()),
        }
    }

    /// Where the case after the last row (number, id, manifest) goes. The last case's manifest is written if a crash kept it
    /// from being written.
    pub(crate) async fn after(&self, last: Option<(i64, String, String)>) -> Result<Link, StoreError> {
        let Some((number, case_id, text)) = last else { return Ok(Link { number: 1, previous: None }) };
        let (case_id, id) = (CaseId(case_id), EvidenceId::of(text.as_bytes()));
        if !self.has_manifest(&case_id) {
            tracing::debug!(case.id = %case_id, "Writing the manifest of case `{case_id}`, which is not there yet");
            let evidence = serde_json::from_str::<Manifest>(&text).map(|manifest| manifest.evidence);
            self.beside(&case_id, &Sealed { text, id }, &evidence.unwrap_or_default()).await?;
        }
        Ok(Link { number: number.unsigned_abs() + 1, previous: Some(id) })
    }

    pub(crate) async fn read(&self, id: EvidenceId) -> Result<Vec<u8>, StoreError> {
        let path = self.dir.join(blob_path(id));
        let bytes =
            tokio::fs::read(&path).await.map_err(|source| StoreError::Unreadable { path: path.clone(), source })?;
        match EvidenceId::of(&bytes) {
            found if found == id => Ok(bytes),
            found => Err(StoreError::Changed { path, found }),
        }
    }

    /// Writes beside, syncs, then links into place: after a crash there is the whole file or none.
    async fn put(&self, path: &str, bytes: &[u8], id: EvidenceId) -> Result<(), StoreError> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        let payload = PutPayload::from(bytes.to_vec());
        match self.files.put_opts(&path.into(), payload, options).await {
            Ok(_) => Ok(()),
            Err(object_store::Error::AlreadyExists { .. }) => self.check(self.dir.join(path), id).await,
            Err(source) => Err(StoreError::Keep { path: self.dir.join(path), source }),
        }
    }

    async fn check(&self, path: PathBuf, id: EvidenceId) -> Result<(), StoreError> {
        let hashed = {
            let path = path.clone();
            tokio::task::spawn_blocking(move || hash::of_file(&path))
                .await
                .expect("internal error: hashing does not panic")
        };
        match hashed {
            Ok((found, _)) if found == id => Ok(()),
            Ok((found, _)) => Err(StoreError::Changed { path, found }),
            Err(source) => Err(StoreError::Unreadable { path, source }),
        }
    }
}

/// Gives a file a second name; where the file system has none, a copy. After a crash there is the whole of it or none.
fn second_name(file: &Path, name: &Path) -> std::io::Result<()> {
    let folder = name.parent().unwrap_or(name);
    match std::fs::hard_link(file, name) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists && error.kind() != ErrorKind::NotFound => {
            let mut copy = tempfile::Builder::new().prefix(".postlink-").tempfile_in(folder)?;
            std::io::copy(&mut std::fs::File::open(file)?, &mut copy)?;
            copy.as_file().set_permissions(file.metadata()?.permissions())?;
            copy.as_file().sync_all()?;
            copy.persist_noclobber(name).map_err(|error| error.error)?;
        }
        other => other?,
    }
    // The new name itself is on disk only once its folder is.
    std::fs::File::open(folder)?.sync_all()
}

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
        let blobs = Blobs::open(dir.path()).unwrap();
        let kept = blobs.keep(&evidence(b"picture")).await.unwrap();
        let path = dir.path().join(blob_path(kept.id));
        assert_eq!(std::fs::read(&path).unwrap(), b"picture");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        assert!(blobs.has(&kept));
    }

    #[tokio::test]
    async fn a_blob_that_is_there_is_not_written_again() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path()).unwrap();
        let kept = blobs.keep(&evidence(b"picture")).await.unwrap();
        let path = dir.path().join(blob_path(kept.id));
        let before = std::fs::metadata(&path).unwrap().modified().unwrap();
        blobs.keep(&evidence(b"picture")).await.unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), before);
    }

    #[tokio::test]
    async fn a_damaged_blob_is_named_and_not_mended_in_silence() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path()).unwrap();
        let kept = blobs.keep(&evidence(b"picture")).await.unwrap();
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
        let blobs = Blobs::open(dir.path()).unwrap();
        let whole = evidence(b"picture");
        let path = dir.path().join(blob_path(whole.id()));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path.with_file_name(format!("{}#1", whole.id().hex())), b"pic").unwrap();
        let kept = blobs.keep(&whole).await.unwrap();
        assert_eq!(blobs.read(kept.id).await.unwrap(), b"picture");
    }
}
