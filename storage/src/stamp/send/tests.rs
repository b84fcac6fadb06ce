//! The queue with a real authority behind a wire that is cut and mended.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use super::*;
use crate::sqlite::{self, SqliteStore};
use crate::stamp::authority::{Authority, Terms};
use crate::stamp::{Checked, ToStamp, read, renew, what};
use model::evidence::EvidenceId;

/// Answers by the address that is asked.
#[derive(Clone)]
struct Wire {
    authority: Arc<Authority>,
    asked: Arc<AtomicUsize>,
    down: Arc<AtomicUsize>,
}

impl Post for Wire {
    async fn post(&self, url: &str, question: Vec<u8>) -> Result<Vec<u8>, String> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        match url {
            "https://garbage.test/" => Ok(b"<html>".to_vec()),
            "https://refuses.test/" => Ok(self.authority.answer(b"no question")),
            "https://other.test/" => {
                let other = request(EvidenceId::of(b"another")).ok_or("no chance")?;
                Ok(self.authority.answer(&other.bytes))
            }
            "https://broken.test/" => Err("status 500".into()),
            _ if self.down.load(Ordering::SeqCst) > 0 => Err("it does not answer within 30 seconds".into()),
            _ => Ok(self.authority.answer(&question)),
        }
    }
}

struct World {
    store: SqliteStore,
    wire: Wire,
    seconds: Arc<AtomicI64>,
    _dir: tempfile::TempDir,
}

const RIGHT: &str = "https://tsa.test/";

impl World {
    async fn with(texts: &[&str]) -> Self {
        let seconds = Arc::new(AtomicI64::new(0));
        let dir = tempfile::tempdir().unwrap();
        let wire = Wire {
            authority: Arc::new(Authority::new(&Terms::default())),
            asked: Arc::default(),
            down: Arc::default(),
        };
        let clock = clock(&seconds);
        let store = sqlite::open(dir.path(), clock).await.unwrap();
        for text in texts {
            let digest = EvidenceId::of(text.as_bytes());
            store.want(&ToStamp { digest, what: what::PACKAGE.into() }).await.unwrap();
        }
        Self { store, wire, seconds, _dir: dir }
    }

    fn sender(&self, authorities: &[&str]) -> Sender<Wire> {
        let roots = Roots::read(&[self.wire.authority.path("root.pem")]).unwrap();
        let authorities = authorities.iter().map(|url| (*url).to_owned()).collect();
        Sender::new(authorities, roots, self.wire.clone(), clock(&self.seconds))
    }

    fn asked(&self) -> usize {
        self.wire.asked.swap(0, Ordering::SeqCst)
    }
}

fn clock(seconds: &Arc<AtomicI64>) -> Clock {
    let seconds = Arc::clone(seconds);
    Arc::new(move || DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds.load(Ordering::SeqCst)))
}

#[tokio::test]
async fn what_waits_is_stamped_and_openssl_verifies_what_is_kept() {
    let world = World::with(&["one", "two"]).await;
    let sent = world.sender(&[RIGHT]).send(&world.store, Which::Due).await.unwrap();
    assert_eq!((sent.stamped, sent.not_stamped), (2, 0));
    let roots = Roots::read(&[world.wire.authority.path("root.pem")]).unwrap();
    for (stamp, text) in world.store.stamps().await.unwrap().iter().zip(["one", "two"]) {
        let answer = stamp.answer.as_ref().unwrap();
        assert_eq!(answer.authority, RIGHT);
        assert!(world.wire.authority.verifies(&answer.response, text.as_bytes()));
        assert_eq!(read(&answer.response, stamp.digest, &roots).unwrap().checked, Checked::ToRoot);
    }
    assert_eq!(world.asked(), 2);
    assert_eq!(world.sender(&[RIGHT]).send(&world.store, Which::All).await.unwrap(), Sent::default());
    assert_eq!(world.asked(), 0);
}

#[tokio::test]
async fn one_that_is_down_or_wrong_is_passed_over_for_the_next() {
    let authorities = ["https://broken.test/", "https://garbage.test/", "https://refuses.test/", "https://other.test/"];
    let world = World::with(&["one"]).await;
    let sent = world.sender(&[&authorities[..], &[RIGHT]].concat()).send(&world.store, Which::Due).await.unwrap();
    assert_eq!((sent.stamped, world.asked()), (1, 5));

    let world = World::with(&["one"]).await;
    let sent = world.sender(&authorities).send(&world.store, Which::Due).await.unwrap();
    assert_eq!((sent.stamped, sent.not_stamped), (0, 1));
    let trouble = world.store.stamps().await.unwrap().remove(0).trouble.unwrap();
    for word in
        ["broken.test/: status 500", "garbage.test/: it is no answer", "refused with status 2", "not of what was asked"]
    {
        assert!(trouble.contains(word), "{word}: {trouble}");
    }
}

#[tokio::test]
async fn a_queue_waits_longer_and_longer_while_all_are_down_and_drains_when_they_are_back() {
    let world = World::with(&["one", "two", "three"]).await;
    world.wire.down.store(1, Ordering::SeqCst);
    let sender = world.sender(&[RIGHT]);
    let sent = sender.send(&world.store, Which::Due).await.unwrap();
    assert_eq!((sent.stamped, sent.not_stamped), (0, 3));
    assert!(sent.trouble.unwrap().contains("tsa.test"));
    // The second and third were not even sent: it was down a moment ago.
    assert_eq!(world.asked(), 1);
    assert_eq!(sender.send(&world.store, Which::Due).await.unwrap(), Sent::default());
    let mut waits = Vec::new();
    for _ in 0..12 {
        let next = world.store.stamps().await.unwrap()[0].next_try;
        waits.push(next.timestamp() - world.seconds.swap(next.timestamp(), Ordering::SeqCst));
        sender.send(&world.store, Which::Due).await.unwrap();
    }
    assert_eq!(waits[..5], [60, 120, 240, 480, 960]);
    assert_eq!(waits[11], 6 * 3600);
    // Being down is no refusal: it waits on.
    assert!(world.store.stamps().await.unwrap().iter().all(|stamp| stamp.state == State::Waiting));

    world.wire.down.store(0, Ordering::SeqCst);
    assert_eq!(sender.send(&world.store, Which::Due).await.unwrap(), Sent::default());
    assert_eq!(sender.send(&world.store, Which::All).await.unwrap().stamped, 3);
    assert!(world.store.stamps().await.unwrap().iter().all(|stamp| stamp.state == State::Stamped));
}

#[tokio::test]
async fn what_is_refused_again_and_again_fails_and_is_tried_when_somebody_asks() {
    let world = World::with(&["one"]).await;
    let sender = world.sender(&["https://refuses.test/"]);
    for _ in 0..ENOUGH {
        world.seconds.fetch_add(7 * 3600, Ordering::SeqCst);
        sender.send(&world.store, Which::Due).await.unwrap();
    }
    assert_eq!(world.store.stamps().await.unwrap()[0].state, State::Failed);
    world.seconds.fetch_add(7 * 3600, Ordering::SeqCst);
    assert_eq!(sender.send(&world.store, Which::Due).await.unwrap(), Sent::default());
    assert_eq!(world.sender(&[RIGHT]).send(&world.store, Which::All).await.unwrap().stamped, 1);
}

#[tokio::test]
async fn a_stamp_is_stamped_before_its_certificate_runs_out_and_both_hold() {
    let world = World::with(&["one"]).await;
    let sender = world.sender(&[RIGHT]);
    sender.send(&world.store, Which::Due).await.unwrap();
    let first = world.store.stamps().await.unwrap().remove(0);
    let expires = first.answer.as_ref().unwrap().expires_at;
    let renewed = |days_before| renew(&world.store, expires - TimeDelta::days(days_before), 14);
    assert_eq!(renewed(15).await.unwrap(), 0);
    assert_eq!(renewed(14).await.unwrap(), 1);
    assert_eq!(renewed(14).await.unwrap(), 0);
    sender.send(&world.store, Which::Due).await.unwrap();
    let second = world.store.stamps().await.unwrap().remove(1);
    assert_eq!((second.what.as_str(), second.state), (what::RESTAMP, State::Stamped));
    let (old, new) = (first.answer.unwrap().response, second.answer.unwrap().response);
    assert!(world.wire.authority.verifies(&new, &old) && world.wire.authority.verifies(&old, b"one"));
    let logged = crate::log::Log::logged_as(&world.store, "restamp").await.unwrap();
    assert!(logged.len() == 1 && logged[0].text.contains(&EvidenceId::of(&old).to_string()));
}
