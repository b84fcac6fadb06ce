//! The log and the time stamps of a folder, right and changed in each way.

use std::sync::Arc;

use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;

use super::*;
use crate::keys::{self, Kind};
use crate::log::sealing::{self, LogKey};
use crate::log::{Entry, Log as _};
use crate::sqlite;
use crate::sqlite::tests::clock;
use crate::stamp::authority::{Authority, Terms};
use crate::stamp::{Post, Sender, Stamps as _, ToStamp, Which, what};
use crate::store::Store as _;
use crate::suite::examine;

/// Two cases, a signed checkpoint, a third case, another checkpoint; one picture and both checkpoints are stamped.
struct Sealed {
    dir: TempDir,
    authority: Arc<Authority>,
    key: LogKey,
}

struct Wire(Arc<Authority>);

impl Post for Wire {
    async fn post(&self, _: &str, question: Vec<u8>) -> Result<Vec<u8>, String> {
        Ok(self.0.answer(&question))
    }
}

async fn sealed() -> Sealed {
    let (dir, keys) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let made = keys::log(keys.path()).unwrap();
    let key = LogKey { signer: keys::open(Kind::Log, &made.private, &[]).unwrap(), origin: "log.example".into() };
    let store = sqlite::open(dir.path(), clock()).await.unwrap();
    let now = DateTime::UNIX_EPOCH;
    for (ad, at) in [("a", 0), ("b", 1), ("c", 2)] {
        let case = examine(&store, ad, at, "first").await;
        if ad == "a" {
            let digest = store.rests_on(&case.case_id).await.unwrap()[0].id;
            store.want(&ToStamp { digest, what: what::CAPTURE.into() }).await.unwrap();
        } else {
            let kept = sealing::checkpoint(&store, Some(&key), now).await.unwrap().unwrap();
            sealing::want_stamp(&store, &kept).await.unwrap();
        }
    }
    let authority = Arc::new(Authority::new(&Terms::default()));
    let sender = Sender::new(vec!["https://tsa.test/".into()], Roots::default(), Wire(Arc::clone(&authority)), clock());
    assert_eq!(sender.send(&store, Which::All).await.unwrap().stamped, 3);
    store.close().await;
    Sealed { dir, authority, key }
}

impl Sealed {
    fn trust(&self) -> Trust {
        let roots = Roots::read(&[self.authority.path("root.pem")]).unwrap();
        Trust { roots, log_key: Some(self.key.signer.public_key().clone()), now: None }
    }

    async fn verify(&self) -> Verification {
        verify_by(self.dir.path(), &self.trust()).await.unwrap()
    }
}

/// Changes the database as somebody would who has it whole.
async fn sql(dir: &Path, statement: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.join(DATABASE));
    let mut connection = options.foreign_keys(false).connect().await.unwrap();
    let triggers = ["DROP TRIGGER IF EXISTS log_is_not_changed", "DROP TRIGGER IF EXISTS log_is_not_shortened"];
    for statement in triggers.into_iter().chain([statement]) {
        sqlx::query(statement).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn each_step_is_told_in_words() {
    let folder = sealed().await;
    let verified = folder.verify().await;
    assert_eq!(verified.problems, []);
    let said = verified.said.join("\n");
    for word in [
        "log: 4 entries, hashed anew",
        "log: 2 checkpoints, each the root",
        "the last stands for 4 of them",
        "2 checkpoints are signed, the last with the key that was given",
        "1 of a capture, by CN=Test TSA,O=Test",
        "2 of a checkpoint",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(!said.contains("not signed") && !said.contains("none is configured"), "{said}");

    let bare = verify(folder.dir.path()).await.unwrap();
    let said = bare.said.join("\n");
    assert!(bare.holds() && said.contains("compare it with the one") && said.contains("none is configured"), "{said}");

    let years = Trust { now: Some(DateTime::UNIX_EPOCH + chrono::TimeDelta::days(40_000)), ..folder.trust() };
    let later = verify_by(folder.dir.path(), &years).await.unwrap();
    assert!(later.holds() && later.said.iter().any(|said| said.contains("of 3 have run out")), "{:?}", later.said);
}

#[tokio::test]
async fn another_key_and_another_root_are_named() {
    let (folder, other) = (sealed().await, sealed().await);
    let trust = Trust { log_key: Some(other.key.signer.public_key().clone()), ..folder.trust() };
    let problems = verify_by(folder.dir.path(), &trust).await.unwrap().problems;
    assert!(problems.len() == 1 && problems[0].detail.contains("another key"), "{problems:?}");
    let trust = Trust { roots: other.trust().roots, ..folder.trust() };
    let problems = verify_by(folder.dir.path(), &trust).await.unwrap().problems;
    assert!(problems.len() == 3 && problems[0].detail.contains("configured roots"), "{problems:?}");
}

#[tokio::test]
async fn each_change_of_the_log_its_checkpoints_and_its_stamps_is_named() {
    let changes: [(&'static str, &str); 17] = [
        ("UPDATE log SET entry = replace(entry, 'inconclusive', 'clean') WHERE leaf_index = 0", "entry 0"),
        ("UPDATE log SET leaf_hash = replace(leaf_hash, 'a', 'b') WHERE leaf_index = 1", "entry 1"),
        ("UPDATE log SET kind = 'measure' WHERE leaf_index = 1", "entry 1"),
        ("UPDATE log SET case_id = NULL WHERE leaf_index = 0", "entry 0"),
        ("DELETE FROM log WHERE leaf_index = 1", "entry 2"),
        ("DELETE FROM log WHERE leaf_index = 3", "checkpoint 2"),
        ("DELETE FROM log", "checkpoint 1"),
        ("DELETE FROM case_evidence WHERE case_number = 3", "case "),
        ("UPDATE checkpoints SET size = 2 WHERE number = 1", "checkpoint 1"),
        ("UPDATE checkpoints SET root = replace(root, 'a', 'b') WHERE number = 2", "checkpoint 2"),
        ("UPDATE checkpoints SET note = replace(note, 'log.example', 'log.exampel') WHERE number = 2", "checkpoint 2"),
        (
            "UPDATE checkpoints SET note = replace(note, char(10) || '4' || char(10), char(10) || '5' || char(10)), size = 5 WHERE number = 2",
            "checkpoint 2",
        ),
        ("DELETE FROM checkpoints WHERE number = 2", "stamp 3 of checkpoint"),
        ("UPDATE stamps SET response = zeroblob(900) WHERE number = 1", "stamp 1 of capture"),
        (
            "UPDATE stamps SET response = (SELECT response FROM stamps WHERE number = 2) WHERE number = 1",
            "stamp 1 of capture",
        ),
        (
            "UPDATE stamps SET digest = 'sha256:' || leaf_hash FROM log WHERE leaf_index = 0 AND number = 1",
            "stamp 1 of capture",
        ),
        ("UPDATE stamps SET stamped_at = '2020-01-01T00:00:00+00:00' WHERE number = 2", "stamp 2 of checkpoint"),
    ];
    let right = sealed().await;
    for (change, place) in changes {
        let held = tempfile::tempdir().unwrap();
        let dir = held.path().join("copy");
        let copied = std::process::Command::new("cp").arg("-a").arg(right.dir.path()).arg(&dir).status();
        assert!(copied.unwrap().success());
        sql(&dir, change).await;
        let problems = verify_by(&dir, &right.trust()).await.unwrap().problems;
        assert!(problems.iter().any(|problem| problem.file.contains(place)), "{change}: {problems:?}");
    }
}

#[tokio::test]
async fn a_tile_that_does_not_stand_for_its_entries_is_named_and_no_checkpoint_is_made_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let now = DateTime::UNIX_EPOCH;
    let record = EvidenceId::of(b"record");
    let entry = Entry::Restamp { of: record, stamp: record, authority: "https://tsa.test/".into(), at: now };
    let store = sqlite::open(dir.path(), clock()).await.unwrap();
    for _ in 0..600 {
        store.append(&entry).await.unwrap();
    }
    sealing::checkpoint(&store, None, now).await.unwrap();
    store.close().await;
    assert_eq!(verify(dir.path()).await.unwrap().problems, []);
    let changes = [
        ("UPDATE log_tiles SET hash = (SELECT leaf_hash FROM log LIMIT 1) WHERE tile = 0", "tile 0 of level 1"),
        ("DELETE FROM log_tiles WHERE tile = 0", "tile 1 of level 1"),
        ("INSERT INTO log_tiles SELECT 1, 2, leaf_hash FROM log LIMIT 1", "tiles of the log"),
    ];
    for (change, place) in changes {
        let held = tempfile::tempdir().unwrap();
        let copy = held.path().join("copy");
        let copied = std::process::Command::new("cp").arg("-a").arg(dir.path()).arg(&copy).status();
        assert!(copied.unwrap().success());
        sql(&copy, change).await;
        let problems = verify(&copy).await.unwrap().problems;
        assert!(problems.len() == 1 && problems[0].file.contains(place), "{change}: {problems:?}");
        // What the change would lead to is not signed.
        let store = sqlite::open(&copy, clock()).await.unwrap();
        for _ in 0..200 {
            store.append(&entry).await.unwrap();
        }
        let refused = sealing::checkpoint(&store, None, now).await;
        assert!(refused.is_err(), "{change}");
        store.close().await;
        // As the message says, they can be made anew.
        sql(&copy, "DELETE FROM log_tiles").await;
        let store = sqlite::open(&copy, clock()).await.unwrap();
        sealing::checkpoint(&store, None, now).await.unwrap().unwrap();
        store.close().await;
        assert_eq!(verify(&copy).await.unwrap().problems, [], "{change}");
    }
}
