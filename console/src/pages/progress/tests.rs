//! A stream says how far the round is until it is over, and ends with the session of whoever watches.

use std::sync::atomic::{AtomicI64, Ordering};

use model::account::{Account, Role};
use model::sweep::{Budget, Cadence, Round, RoundCounts, RoundState, Scope, Sweep, SweepState};
use policies::Packs;
use storage::accounts::{Secrets, Session, Way};
use storage::frontier::{Done, Frontier as _, NewJob};
use storage::sqlite::SqliteStore;

use super::*;
use crate::app::Settings;
use crate::doors::NoDoors;
use crate::stored::Stored;

/// A store with one sweep whose round has two jobs, and somebody who watches it.
struct World {
    app: Arc<App>,
    store: Arc<SqliteStore>,
    now: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

const SECRET: &str = "a secret";

fn at(secs: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + secs, 0).expect("a time")
}

fn round() -> Round {
    Round {
        id: Round::name("nightly", at(0)),
        sweep: "nightly".into(),
        opened_at: at(0),
        state: RoundState::Open,
        counts: RoundCounts { ads: 2, landings: 2, left_out: 0, jobs: 2 },
        ended_at: None,
    }
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let now = Arc::new(AtomicI64::new(0));
        let ticking = Arc::clone(&now);
        let clock: model::units::Clock = Arc::new(move || at(ticking.load(Ordering::SeqCst)));
        let store = storage::sqlite::open(folder.path(), Arc::clone(&clock)).await.expect("a store");
        let store = Arc::new(store);
        let sweep = Sweep {
            name: "nightly".into(),
            scope: Scope { platform: Some("feed".into()), ..Scope::default() },
            cadence: Cadence::Once { at: None },
            visitors: vec!["desktop".into()],
            depth: 1,
            pool: "default".into(),
            budget: Budget::default(),
            priority: 0,
            state: SweepState::Running,
            secret: "00ff".into(),
            created_at: at(0),
            next_at: None,
        };
        assert!(store.create(&sweep).await.expect("a sweep"));
        store.begin_round(&round()).await.expect("a round");
        store.save_round(&round()).await.expect("its counts");
        let job = |host: &str| NewJob {
            job_id: format!("{}.{host}", round().id),
            round: round().id,
            host: host.into(),
            also: None,
            pool: "default".into(),
            priority: 0,
            ready_at: at(0),
            most_attempts: 1,
            work: "{}".into(),
        };
        store.enqueue(&[job("a.test"), job("b.test")]).await.expect("two jobs");
        let account = Account::new("li", Role::Platform, "feed", None, at(0)).expect("an account");
        let secrets = Secrets::default();
        assert!(store.add_account(&account, &secrets).await.expect("an account"));
        assert!(store.begin_session(&session(), secrets.version).await.expect("a session"));
        let settings = Settings { idle_secs: 3_600, session_secs: 7_200, ..Settings::default() };
        let packs = Arc::new(Packs::from_files(&Default::default(), &Default::default()).expect("no packs"));
        let app = App::new(Stored::Folder(Arc::clone(&store)), Arc::new(NoDoors), packs, clock, settings);
        Self { app: Arc::new(app), store, now, _folder: folder }
    }

    fn watch(&self) -> Watch {
        Watch {
            app: Arc::clone(&self.app),
            name: "nightly".into(),
            sight: Sight { platform: Some("feed".into()), advertiser: None, region: None },
            session: TokenHash::of(SECRET),
            language: "en",
            proven_at: at(0),
            told: None,
            over: false,
            _turn: self.app.streams.begin("li").expect("a turn"),
        }
    }

    /// Does one job.
    async fn work(&self) {
        let leases = self.store.grant("default", at(1), TimeDelta::minutes(5), 1).await.expect("a lease");
        let [lease] = &leases[..] else { panic!("a job is ready") };
        let done = Done {
            job_id: lease.job_id.clone(),
            token: lease.token,
            worker: "w".into(),
            outcome: "{}".into(),
            pause: TimeDelta::zero(),
        };
        self.store.complete(&done, at(2)).await.expect("done");
    }

    async fn end(&self) {
        let over = Round { state: RoundState::Done, ended_at: Some(at(9)), ..round() };
        self.store.save_round(&over).await.expect("over");
    }
}

fn session() -> Session {
    Session {
        hash: TokenHash::of(SECRET),
        account: "li".into(),
        way: Way::Password,
        csrf: "c".into(),
        begun_at: at(0),
        seen_at: at(0),
        ends_at: at(7_200),
        address: String::new(),
        agent: String::new(),
    }
}

#[tokio::test]
async fn a_stream_tells_each_change_until_the_round_is_over() {
    let world = World::new().await;
    let (_, watch) = world.watch().next().await.expect("at once");
    assert_eq!(watch.told.as_ref().expect("told").far, "0 of 2 visits over");
    world.work().await;
    let (_, watch) = watch.next().await.expect("a change");
    assert_eq!(watch.told.as_ref().expect("told").far, "1 of 2 visits over");
    world.work().await;
    world.end().await;
    let (_, watch) = watch.next().await.expect("the last word");
    let told = watch.told.as_ref().expect("told");
    assert_eq!((told.said.as_str(), told.far.as_str(), watch.over), ("over", "2 of 2 visits over", true));
    assert!(watch.next().await.is_none(), "nothing comes after it");
}

#[tokio::test]
async fn a_stream_ends_within_a_minute_of_its_session() {
    let world = World::new().await;
    let (_, watch) = world.watch().next().await.expect("at once");
    world.store.end_session(&TokenHash::of(SECRET)).await.expect("ended");
    world.now.store(61, Ordering::SeqCst);
    assert!(watch.next().await.is_none());
    assert!(world.app.streams.0.lock().expect("a map").is_empty(), "and counts no more");
}

#[tokio::test]
async fn a_stream_ends_when_the_account_sees_other_ads_or_nobody_uses_it() {
    for change in ["tenant", "idle"] {
        let world = World::new().await;
        let (_, watch) = world.watch().next().await.expect("at once");
        world.now.store(61, Ordering::SeqCst);
        if change == "tenant" {
            let other = Account::new("li", Role::Platform, "search", None, at(0)).expect("an account");
            let secrets = Secrets::default();
            assert!(world.store.change_account(&other, &secrets).await.expect("changed"));
        } else {
            world.now.store(3_601, Ordering::SeqCst);
        }
        assert!(watch.next().await.is_none(), "{change}");
    }
}

#[tokio::test]
async fn an_account_has_so_many_streams_and_no_more() {
    let streams = Streams::default();
    let turns: Vec<_> = (0..MOST).map(|_| streams.begin("li").expect("room")).collect();
    assert!(streams.begin("li").is_none() && streams.begin("wang").is_some());
    drop(turns);
    assert!(streams.begin("li").is_some());
}
