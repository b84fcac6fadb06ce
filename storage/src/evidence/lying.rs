//! What lies where the blobs are, looked at without reading it: to be counted, and to be taken away.

use std::io::ErrorKind;
use std::path::Path;

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use model::evidence::EvidenceId;
use object_store::{Error, ObjectStoreExt as _};

use super::{Blobs, blob_path};
use crate::store::{CaseId, StoreError};

/// A blob, or what a crash left beside one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lying {
    /// Relative to the folder of the store.
    pub(crate) path: String,
    /// `None` for what is no blob.
    pub(crate) id: Option<EvidenceId>,
    pub(crate) bytes: u64,
    pub(crate) since: DateTime<Utc>,
}

impl Lying {
    fn at(path: String, bytes: u64, since: DateTime<Utc>) -> Self {
        let name = path.rsplit('/').next().unwrap_or_default();
        let id = format!("sha256:{name}").parse().ok().filter(|id| blob_path(*id) == path);
        Self { path, id, bytes, since }
    }
}

impl Blobs {
    /// Whether the place of the blobs can be reached. Whoever asks has a patience of their own: nothing is tried again.
    pub(crate) async fn reached(&self) -> Result<(), StoreError> {
        if self.patience.is_none() {
            let looked = tokio::fs::metadata(&self.root).await;
            return looked.map(|_| ()).map_err(|source| StoreError::Unreadable { path: self.root.clone(), source });
        }
        // That there is no such blob is an answer.
        let nothing = blob_path(EvidenceId::of(b"is it there?"));
        match self.objects.head(&nothing.as_str().into()).await {
            Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(StoreError::Bucket { path: self.shown(&nothing), source }),
        }
    }

    /// The part of the blobs whose names begin with this byte: all at once may be more than memory holds.
    pub(crate) async fn lying(&self, first: u8) -> Result<Vec<Lying>, StoreError> {
        self.lying_in(&format!("evidence/sha256/{first:02x}")).await
    }

    /// What lies in a folder, and in those within it.
    pub(crate) async fn lying_in(&self, part: &str) -> Result<Vec<Lying>, StoreError> {
        let Some(patience) = &self.patience else {
            let (root, part) = (self.root.clone(), part.to_owned());
            let walked = tokio::task::spawn_blocking(move || {
                let mut all = Vec::new();
                walk(&root, &part, &mut all).map(|()| all).map_err(|source| (root.join(&part), source))
            });
            let walked = walked.await.expect("internal error: a walk does not panic");
            return walked.map_err(|(path, source)| StoreError::Unreadable { path, source });
        };
        let prefix = part.into();
        let list = || self.objects.list(Some(&prefix)).try_collect::<Vec<_>>();
        let found = patience.ask(list).await;
        let found = found.map_err(|source| StoreError::Bucket { path: self.shown(part), source })?;
        Ok(found.into_iter().map(|one| Lying::at(one.location.to_string(), one.size, one.last_modified)).collect())
    }

    /// Takes something away; that it is gone already is as good.
    pub(crate) async fn take_away(&self, path: &str) -> Result<(), StoreError> {
        let Some(patience) = &self.patience else {
            let path = self.root.join(path);
            return match tokio::fs::remove_file(&path).await {
                Err(source) if source.kind() != ErrorKind::NotFound => Err(StoreError::Folder { path, source }),
                _ => Ok(()),
            };
        };
        let location = path.into();
        match patience.ask(async || object_store::ObjectStoreExt::delete(&*self.objects, &location).await).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(StoreError::Bucket { path: self.shown(path), source }),
        }
    }

    /// Takes away a folder in which nothing is left; a bucket has none.
    pub(crate) async fn take_away_empty(&self, folder: &str) -> Result<(), StoreError> {
        if self.patience.is_none() {
            // One that is not empty stays, and one that is gone is as good.
            tokio::fs::remove_dir(self.root.join(folder)).await.ok();
        }
        Ok(())
    }

    /// Takes away the name under which a folder shows the package of a case.
    pub(crate) async fn take_away_name(&self, case: &CaseId) -> Result<(), StoreError> {
        if self.patience.is_some() {
            return Ok(());
        }
        self.take_away(&format!("evidence/{case}.wacz")).await
    }
}

fn walk(root: &Path, folder: &str, all: &mut Vec<Lying>) -> std::io::Result<()> {
    let entries = match std::fs::read_dir(root.join(folder)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        // What is gone in between is not there.
        let Ok(meta) = entry.metadata() else { continue };
        if meta.is_dir() {
            walk(root, &path, all)?;
        } else if meta.is_file() {
            all.push(Lying::at(path, meta.len(), meta.modified()?.into()));
        }
    }
    Ok(())
}
