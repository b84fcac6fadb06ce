//! A database that goes away or stands still, and a service of the evidence that fails, under a store at work.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::DateTime;

use crate::postgres::tests::{Server, clock};
use crate::postgres::{self, PostgresStore};
use crate::store::{Store as _, StoredCase};
use crate::suite::attempt;
use crate::suite::s3::{FAULTS, Proxy, Service};

async fn seen(store: &PostgresStore) -> Vec<StoredCase> {
    store.history(DateTime::UNIX_EPOCH).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_goes_away_under_a_store_at_work_is_waited_for() {
    let (server, blobs) = (Server::start(), tempfile::tempdir().unwrap());
    let store = postgres::open(&server.url(), blobs.path(), clock()).await.unwrap();
    let done = AtomicBool::new(false);
    let at_work = |name: &'static str| {
        let (store, done) = (&store, &done);
        async move {
            let mut acknowledged = Vec::new();
            while !done.load(Ordering::SeqCst) {
                let ad = format!("{name}{}", acknowledged.len());
                acknowledged.push(attempt(store, &ad, acknowledged.len() as u64, "first").await);
            }
            acknowledged
        }
    };
    let falls = tokio::task::block_in_place(|| async {
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_millis(300)).await;
            tokio::task::block_in_place(|| server.down());
            tokio::time::sleep(Duration::from_millis(700)).await;
            tokio::task::block_in_place(|| server.up());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        done.store(true, Ordering::SeqCst);
    });
    let (first, second, ()) = tokio::join!(at_work("a"), at_work("b"), falls);
    let attempts = first.len() + second.len();
    // An attempt may fail that was asking when the server fell; what was told to be finished is there.
    let acknowledged: Vec<_> = first.into_iter().chain(second).flatten().collect();
    let cases = seen(&store).await;
    assert!(acknowledged.len() + 8 >= attempts && acknowledged.len() > 8, "{} of {attempts}", acknowledged.len());
    for case in &acknowledged {
        assert!(cases.contains(case), "{case:?}");
    }
    let numbers: Vec<_> = cases.iter().map(|case| case.number).collect();
    assert_eq!(numbers, (1..=cases.len() as u64).collect::<Vec<_>>());
    for case in cases {
        for kept in store.rests_on(&case.case_id).await.unwrap() {
            store.read(kept.id).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_stands_still_is_waited_for() {
    let (server, blobs) = (Server::start(), tempfile::tempdir().unwrap());
    let store = postgres::open(&server.url(), blobs.path(), clock()).await.unwrap();
    let before = attempt(&store, "a", 0, "first").await.unwrap();
    server.signal("-STOP");
    let begun = Instant::now();
    let goes_on = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        server.signal("-CONT");
    };
    let (case, ()) = tokio::join!(attempt(&store, "b", 1, "first"), goes_on);
    assert!(begun.elapsed() >= Duration::from_secs(2));
    assert_eq!(seen(&store).await, [before, case.unwrap()]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_fails_under_a_store_at_work_costs_only_the_case_it_fails() {
    let (server, service) = (Server::start(), Service::start());
    let proxy = Proxy::before(service.address());
    let store = postgres::open(&server.url(), &proxy.bucket(), clock()).await.unwrap();
    let mut acknowledged = Vec::new();
    for (at, fault) in FAULTS.into_iter().enumerate() {
        // Longer than the store is patient, in different places of a case.
        proxy.fail(fault, 4 + at);
        let ad = format!("ad{at}");
        let failed = attempt(&store, &ad, at as u64, "first").await;
        proxy.mend();
        acknowledged.push(match failed {
            Ok(case) => case,
            Err(_) => match store.finished(&format!("key-{ad}")).await.unwrap() {
                Some(case) => case,
                None => attempt(&store, &ad, at as u64, "first").await.expect("the service is mended"),
            },
        });
    }
    assert_eq!(seen(&store).await, acknowledged);
    let direct = postgres::open(&server.url(), &service.bucket(), clock()).await.unwrap();
    for case in acknowledged {
        for kept in direct.rests_on(&case.case_id).await.unwrap() {
            assert_eq!(direct.read(kept.id).await.unwrap().len() as u64, kept.bytes);
        }
    }
}
