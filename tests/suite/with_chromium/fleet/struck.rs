//! A fleet of real processes that a test strikes: the centre, workers, their broker and their database.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use model::landing::{Landing, LandingId};
use model::sweep::Round;
use postlink_tests::network::Network;
use postlink_tests::postlink::Running;
use storage::frontier::Frontier as _;
use storage::postgres::{self, PostgresStore};
use storage::suite::{nats, postgres as pg};
use storage::sweeps::Sweeps as _;

use super::*;

/// Longer, and it hangs.
pub(super) const LONGEST: Duration = Duration::from_secs(280);

/// Everything that is struck.
pub(super) struct Fleet {
    pub(super) hosts: Hosts,
    pub(super) database: pg::Server,
    pub(super) broker: nats::Server,
    pub(super) url: String,
    /// Every process that still runs, by its name.
    pub(super) processes: BTreeMap<&'static str, Running>,
}

impl Fleet {
    /// The servers, and no process yet. The broker and the site are heard at this address, and on no other.
    pub(super) async fn at(address: IpAddr, hosts: usize, pages: usize, config: &str) -> Self {
        let hosts = Hosts::at(address, hosts, pages, true, config).await;
        let (database, broker) = (pg::Server::start(), nats::Server::start_at(address));
        broker.courier().await;
        let url = database.url();
        Self { hosts, database, broker, url, processes: BTreeMap::new() }
    }

    /// Takes so many ads of each page over, and makes a sweep of them that is due at once; gives their count.
    pub(super) fn begin_sweep(&self, hosts: usize, pages: usize, each: usize) -> usize {
        let many = self.hosts.ads(hosts, pages, each);
        let place = ["--data", "out", "--database", &self.url, "--config", "my.toml"];
        self.hosts.runs(&[&["import", "ads.jsonl"], &place[..]].concat());
        self.hosts.runs(&[&["sweep", "create", "all"], &place[..]].concat());
        many
    }

    pub(super) fn serve(&mut self, name: &'static str) {
        let (nats, url) = (self.broker.url(), self.url.clone());
        let at = ["serve", "--data", "out", "--database", &url, "--config", "my.toml", "--nats", &nats];
        self.begin(name, &at);
    }

    pub(super) fn work(&mut self, name: &'static str) {
        let nats = self.broker.url();
        let at = ["work", "--data", "out", "--config", "my.toml", "--nats", &nats, "--name", name];
        self.begin(name, &at);
    }

    /// A worker with a cable of its own.
    pub(super) fn work_in(&mut self, network: &Network, name: &'static str) {
        let nats = self.broker.url();
        let at = ["work", "--data", "out", "--config", "my.toml", "--nats", &nats, "--name", name];
        let running = self.hosts.postlink.start_in(network, &at).unwrap();
        self.processes.insert(name, running);
    }

    fn begin(&mut self, name: &'static str, arguments: &[&str]) {
        let running = self.hosts.postlink.start(arguments).unwrap();
        self.processes.insert(name, running);
    }

    /// None ends by itself: what strikes it, it outlives.
    fn all_live(&mut self) {
        for (name, process) in &mut self.processes {
            let ended = process.ended().unwrap();
            assert!(ended.is_none(), "{name} ended: {ended:?}\n{}", process.heard_so_far());
        }
    }

    pub(super) fn kill(&mut self, name: &str) {
        self.processes.remove(name).unwrap().kill().unwrap();
    }

    /// The last that each process said, for whoever has to find out why nothing goes on.
    pub(super) fn said(&self) -> String {
        let last = |said: String| {
            said.lines().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n")
        };
        self.processes.iter().map(|(name, process)| format!("== {name}\n{}\n", last(process.heard_so_far()))).collect()
    }

    pub(super) async fn store(&self) -> PostgresStore {
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

    pub(super) async fn until_cases(&mut self, many: usize) {
        let began = Instant::now();
        while self.cases().await < many {
            self.all_live();
            let passed = began.elapsed();
            assert!(passed < LONGEST, "{} cases of {many} after {passed:?}\n{}", self.cases().await, self.said());
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// Waits until each of these processes has said these words.
    pub(super) async fn until_said(&mut self, names: &[&str], words: &str) {
        let began = Instant::now();
        while !names.iter().all(|name| self.processes[name].heard_so_far().contains(words)) {
            self.all_live();
            assert!(began.elapsed() < LONGEST, "not said: {words}\n{}", self.said());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until the round is over: every ad has one clean case, every attempt says how it ended, no host had two visitors, and
    /// the evidence holds. Gives how many attempts came to nothing.
    pub(super) async fn ends_well(&mut self, hosts: usize, pages: usize, each: usize) -> usize {
        let many = hosts * pages * each;
        self.until_cases(many).await;
        let store = self.store().await;
        let round = store.rounds("all", 1).await.unwrap().remove(0);
        let began = Instant::now();
        while !store.progress(&round.id).await.unwrap().is_over() {
            assert!(began.elapsed() < LONGEST, "{:?}\n{}", store.progress(&round.id).await, self.said());
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let progress = store.progress(&round.id).await.unwrap();
        assert_eq!((progress.done, progress.dead), ((hosts * pages) as u64, 0), "{progress:?}");
        assert_eq!(store.cases_of_round(&round.id).await.unwrap().len(), many);
        let all = storage::store::Store::history(&store, chrono::DateTime::UNIX_EPOCH).await.unwrap();
        assert_eq!(all.len(), many, "one case an ad, in this round and at all");
        assert!(all.iter().all(|case| case.verdict == "clean"), "{all:?}");
        let (mut done, mut lost) = (Vec::new(), 0);
        for (host, page) in (0..hosts).flat_map(|host| (0..pages).map(move |page| (host, page))) {
            for attempt in store.attempts(&Round::job(&round.id, &landing(host, page))).await.unwrap() {
                assert!(attempt.ended.is_some(), "{attempt:?}");
                if attempt.ended.as_deref() == Some("done") {
                    done.push(attempt.token);
                } else {
                    lost += 1;
                }
            }
        }
        store.close().await;
        assert_eq!(self.hosts.overlaps(), Vec::<String>::new());
        // What a killed worker laid down for nobody goes by age, later than this test lasts.
        let left = || {
            self.hosts
                .parcels()
                .into_iter()
                .find(|parcel| done.iter().any(|token| parcel.ends_with(&format!("/{}", token.0))))
        };
        while let Some(parcel) = left() {
            assert!(began.elapsed() < LONGEST, "{parcel} was recorded, and is still there");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let verified = self.hosts.run(&["verify", "--data", "out", "--database", &self.url]);
        assert_eq!(verified.code, Some(0), "{verified:?}");
        lost
    }
}

fn landing(host: usize, page: usize) -> LandingId {
    let url = format!("http://h{host}.test/p/{page}");
    Landing::of(url, format!("h{host}.test")).id
}
