//! A fleet is struck: workers, the centre, the broker and the database are killed, frozen and robbed. Every ad has exactly one
//! case in the end, no host was visited by two at once, and every attempt that was lost is to be seen.

use std::time::Duration;

use postlink_tests::postlink::Running;
use storage::frontier::Frontier as _;
use storage::postgres::{self, PostgresStore};
use storage::suite::{nats, postgres as pg};
use storage::sweeps::Sweeps as _;

use super::*;

const HOSTS: usize = 6;
const PAGES: usize = 3;
const EACH: usize = 2;

/// Longer, and it hangs.
const LONGEST: Duration = Duration::from_secs(280);

const FLEET: &str =
    "[fleet]\nat_once = 2\nlease_secs = 30\ngrace_secs = 2\nretry_secs = 1\n[evidence]\npackages = false\n";

/// Everything that is struck.
struct Fleet {
    hosts: Hosts,
    database: pg::Server,
    broker: nats::Server,
    url: String,
    /// Processes that are gone, and those that were started: names differ.
    started: usize,
}

impl Fleet {
    async fn start() -> Self {
        let hosts = Hosts::of(HOSTS, PAGES, true, FLEET).await;
        let (database, broker) = (pg::Server::start(), nats::Server::start());
        broker.courier().await;
        let url = database.url();
        Self { hosts, database, broker, url, started: 0 }
    }

    fn serve(&self) -> Running {
        let nats = self.broker.url();
        let at = ["serve", "--data", "out", "--database", &self.url, "--config", "my.toml", "--nats", &nats];
        self.hosts.postlink.start(&at).unwrap()
    }

    fn worker(&mut self) -> Running {
        self.started += 1;
        let (nats, name) = (self.broker.url(), format!("worker-{}", self.started));
        let at = ["work", "--data", "out", "--config", "my.toml", "--nats", &nats, "--name", &name];
        self.hosts.postlink.start(&at).unwrap()
    }

    async fn store(&self) -> PostgresStore {
        let folder = self.hosts.postlink.folder().join("out");
        for _ in 0..40 {
            if let Ok(store) = postgres::open(&self.url, folder.as_path(), clock()).await {
                return store;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        panic!("the database does not come back");
    }

    /// Cases of the only round so far.
    async fn cases(&self) -> usize {
        let store = self.store().await;
        let round = store.rounds("all", 1).await.unwrap_or_default().pop();
        let cases = match round {
            Some(round) => store.cases_of_round(&round.id).await.unwrap_or_default().len(),
            None => 0,
        };
        store.close().await;
        cases
    }

    async fn until_cases(&self, many: usize) {
        let began = Instant::now();
        while self.cases().await < many {
            assert!(began.elapsed() < LONGEST, "{} cases of {many} after {:?}", self.cases().await, began.elapsed());
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_strikes_a_fleet_every_ad_has_one_case_and_no_host_two_visitors() {
    let mut fleet = Fleet::start().await;
    let many = fleet.hosts.ads(HOSTS, PAGES, EACH);
    let url = fleet.url.clone();
    let place = ["--data", "out", "--database", &url, "--config", "my.toml"];
    fleet.hosts.runs(&[&["import", "ads.jsonl"], &place[..]].concat());
    fleet.hosts.runs(&[&["sweep", "create", "all"], &place[..]].concat());
    let (first, _second) = (fleet.serve(), fleet.serve());
    let (one, two) = (fleet.worker(), fleet.worker());

    fleet.until_cases(2).await;
    one.kill().unwrap();
    let _three = fleet.worker();
    fleet.until_cases(6).await;
    // A worker that is frozen past its lease comes back with what counts for nothing.
    two.signal("STOP").unwrap();
    let frozen = Instant::now();
    first.kill().unwrap();
    let _third = fleet.serve();
    fleet.broker.kill();
    fleet.broker.lose_its_disk();
    tokio::time::sleep(Duration::from_secs(2)).await;
    fleet.broker.up_again();
    fleet.until_cases(12).await;
    fleet.database.down();
    tokio::time::sleep(Duration::from_secs(2)).await;
    fleet.database.up();
    tokio::time::sleep(Duration::from_secs(36).saturating_sub(frozen.elapsed())).await;
    two.signal("CONT").unwrap();
    fleet.until_cases(many).await;

    let store = fleet.store().await;
    let round = store.rounds("all", 1).await.unwrap().remove(0);
    let began = Instant::now();
    while !store.progress(&round.id).await.unwrap().is_over() {
        assert!(began.elapsed() < LONGEST, "{:?}", store.progress(&round.id).await);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let progress = store.progress(&round.id).await.unwrap();
    assert_eq!((progress.done, progress.dead), ((HOSTS * PAGES) as u64, 0), "{progress:?}");
    assert_eq!(store.cases_of_round(&round.id).await.unwrap().len(), many);
    let all = storage::store::Store::history(&store, chrono::DateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!(all.len(), many, "one case an ad, in this round and at all");
    assert!(all.iter().all(|case| case.verdict == "clean"), "{all:?}");
    let mut lost = 0;
    for host in 0..HOSTS {
        for page in 0..PAGES {
            let landing = landing(host, page);
            for attempt in store.attempts(&model::sweep::Round::job(&round.id, &landing)).await.unwrap() {
                assert!(attempt.ended.is_some(), "{attempt:?}");
                lost += usize::from(attempt.ended.as_deref() != Some("done"));
            }
        }
    }
    assert!(lost >= 2, "the killed worker's jobs and the frozen one's are told as lost: {lost}");
    store.close().await;
    assert_eq!(fleet.hosts.overlaps(), Vec::<String>::new());
    while !fleet.hosts.parcels().is_empty() {
        assert!(began.elapsed() < LONGEST, "{:?} travelled and is still there", fleet.hosts.parcels());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let verified = fleet.hosts.run(&["verify", "--data", "out", "--database", &fleet.url]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
}

fn landing(host: usize, page: usize) -> model::landing::LandingId {
    let url = format!("http://h{host}.test/p/{page}");
    model::landing::Landing::of(url, format!("h{host}.test")).id
}
