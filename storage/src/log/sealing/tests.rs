//! Checkpoints as a store makes them, and keys that follow each other.

use chrono::TimeDelta;
use tempfile::TempDir;

use super::*;
use crate::keys::{self, Kind};
use crate::log::checkpoint::Note;
use crate::sqlite::tests::clock;
use crate::sqlite::{self, SqliteStore};
use crate::suite::examine;

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn key(folder: &TempDir, name: &str) -> LogKey {
    let made = keys::log(&folder.path().join(name)).unwrap();
    LogKey { signer: keys::open(Kind::Log, &made.private, &[]).unwrap(), origin: "log.example/cases".into() }
}

async fn store() -> (SqliteStore, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (sqlite::open(dir.path(), clock()).await.unwrap(), dir)
}

async fn sizes(store: &SqliteStore) -> Vec<(u64, bool)> {
    let notes = store.checkpoints().await.unwrap().into_iter().map(|kept| Note::parse(&kept.note).unwrap());
    notes.map(|note| (note.checkpoint.size, note.is_signed())).collect()
}

#[tokio::test]
async fn a_checkpoint_is_made_when_the_log_has_grown_and_when_a_key_comes() {
    let (store, _dir) = store().await;
    assert_eq!(checkpoint(&store, None, NOW).await.unwrap(), None);
    examine(&store, "a", 0, "first").await;
    let first = checkpoint(&store, None, NOW).await.unwrap().unwrap();
    assert_eq!(checkpoint(&store, None, NOW).await.unwrap(), Some(first));
    let folder = tempfile::tempdir().unwrap();
    let key = key(&folder, "one");
    for _ in 0..2 {
        checkpoint(&store, Some(&key), NOW).await.unwrap();
    }
    // The key's own entry is under the first checkpoint that it signs.
    assert_eq!(sizes(&store).await, [(1, false), (2, true)]);
    let (_, note) = proof::latest(&store).await.unwrap().unwrap();
    assert_eq!(note.is_signed_by(key.signer.public_key()), Some(true));
    assert_eq!(public_key(&store, 2).await.unwrap(), Some(key.signer.public_key().pem()));
    assert_eq!(public_key(&store, 1).await.unwrap(), None);
}

#[tokio::test]
async fn a_key_is_followed_by_the_one_it_signs_for_and_by_no_other() {
    let (store, _dir) = store().await;
    let folder = tempfile::tempdir().unwrap();
    let (one, other, stranger) = (key(&folder, "one"), key(&folder, "other"), key(&folder, "stranger"));
    assert!(matches!(rotate(&store, &one, other.signer.public_key(), NOW).await, Err(SealError::NoKeyBefore)));
    examine(&store, "a", 0, "first").await;
    checkpoint(&store, Some(&one), NOW).await.unwrap();
    let error = checkpoint(&store, Some(&stranger), NOW).await.unwrap_err().to_string();
    assert!(error.contains("postlink keys rotate"), "{error}");
    let later = NOW + TimeDelta::days(1);
    let announced = rotate(&store, &one, other.signer.public_key(), later).await.unwrap();
    assert!(matches!(checkpoint(&store, Some(&one), later).await, Err(SealError::OtherKey { .. })));
    checkpoint(&store, Some(&other), later).await.unwrap();

    let mut history = KeyHistory::default();
    for logged in store.logged_as("key").await.unwrap() {
        history.add(logged.index, &serde_json::from_str(&logged.text).unwrap()).unwrap();
    }
    let at = |size| history.at(size).map(|(key, _)| key.clone());
    assert_eq!(at(announced.index), Some(one.signer.public_key().clone()));
    assert_eq!(at(announced.index + 1), Some(other.signer.public_key().clone()));

    let forged = |before: &LogKey, signature: Option<String>| Entry::Key {
        public_key: stranger.signer.public_key().base64(),
        origin: "log.example/cases".into(),
        before: Some(before.signer.public_key().base64()),
        signature,
        at: later,
    };
    let signature = stranger.signer.sign(b"anything").await.unwrap();
    for entry in [
        forged(&one, Some(keys::base64(&signature))),
        forged(&other, Some(keys::base64(&signature))),
        forged(&other, None),
        forged(&other, Some("no signature".into())),
    ] {
        assert!(history.clone().add(9, &entry).is_err(), "{entry:?}");
    }
}

#[tokio::test]
async fn a_name_that_no_note_can_have_is_refused() {
    let (store, _dir) = store().await;
    examine(&store, "a", 0, "first").await;
    let folder = tempfile::tempdir().unwrap();
    for (at, origin) in ["", "two words", "a+b", "line\nbreak"].iter().enumerate() {
        let key = LogKey { origin: (*origin).to_owned(), ..key(&folder, &format!("{at}")) };
        assert!(matches!(checkpoint(&store, Some(&key), NOW).await, Err(SealError::Origin(_))));
    }
}
