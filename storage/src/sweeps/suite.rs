//! Every promise of [`Sweeps`], once, as functions that each back end's tests call on a fresh one.

use chrono::{DateTime, Utc};
use model::account::Sight;
use model::sweep::{Budget, Cadence, Round, RoundCounts, RoundState, Scope, Sweep, SweepState};

use super::*;

/// Makes a test of each promise, as `storage_suite!` does for stores.
#[macro_export]
macro_rules! sweeps_suite {
    ($fresh:path) => {
        $crate::sweeps_suite!($fresh:
            a_sweep_is_created_once,
            a_sweep_is_kept_as_it_is_now,
            a_sweep_is_due_when_it_runs_and_its_time_has_come,
            a_round_is_begun_once,
            rounds_come_latest_first,
            how_far_a_round_is_made_is_known_until_it_is_open,
            a_sweep_is_seen_where_its_scope_is_within_sight,
            the_latest_round_of_each_sweep_is_told,
        );
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (sweeps, _held) = $fresh().await;
            $crate::sweeps::suite::$promise(&sweeps).await;
        })*
    };
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time")
}

fn sweep(name: &str) -> Sweep {
    Sweep {
        name: name.to_owned(),
        scope: Scope { sample: Some(12.5), ..Scope::default() },
        cadence: Cadence::Cron { pattern: "0 3 * * *".into(), time_zone: "Asia/Shanghai".into(), window_minutes: 90 },
        visitors: vec!["android-douyin".to_owned()],
        depth: 2,
        pool: "default".to_owned(),
        budget: Budget { pages: Some(100), ..Budget::default() },
        priority: -3,
        state: SweepState::Running,
        secret: "00ff".to_owned(),
        created_at: at(0),
        next_at: Some(at(100)),
    }
}

fn round(sweep: &str, due: i64) -> Round {
    Round {
        id: Round::name(sweep, at(due)),
        sweep: sweep.to_owned(),
        opened_at: at(due),
        state: RoundState::Opening,
        counts: RoundCounts::default(),
        ended_at: None,
    }
}

fn names(sweeps: &[Sweep]) -> Vec<&str> {
    sweeps.iter().map(|sweep| sweep.name.as_str()).collect()
}

pub async fn a_sweep_is_created_once(sweeps: &impl Sweeps) {
    assert!(sweeps.create(&sweep("nightly")).await.expect("creates"));
    let other = Sweep { cadence: Cadence::Continuous, ..sweep("nightly") };
    assert!(!sweeps.create(&other).await.expect("looks"), "the name is taken");
    assert_eq!(sweeps.sweep("nightly").await.expect("reads"), Some(sweep("nightly")));
    assert_eq!(sweeps.sweep("never").await.expect("looks"), None);
}

pub async fn a_sweep_is_kept_as_it_is_now(sweeps: &impl Sweeps) {
    for name in ["b", "a"] {
        sweeps.create(&sweep(name)).await.expect("creates");
    }
    let cadence = Cadence::Once { at: None };
    let now = Sweep { state: SweepState::Paused, next_at: None, cadence, ..sweep("b") };
    sweeps.save(&now).await.expect("keeps");
    assert_eq!(sweeps.sweeps().await.expect("lists"), [sweep("a"), now]);
}

pub async fn a_sweep_is_due_when_it_runs_and_its_time_has_come(sweeps: &impl Sweeps) {
    let paused = Sweep { state: SweepState::Paused, ..sweep("paused") };
    let over = Sweep { next_at: None, ..sweep("over") };
    let earlier = Sweep { next_at: Some(at(50)), ..sweep("earlier") };
    for sweep in [sweep("usual"), paused, over, earlier] {
        sweeps.create(&sweep).await.expect("creates");
    }
    assert_eq!(names(&sweeps.due(at(49)).await.expect("looks")), [""; 0]);
    assert_eq!(names(&sweeps.due(at(99)).await.expect("looks")), ["earlier"]);
    assert_eq!(names(&sweeps.due(at(100)).await.expect("looks")), ["earlier", "usual"]);
}

pub async fn a_round_is_begun_once(sweeps: &impl Sweeps) {
    let first = round("nightly", 0);
    assert_eq!(first.id, "nightly.20270115T080000Z");
    assert_eq!(sweeps.begin_round(&first).await.expect("begins"), first);
    let counts = RoundCounts { ads: 10, landings: 4, left_out: 1, jobs: 4 };
    let open = Round { state: RoundState::Open, counts, ..first.clone() };
    sweeps.save_round(&open).await.expect("keeps");
    assert_eq!(sweeps.begin_round(&first).await.expect("looks"), open, "another has begun it");
    assert_eq!(sweeps.open_rounds().await.expect("lists").first(), Some(&open));
    let done = Round { state: RoundState::Done, ended_at: Some(at(60)), ..open };
    sweeps.save_round(&done).await.expect("keeps");
    assert_eq!(sweeps.open_rounds().await.expect("lists"), []);
    assert_eq!(sweeps.rounds("nightly", 5).await.expect("lists"), [done]);
}

pub async fn rounds_come_latest_first(sweeps: &impl Sweeps) {
    for due in [0, 200, 100] {
        sweeps.begin_round(&round("nightly", due)).await.expect("begins");
        sweeps.begin_round(&round("other", due)).await.expect("begins");
    }
    let latest = sweeps.rounds("nightly", 2).await.expect("lists");
    assert_eq!(latest.iter().map(|round| round.opened_at).collect::<Vec<_>>(), [at(200), at(100)]);
    assert_eq!(sweeps.open_rounds().await.expect("lists").len(), 6);
}

pub async fn how_far_a_round_is_made_is_known_until_it_is_open(sweeps: &impl Sweeps) {
    let round = sweeps.begin_round(&round("nightly", 0)).await.expect("begins");
    let so_far = async || sweeps.so_far(&round.id).await.expect("reads");
    assert_eq!(so_far().await, None);
    for told in ["{}", "{\"n\":1}"] {
        sweeps.note_so_far(&round.id, told).await.expect("notes");
        assert_eq!(so_far().await.as_deref(), Some(told));
    }
    sweeps.save_round(&round).await.expect("keeps");
    assert!(so_far().await.is_some(), "it is still opened");
    sweeps.save_round(&Round { state: RoundState::Open, ..round.clone() }).await.expect("keeps");
    assert_eq!(so_far().await, None);
    sweeps.note_so_far(&round.id, "late").await.expect("passes over");
    assert_eq!(so_far().await, None, "another one was faster");
}

pub async fn a_sweep_is_seen_where_its_scope_is_within_sight(store: &(impl Sweeps + SweepsInSight)) {
    let of = |name: &str, platform: Option<&str>, advertiser: Option<&str>| {
        let (platform, advertiser) = (platform.map(ToOwned::to_owned), advertiser.map(ToOwned::to_owned));
        Sweep { scope: Scope { platform, advertiser, ..Scope::default() }, ..sweep(name) }
    };
    // A name that would end the text in SQL, were it put there.
    let all =
        [of("a-all", None, None), of("b-feed", Some("feed"), None), of("c-one", Some("feed"), Some("it's \"one\""))];
    for one in &all {
        store.create(one).await.expect("created");
    }
    let sight = |platform: Option<&str>, advertiser: Option<&str>| Sight {
        platform: platform.map(ToOwned::to_owned),
        advertiser: advertiser.map(ToOwned::to_owned),
        region: None,
    };
    for (sight, seen) in [
        (sight(None, None), &["a-all", "b-feed", "c-one"][..]),
        (sight(Some("feed"), None), &["b-feed", "c-one"]),
        (sight(Some("search"), None), &[]),
        (sight(None, Some("it's \"one\"")), &["c-one"]),
        (sight(Some("feed"), Some("two")), &[]),
    ] {
        let listed = store.sweeps_in_sight(&sight).await.expect("listed");
        assert_eq!(listed.iter().map(|sweep| sweep.name.as_str()).collect::<Vec<_>>(), seen, "{sight:?}");
        for one in &all {
            let found = store.sweep_in_sight(&sight, &one.name).await.expect("found");
            assert_eq!(found.as_ref(), seen.contains(&one.name.as_str()).then_some(one), "{sight:?}");
        }
    }
    for none in ["d", "", "b-feed\0"] {
        assert_eq!(store.sweep_in_sight(&Sight::default(), none).await.expect("none"), None);
    }
}

pub async fn the_latest_round_of_each_sweep_is_told(store: &(impl Sweeps + SweepsInSight)) {
    let feed = Scope { platform: Some("feed".to_owned()), ..Scope::default() };
    store.create(&Sweep { scope: feed, ..sweep("a") }).await.expect("created");
    store.create(&sweep("b")).await.expect("created");
    for one in [round("a", 10), round("a", 30), round("b", 20), round("gone", 40)] {
        store.begin_round(&one).await.expect("begun");
    }
    let told = async |platform: Option<&str>, most| {
        let sight = Sight { platform: platform.map(ToOwned::to_owned), advertiser: None, region: None };
        store.latest_rounds(&sight, most).await.expect("told")
    };
    assert_eq!(told(None, 9).await, [round("a", 30), round("b", 20)]);
    assert_eq!(told(None, 1).await, [round("a", 30)]);
    assert_eq!(told(Some("feed"), 9).await, [round("a", 30)]);
    assert_eq!(told(Some("search"), 9).await, []);
}
