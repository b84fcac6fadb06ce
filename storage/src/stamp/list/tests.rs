//! Lists that a real root issues: before and after a stamp, with its certificate and without, and those of others.

use std::sync::{Arc, Mutex};

use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;

use super::*;
use crate::sqlite::{self, SqliteStore};
use crate::stamp::authority::{Authority, Terms};
use crate::stamp::{Sender, ToStamp, Which, what};
use crate::store::Store as _;
use crate::verify::{Trust, Verification, verify_by};

const LIST: &str = "http://ca.test/list.crl";
/// As `openssl ca` takes it: a list that was issued long before any stamp, and is good until long after.
const LONG_AGO: &[&str] = &["-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", "20991231235959Z"];

/// An authority, and what lies where its certificate says that the list is; nothing where that is down.
#[derive(Clone)]
struct Wire(Arc<Authority>, Arc<Mutex<Option<Vec<u8>>>>);

impl Post for Wire {
    async fn post(&self, _: &str, question: Vec<u8>) -> Result<Vec<u8>, String> {
        Ok(self.0.answer(&question))
    }

    async fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        assert_eq!(url, LIST);
        self.1.lock().unwrap().clone().ok_or_else(|| "it is down".into())
    }
}

struct World {
    dir: TempDir,
    store: SqliteStore,
    wire: Wire,
    sender: Sender<Wire>,
}

impl World {
    async fn new() -> Self {
        let authority = Authority::new(&Terms { list: Some(LIST.into()), ..Terms::default() });
        let (dir, wire) = (tempfile::tempdir().unwrap(), Wire(Arc::new(authority), Arc::default()));
        #[expect(clippy::disallowed_methods, reason = "openssl has no other clock")]
        let clock: model::units::Clock = Arc::new(Utc::now);
        let store = sqlite::open(dir.path(), clock.clone()).await.unwrap();
        let roots = Roots::read(&[wire.0.path("root.pem")]).unwrap();
        let sender = Sender::new(vec!["https://tsa.test/".into()], roots, wire.clone(), clock);
        Self { dir, store, wire, sender }
    }

    /// Has a new record stamped.
    async fn stamp(&self) {
        let case = crate::suite::examine(&self.store, "a", 0, "first").await;
        let digest = self.store.rests_on(&case.case_id).await.unwrap()[0].id;
        self.store.want(&ToStamp { digest, what: what::CAPTURE.into() }).await.unwrap();
        assert_eq!(self.sender.send(&self.store, Which::All).await.unwrap().stamped, 1);
    }

    async fn fetch(&self, list: Option<Vec<u8>>, which: Which) -> Listed {
        *self.wire.1.lock().unwrap() = list;
        self.sender.fetch_lists(&self.store, which).await.unwrap()
    }

    async fn verified(self) -> Verification {
        self.store.close().await;
        let roots = Roots::read(&[self.wire.0.path("root.pem")]).unwrap();
        verify_by(self.dir.path(), &Trust { roots, ..Trust::default() }).await.unwrap()
    }
}

fn says(verified: &Verification, words: &str) -> bool {
    verified.said.iter().any(|line| line.contains(words))
}

#[tokio::test]
async fn a_list_is_waited_for_until_one_was_issued_after_the_stamp() {
    let world = World::new().await;
    world.stamp().await;
    let listed = world.fetch(None, Which::Due).await;
    assert_eq!((listed.kept, listed.awaited), (0, 1));
    assert_eq!(listed.trouble.as_deref(), Some("http://ca.test/list.crl: it is down"));

    let old = world.wire.0.list(LONG_AGO);
    let listed = world.fetch(Some(old), Which::Due).await;
    assert_eq!((listed.kept, listed.awaited, listed.trouble), (1, 1, None), "it says nothing of the stamp yet");
    // The next one is not due: nobody is asked, unless somebody asked for it.
    let new = world.wire.0.list(&[]);
    assert_eq!(world.fetch(Some(new.clone()), Which::Due).await.kept, 0);
    assert_eq!(world.fetch(Some(new.clone()), Which::All).await.kept, 1);
    assert_eq!(world.fetch(Some(new), Which::All).await, Listed::default(), "nothing is waited for");

    let verified = world.verified().await;
    assert!(verified.holds(), "{:?}", verified.problems);
    assert!(says(&verified, "1 are by certificates that were not taken back"), "{:?}", verified.said);
}

#[tokio::test]
async fn a_stamp_without_its_list_holds_and_that_is_told() {
    let world = World::new().await;
    world.stamp().await;
    let verified = world.verified().await;
    assert!(verified.holds(), "{:?}", verified.problems);
    assert!(says(&verified, "of 1 the certificates name a list"), "{:?}", verified.said);
}

#[tokio::test]
async fn a_certificate_that_was_taken_back_later_stamped_well() {
    let world = World::new().await;
    world.stamp().await;
    let stamped_at = world.store.stamps().await.unwrap()[0].answer.as_ref().unwrap().stamped_at;
    world.wire.0.take_back();
    let listed = world.fetch(Some(world.wire.0.list(&[])), Which::All).await;
    assert_eq!(listed.kept, 1, "{listed:?}");
    let lists = world.store.lists().await.unwrap();
    let answer = world.store.stamps().await.unwrap().remove(0).answer.unwrap();
    let roots = Roots::read(&[world.wire.0.path("root.pem")]).unwrap();
    let standing = |at| standing(&answer.response, at, &lists, &roots).unwrap();
    assert!(matches!(standing(stamped_at - chrono::TimeDelta::hours(1)), Standing::Good { .. }));
}

#[tokio::test]
async fn a_certificate_that_had_been_taken_back_stamped_nothing() {
    let world = World::new().await;
    world.wire.0.take_back();
    world.stamp().await;
    let listed = world.fetch(Some(world.wire.0.list(&[])), Which::All).await;
    assert_eq!(listed.kept, 1, "{listed:?}");
    let verified = world.verified().await;
    assert!(!verified.holds());
    assert!(verified.problems[0].detail.contains("had been taken back"), "{:?}", verified.problems);
}

#[tokio::test]
async fn what_is_no_list_of_the_issuer_is_not_kept() {
    let world = World::new().await;
    world.stamp().await;
    // Another root of the same name.
    let foreign = Authority::new(&Terms::default()).list(&[]);
    for (list, word) in
        [(foreign, "not signed by the issuer"), (b"<html>".to_vec(), "no list"), (vec![0x30; 5 << 20], "longer")]
    {
        let listed = world.fetch(Some(list), Which::All).await;
        assert_eq!(listed.kept, 0);
        assert!(listed.trouble.as_deref().is_some_and(|trouble| trouble.contains(word)), "{:?}", listed.trouble);
    }
}

#[tokio::test]
async fn a_list_that_was_changed_is_named() {
    let world = World::new().await;
    world.stamp().await;
    let list = world.wire.0.list(&[]);
    assert_eq!(world.fetch(Some(list.clone()), Which::All).await.kept, 1);
    let mut changed = list;
    *changed.last_mut().unwrap() ^= 1;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(world.dir.path().join(sqlite::DATABASE));
    let mut connection = options.connect().await.unwrap();
    let change = sqlx::query("UPDATE revocation_lists SET list = $1").bind(changed);
    change.execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let verified = world.verified().await;
    assert!(!verified.holds());
    assert!(verified.problems[0].detail.contains(LIST), "{:?}", verified.problems);
}
