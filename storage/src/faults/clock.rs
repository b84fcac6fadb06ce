//! A clock that jumps by a year between cases, forwards and backwards: the order is that of finishing, and the seal holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta};
use model::units::Clock;

use crate::postgres::tests::Server;
use crate::store::{Store, StoredCase};
use crate::suite::examine;
use crate::verify::verify;
use crate::{postgres, sqlite};

/// Days after the first reading.
const JUMPS: [i64; 5] = [0, 365, -365, 0, 730];

fn jumping() -> Clock {
    let reading = AtomicI64::new(0);
    Arc::new(move || {
        let nth = usize::try_from(reading.fetch_add(1, Ordering::SeqCst)).unwrap();
        DateTime::UNIX_EPOCH + TimeDelta::days(10_000 + JUMPS[nth % JUMPS.len()])
    })
}

/// The same ad twice among others: its latest case is the one that was finished last, whatever the clock said.
async fn examined(store: &impl Store) -> Vec<StoredCase> {
    let mut cases = Vec::new();
    for (ad, position) in [("a", 0), ("b", 1), ("a", 0), ("c", 2), ("b", 1)] {
        cases.push(examine(store, ad, position, "first").await);
    }
    assert!(cases.windows(2).any(|pair| pair[1].sealed_at < pair[0].sealed_at), "the clock did not jump back");
    assert_eq!(store.history(DateTime::UNIX_EPOCH).await.unwrap(), cases);
    let latest = [&cases[2], &cases[4], &cases[3]].map(Clone::clone);
    assert_eq!(store.cases().await.unwrap(), latest);
    assert_eq!(store.finished("key-b").await.unwrap().as_ref(), Some(&cases[4]));
    cases
}

#[tokio::test]
async fn in_a_folder_the_seal_holds() {
    let dir = tempfile::tempdir().unwrap();
    let store = sqlite::open(dir.path(), jumping()).await.unwrap();
    let cases = examined(&store).await;
    store.close().await;
    let verified = verify(dir.path()).await.unwrap();
    assert_eq!((verified.problems, verified.head), (Vec::new(), Some(cases[4].manifest)));
}

#[tokio::test]
async fn with_postgres_the_order_is_that_of_finishing() {
    let (server, blobs) = (Server::start(), tempfile::tempdir().unwrap());
    examined(&postgres::open(&server.url(), blobs.path(), jumping()).await.unwrap()).await;
}
