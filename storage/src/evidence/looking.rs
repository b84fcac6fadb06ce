//! What lies where the evidence is, read to be verified: nothing is made, changed or mended.

use std::io::{Error, ErrorKind, Read, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use model::evidence::EvidenceId;

use super::place::{self, Place};
use super::quota::Quota;
use super::room::Room;
use super::{Blobs, READINGS};
use crate::hash::{self, Hasher};
use crate::store::StoreError;

/// A file, or a folder, by its name alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    pub(crate) name: String,
    pub(crate) is_folder: bool,
}

impl Blobs {
    /// Opens what is there, to look only.
    pub(crate) fn look(place: &Place) -> std::result::Result<Self, StoreError> {
        match place {
            Place::Bucket(_) => Self::open(place),
            Place::Folder(dir) => {
                let objects = Arc::new(place::files(dir)?);
                Ok(Self { root: dir.clone(), patience: None, objects, room: Room::default(), quota: Quota::default() })
            }
        }
    }

    /// The folder; none for a bucket, in which nothing has a second name.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.patience.is_none().then_some(&self.root)
    }

    /// Whether what lies there can be listed, and where that is.
    pub(crate) async fn reach(&self) -> std::result::Result<String, StoreError> {
        let there = self.root.display();
        match (&self.patience, self.names("evidence").await) {
            (_, Ok(_)) => Ok(format!("{there} answers")),
            (None, Err((path, source))) => Err(StoreError::Folder { path, source }),
            (Some(_), Err((path, source))) => {
                let source = object_store::Error::Generic { store: "S3", source: source.into() };
                Err(StoreError::Bucket { path, source })
            }
        }
    }

    /// What lies in a folder, sorted; nothing when it is not there.
    pub(crate) async fn names(&self, folder: &str) -> std::result::Result<Vec<Name>, (PathBuf, Error)> {
        let failed = |error| (self.shown(folder), error);
        let mut names = match &self.patience {
            None => names_in(&self.root.join(folder)).map_err(failed)?,
            Some(patience) => {
                let prefix = folder.into();
                let listed = patience.ask(|| self.objects.list_with_delimiter(Some(&prefix))).await;
                let listed = listed.map_err(|error| failed(error.into()))?;
                let files = listed.objects.into_iter().map(|one| (one.location, false));
                let all = files.chain(listed.common_prefixes.into_iter().map(|path| (path, true)));
                let name = |(path, is_folder): (object_store::path::Path, _)| {
                    Some(Name { name: path.filename()?.to_owned(), is_folder })
                };
                all.filter_map(name).collect()
            }
        };
        names.sort();
        Ok(names)
    }

    /// A file of at most so many bytes.
    pub(crate) async fn text(&self, path: &str, most: u64) -> Result<Vec<u8>> {
        let too_long = || Error::new(ErrorKind::FileTooLarge, "it is longer than any of its kind");
        let Some(patience) = &self.patience else {
            let mut text = Vec::new();
            hash::open(&self.root.join(path))?.take(most + 1).read_to_end(&mut text)?;
            return if text.len() as u64 > most { Err(too_long()) } else { Ok(text) };
        };
        let whole = async || {
            let got = self.objects.get_opts(&path.into(), object_store::GetOptions::default()).await?;
            if got.meta.size > most { Ok(None) } else { got.bytes().await.map(Some) }
        };
        Ok(patience.ask(whole).await?.ok_or_else(too_long)?.into())
    }

    /// The hash and the length of a file that should have this hash: a service is asked again before it is said that it has not.
    pub(crate) async fn hashed(&self, path: &str, id: EvidenceId) -> Result<(EvidenceId, u64)> {
        let Some(patience) = &self.patience else {
            let file = self.root.join(path);
            let hashed = tokio::task::spawn_blocking(move || hash::of_file(&file)).await;
            return hashed.expect("internal error: hashing does not panic");
        };
        let mut attempt = 1;
        loop {
            match patience.ask(|| self.hash(path)).await? {
                (found, bytes) if found == id || attempt == READINGS => return Ok((found, bytes)),
                _ => attempt += 1,
            }
        }
    }

    /// Piece by piece, so that no object is ever whole in memory.
    async fn hash(&self, path: &str) -> std::result::Result<(EvidenceId, u64), object_store::Error> {
        let got = self.objects.get_opts(&path.into(), object_store::GetOptions::default()).await?;
        let (mut pieces, mut hasher, mut bytes) = (got.into_stream(), Hasher::default(), 0);
        while let Some(piece) = pieces.try_next().await? {
            hasher.update(&piece);
            bytes += piece.len() as u64;
        }
        Ok((hasher.finish(), bytes))
    }
}

fn names_in(folder: &Path) -> Result<Vec<Name>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        names.push(Name { name: entry.file_name().to_string_lossy().into_owned(), is_folder });
    }
    Ok(names)
}
