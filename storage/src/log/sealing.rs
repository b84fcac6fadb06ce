//! Makes checkpoints of a log, and hands its key on to the next one.

use chrono::{DateTime, Utc};
use model::evidence::EvidenceId;

use crate::keys::{KeyError, PublicKey, Signer};
use crate::log::checkpoint::{Checkpoint, NO_ORIGIN};
use crate::log::entry::{Entry, announcement};
use crate::log::{Hash, KeptCheckpoint, Log, Logged, proof, tiles, tree};
use crate::stamp::{Stamps, ToStamp, what};
use crate::store::StoreError;

/// Who signs, and under which name.
pub struct LogKey {
    pub signer: Box<dyn Signer>,
    /// The name of the log, such as `evidence.example/log`.
    pub origin: String,
}

/// Why there is no checkpoint.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(
        "the log is signed with the key {expected}, and the configured one is {found}: name the right one as `seal.log_key`, or run `postlink keys rotate`"
    )]
    OtherKey { expected: String, found: String },
    #[error(
        "`{0}` is no name of a log: write such as `evidence.example/log`, without spaces and `+`, as `seal.log_origin`"
    )]
    Origin(String),
    #[error("the log is signed as `{expected}`, and `seal.log_origin` is `{found}`: a log keeps its name")]
    OtherOrigin { expected: String, found: String },
    #[error(
        "the log is not the one that checkpoint {number} stands for, and more: nothing is signed; run `postlink verify` to see what was changed"
    )]
    OtherLog { number: u64 },
    #[error("the log was never signed with a key, so there is none to hand over: set `seal.log_key` to the new one")]
    NoKeyBefore,
}

/// The latest checkpoint, made anew if the log has grown since, or if it can be signed now and was not. `None` while the log is
/// empty.
///
/// The first checkpoint by a key announces the key in the log itself.
pub async fn checkpoint(
    store: &impl Log,
    key: Option<&LogKey>,
    now: DateTime<Utc>,
) -> Result<Option<KeptCheckpoint>, SealError> {
    if store.log_size().await? == 0 {
        return Ok(None);
    }
    if let Some(key) = key {
        check_origin(&key.origin)?;
        if keys(store).await?.is_empty() {
            let public_key = key.signer.public_key().base64();
            let origin = key.origin.clone();
            store.append(&Entry::Key { public_key, origin, before: None, signature: None, at: now }).await?;
        }
        is_in_force(store, key).await?;
    }
    let size = store.log_size().await?;
    let before = proof::latest(store).await?;
    if let Some((kept, note)) = &before
        && note.checkpoint.size == size
        && (key.is_none() || note.is_signed())
    {
        return Ok(Some(kept.clone()));
    }
    tiles::extend(store, size).await?;
    let root = tiles::root(store, size).await?;
    if let Some((kept, note)) = &before {
        goes_on(store, kept, &note.checkpoint, (size, root)).await?;
    }
    let origin = key.map_or(NO_ORIGIN, |key| key.origin.as_str()).to_owned();
    let checkpoint = Checkpoint { origin, size, root };
    let note = match key {
        Some(key) => checkpoint.sign(&*key.signer).await?,
        None => checkpoint.unsigned(),
    };
    Ok(Some(store.keep_checkpoint(&note).await?))
}

/// Refuses to sign what is not the log that was signed before, and more.
async fn goes_on(
    store: &impl Log,
    kept: &KeptCheckpoint,
    before: &Checkpoint,
    now: (u64, Hash),
) -> Result<(), SealError> {
    let path = tiles::consistency(store, before.size, now.0).await?;
    match path.is_some_and(|path| tree::is_consistent((before.size, before.root), now, &path)) {
        true => Ok(()),
        false => Err(SealError::OtherLog { number: kept.number }),
    }
}

/// Has a checkpoint stamped.
pub async fn want_stamp(store: &impl Stamps, checkpoint: &KeptCheckpoint) -> Result<(), StoreError> {
    let digest = EvidenceId::of(checkpoint.note.as_bytes());
    store.want(&ToStamp { digest, what: what::CHECKPOINT.into() }).await
}

/// Announces the key that signs from now on, signed by the one before; what went before is closed by a last checkpoint.
pub async fn rotate(
    store: &impl Log,
    before: &LogKey,
    next: &PublicKey,
    now: DateTime<Utc>,
) -> Result<Logged, SealError> {
    if keys(store).await?.is_empty() {
        return Err(SealError::NoKeyBefore);
    }
    checkpoint(store, Some(before), now).await?;
    let (origin, old, new) = (before.origin.clone(), before.signer.public_key().base64(), next.base64());
    let signature = before.signer.sign(announcement(&origin, &old, &new).as_bytes()).await?;
    let signature = Some(crate::keys::base64(&signature));
    Ok(store.append(&Entry::Key { public_key: new, origin, before: Some(old), signature, at: now }).await?)
}

/// The public keys that were announced, in order, as base64, each with the name of the log.
async fn keys(store: &impl Log) -> Result<Vec<(String, String)>, StoreError> {
    let entries = store.logged_as("key").await?;
    let read = |entry: Logged| match serde_json::from_str(&entry.text) {
        Ok(Entry::Key { public_key, origin, .. }) => Some((public_key, origin)),
        _ => None,
    };
    Ok(entries.into_iter().filter_map(read).collect())
}

async fn is_in_force(store: &impl Log, key: &LogKey) -> Result<(), SealError> {
    let found = key.signer.public_key().base64();
    match keys(store).await?.pop() {
        Some((expected, _)) if expected != found => Err(SealError::OtherKey { expected, found }),
        Some((_, expected)) if expected != key.origin => {
            Err(SealError::OtherOrigin { expected, found: key.origin.clone() })
        }
        _ => Ok(()),
    }
}

fn check_origin(origin: &str) -> Result<(), SealError> {
    let wrong = origin.is_empty() || origin.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+');
    if wrong { Err(SealError::Origin(origin.to_owned())) } else { Ok(()) }
}

/// Which key signs which checkpoints, as the log itself tells it.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyHistory {
    /// With the index of the entry that announced each.
    keys: Vec<(u64, PublicKey, String)>,
}

impl KeyHistory {
    /// Takes the next announcement; an error says what is wrong with it.
    pub(crate) fn add(&mut self, index: u64, entry: &Entry) -> Result<(), &'static str> {
        let Entry::Key { public_key, origin, before, signature, .. } = entry else { return Ok(()) };
        let key = PublicKey::of_base64(public_key).ok_or("its key is none")?;
        match (self.keys.last(), before, signature) {
            (None, None, None) => {}
            // Two that began at once announced the same key.
            (Some((_, last, _)), None, None) if *last == key => return Ok(()),
            (None, ..) => return Err("it follows a key that was never announced"),
            (Some((_, last, _)), Some(before), Some(signature)) => {
                let message = announcement(origin, before, public_key);
                let signature = crate::keys::of_base64(signature).ok_or("its signature is none")?;
                if last.base64() != *before || !last.has_signed(message.as_bytes(), &signature) {
                    return Err("the key before did not sign for it");
                }
            }
            (Some(_), ..) => return Err("the key before did not sign for it"),
        }
        self.keys.push((index, key, origin.clone()));
        Ok(())
    }

    /// The key, and the name it signs under, when the log had this size.
    pub(crate) fn at(&self, size: u64) -> Option<(&PublicKey, &str)> {
        let announced = self.keys.iter().rev().find(|(index, ..)| *index < size);
        announced.map(|(_, key, origin)| (key, origin.as_str()))
    }
}

/// The public key with which a checkpoint of this size is signed, in PEM; `None` where none was announced.
pub async fn public_key(store: &impl Log, size: u64) -> Result<Option<String>, StoreError> {
    let mut history = KeyHistory::default();
    for logged in store.logged_as("key").await? {
        if let Ok(entry) = serde_json::from_str(&logged.text) {
            let _ = history.add(logged.index, &entry);
        }
    }
    Ok(history.at(size).map(|(key, _)| key.pem()))
}

#[cfg(test)]
mod tests;
