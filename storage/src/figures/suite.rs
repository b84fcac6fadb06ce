//! Every promise of [`Figures`], once, as functions that each back end's tests call on a fresh one.

use chrono::{DateTime, TimeDelta, Utc};
use model::evidence::EvidenceId;

use super::*;
use crate::frontier::{Failed, Frontier, NewJob};
use crate::stamp::{Stamps, State, ToStamp};

/// Makes a test of each promise, as `storage_suite!` does for stores.
#[macro_export]
macro_rules! figures_suite {
    ($fresh:path) => {
        $crate::figures_suite!($fresh:
            an_empty_store_has_nothing_that_waits,
            jobs_are_counted_until_they_are_over,
            the_worst_hosts_come_first_and_are_few,
            stamps_wait_until_they_are_given_or_refused,
        );
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (store, _held) = $fresh().await;
            $crate::figures::suite::$promise(&store).await;
        })*
    };
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time")
}

fn job(id: &str, pool: &str, ready: i64) -> NewJob {
    NewJob {
        job_id: id.to_owned(),
        round: format!("round of {pool}"),
        host: format!("{id}.test"),
        also: None,
        pool: pool.to_owned(),
        priority: 0,
        ready_at: at(ready),
        most_attempts: 1,
        work: "{}".to_owned(),
    }
}

fn told(queued: &[Queued]) -> Vec<(&str, &str, u64, DateTime<Utc>)> {
    queued.iter().map(|one| (one.pool.as_str(), one.state.as_str(), one.jobs, one.ready_at)).collect()
}

pub async fn an_empty_store_has_nothing_that_waits(store: &(impl Figures + Frontier)) {
    assert_eq!(store.queued().await.expect("reads"), []);
    assert_eq!(store.worst_hosts(10).await.expect("reads"), []);
    assert_eq!(store.stamps_wanted().await.expect("reads"), (0, None));
    assert_eq!(store.evidence_bytes().await.expect("reads"), None, "nothing is counted where there is no limit");
    store.reached().await.expect("is there");
}

pub async fn jobs_are_counted_until_they_are_over(store: &(impl Figures + Frontier)) {
    let jobs = [job("a", "cn", 5), job("b", "cn", 3), job("c", "cn", 9), job("d", "us", 7)];
    store.enqueue(&jobs).await.expect("adds");
    store.hold("round of us").await.expect("holds");
    let leases = store.grant("cn", at(4), TimeDelta::seconds(60), 1).await.expect("grants");
    let queued = store.queued().await.expect("reads");
    let expected = [("cn", "leased", 1, at(3)), ("cn", "ready", 2, at(5)), ("us", "held", 1, at(7))];
    assert_eq!(told(&queued), expected);

    store.fail(&failed(&leases[0].job_id, leases[0].token, true), at(5)).await.expect("records");
    store.cancel("round of us", at(6)).await.expect("gives up");
    assert_eq!(told(&store.queued().await.expect("reads")), [("cn", "ready", 2, at(5))], "dead ones wait for nothing");
}

pub async fn the_worst_hosts_come_first_and_are_few(store: &(impl Figures + Frontier)) {
    for (host, times) in [("once", 1), ("thrice", 3), ("twice", 2), ("never", 0)] {
        let jobs: Vec<_> = (0..times.max(1))
            .map(|time| NewJob { host: host.to_owned(), ..job(&format!("{host}{time}"), "cn", 0) })
            .collect();
        store.enqueue(&jobs).await.expect("adds");
        for time in 0..times.max(1) {
            // Its breaker may have opened: long after that.
            let now = at(100_000 * (time + 1));
            let leases = store.grant("cn", now, TimeDelta::seconds(60), 1).await.expect("grants");
            store.fail(&failed(&leases[0].job_id, leases[0].token, times > 0), now).await.expect("records");
        }
    }
    let worst = store.worst_hosts(2).await.expect("reads");
    assert_eq!(worst, [("thrice".to_owned(), 3), ("twice".to_owned(), 2)]);
}

pub async fn stamps_wait_until_they_are_given_or_refused(store: &(impl Figures + Stamps)) {
    for digest in [b"one", b"two"] {
        let wanted = ToStamp { digest: EvidenceId::of(digest), what: "checkpoint".to_owned() };
        store.want(&wanted).await.expect("asks");
    }
    let (count, since) = store.stamps_wanted().await.expect("reads");
    assert_eq!((count, since), (2, Some(store.stamps().await.expect("reads")[0].wanted_at)));
    store.not_stamped(1, "refused", State::Failed, at(0)).await.expect("notes");
    assert_eq!(store.stamps_wanted().await.expect("reads").0, 1);
}

fn failed(job: &str, token: crate::frontier::Token, by_host: bool) -> Failed {
    Failed {
        job_id: job.to_owned(),
        token,
        worker: "w".to_owned(),
        reason: "refused".to_owned(),
        retry_in: None,
        by_host,
        pause: TimeDelta::zero(),
    }
}
