//! What every store promises of previews: they are their makers' own, and nobody else hears of them.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use model::account::{Role, Sight};
use model::landing::Landing;
use model::sweep::{Budget, Cadence, Scope, Sweep, SweepState};

use super::{Maker, Preview, Previews};
use crate::desk::{Desk, Wanted};
use crate::facts::suite::{Asked, examine_violating, told};
use crate::library::{Library, NewAd};
use crate::outbox::Outbox;
use crate::store::Store;
use crate::suite::noon;
use crate::sweeps::{Sweeps, SweepsInSight};

/// Makes a test of each promise, as `storage_suite!` does for stores.
macro_rules! previews_suite {
    ($fresh:path) => {
        $crate::previews::suite::previews_suite!($fresh:
            a_preview_is_its_makers_own,
            a_case_of_a_preview_is_told_to_nobody,
            no_sweep_of_others_chooses_a_preview,
        );
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (store, _held) = $fresh().await;
            $crate::previews::suite::$promise(&store).await;
        })*
    };
}

pub(crate) use previews_suite;

fn advertiser(id: &str) -> Maker {
    let sight = Sight { platform: Some("feed".into()), advertiser: Some(id.into()), region: None };
    Maker { role: Role::Advertiser, sight }
}

fn preview(ad_id: &str, maker: Maker, made_at: DateTime<Utc>) -> Preview {
    Preview { ad_id: ad_id.into(), maker, title: Some(format!("{ad_id}\0")), made_by: "li".into(), made_at }
}

fn ad(ad_id: &str) -> NewAd {
    NewAd {
        ad_id: ad_id.into(),
        platform: Some("feed".into()),
        advertiser: Some("m".into()),
        trade: None,
        tags: vec!["preview".into()],
        approved_at: None,
        ends_at: None,
        landing: Landing::of("https://here.test/".into(), "here.test".into()),
        ad: "{}".into(),
        folder: "/".into(),
        files: BTreeMap::new(),
    }
}

fn sweep(name: &str) -> Sweep {
    Sweep {
        name: name.into(),
        scope: Scope { ad: Some(name.into()), ..Scope::default() },
        cadence: Cadence::Once { at: None },
        visitors: Vec::new(),
        depth: 1,
        pool: "default".into(),
        budget: Budget::default(),
        priority: 0,
        state: SweepState::Running,
        secret: "00".into(),
        created_at: noon(),
        next_at: Some(noon()),
    }
}

pub(crate) async fn a_preview_is_its_makers_own(store: &(impl Previews + Store + Outbox + Asked)) {
    let own = advertiser("m");
    let later = noon() + TimeDelta::hours(1);
    for one in [preview("preview-a", own.clone(), noon()), preview("preview-b", own.clone(), later)] {
        store.add_preview(&one).await.expect("adds");
    }
    let ids = async |maker: &Maker| {
        let found = store.previews(maker, 9).await.expect("lists");
        found.into_iter().map(|one| one.preview.ad_id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&own).await, ["preview-b", "preview-a"], "the latest first");
    let one = store.preview(&own, "preview-a").await.expect("reads").expect("it is there");
    assert_eq!((one.preview.title.as_deref(), one.case), (Some("preview-a"), None));
    let case = examine_violating(store, "preview-a").await;
    let one = store.preview(&own, "preview-a").await.expect("reads").expect("it is there");
    assert_eq!(one.case, Some((case.case_id.clone(), "violating".to_owned())));
    let row = store.case_of_preview(&own, &case.case_id).await.expect("reads").expect("it is there");
    assert_eq!(
        (row.ad_id.as_str(), row.verdict.as_str(), row.case_id),
        ("preview-a", "violating", case.case_id.clone())
    );
    assert!(row.violations > 0 && row.severity.is_some(), "what its line says");
    let everybody = Sight::default();
    for other in [
        advertiser("n"),
        Maker { sight: Sight { platform: None, ..own.sight.clone() }, ..own.clone() },
        Maker { role: Role::Platform, sight: Sight { advertiser: None, ..own.sight.clone() } },
        Maker { role: Role::Admin, sight: everybody.clone() },
        Maker { role: Role::Regulator, sight: everybody },
    ] {
        assert_eq!(ids(&other).await, Vec::<String>::new(), "{other:?}");
        assert_eq!(store.preview(&other, "preview-a").await.expect("reads"), None, "{other:?}");
        assert_eq!(store.case_of_preview(&other, &case.case_id).await.expect("reads"), None, "{other:?}");
    }
}

pub(crate) async fn a_case_of_a_preview_is_told_to_nobody(store: &(impl Previews + Store + Outbox + Desk + Asked)) {
    store.add_preview(&preview("preview-a", advertiser("m"), noon())).await.expect("adds");
    let case = examine_violating(store, "preview-a").await;
    let public = examine_violating(store, "a").await;
    let others = told(store).await.into_iter().filter(|event| event.id.starts_with(case.case_id.as_str())).count();
    assert_eq!(others, 0, "no event goes out");
    for view in ["SELECT case_id FROM governance_cases", "SELECT case_id FROM governance_violations"] {
        let told = store.ask(view).await;
        assert!(!told.contains(&case.case_id.to_string()) && told.contains(&public.case_id.to_string()), "{told:?}");
    }
    let listed = store.list(&Sight::default(), &Wanted::default(), None, 9).await.expect("lists");
    assert_eq!(listed.iter().map(|row| row.ad_id.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(store.case_in_sight(&Sight::default(), &case.case_id).await.expect("reads"), None);
    assert_eq!(store.cases().await.expect("lists").len(), 1, "neither in what `check` writes");
    assert_eq!(store.history(DateTime::UNIX_EPOCH).await.expect("lists").len(), 2, "and kept as long as others");
}

pub(crate) async fn no_sweep_of_others_chooses_a_preview(
    store: &(impl Previews + Library + Sweeps + SweepsInSight + Asked),
) {
    store.add_preview(&preview("preview-a", advertiser("m"), noon())).await.expect("adds");
    store.import(&[ad("a"), ad("preview-a")], noon()).await.expect("imports");
    let some = |text: &str| Some(text.to_owned());
    let all = Scope::default();
    for (scope, chosen) in [
        (all.clone(), vec!["a"]),
        (Scope { tag: some("preview"), ..all.clone() }, vec!["a"]),
        (Scope { advertiser: some("m"), ..all.clone() }, vec!["a"]),
        (Scope { ad: some("a"), ..all.clone() }, vec!["a"]),
        (Scope { ad: some("preview-a"), ..all.clone() }, vec!["preview-a"]),
        (Scope { ad: some("preview-b"), ..all }, vec![]),
    ] {
        let found = store.choose(&scope, noon(), None, 9).await.expect("chooses");
        assert_eq!(found.iter().map(|one| one.ad_id.as_str()).collect::<Vec<_>>(), chosen, "{scope:?}");
        let landing = ad("a").landing.id;
        assert_eq!(store.leading_to(&landing, &scope, noon(), "", 9).await.expect("chooses"), chosen, "{scope:?}");
    }
    assert_eq!(store.ask("SELECT ad_id FROM governance_coverage").await, ["a"]);
    for name in ["a", "preview-a"] {
        assert!(store.create(&sweep(name)).await.expect("creates"));
    }
    let named = |sweeps: Vec<Sweep>| sweeps.into_iter().map(|sweep| sweep.name).collect::<Vec<_>>();
    let everybody = Sight::default();
    assert_eq!(named(store.sweeps().await.expect("lists")), ["a"], "nor is its own sweep listed");
    assert_eq!(named(store.sweeps_in_sight(&everybody).await.expect("lists")), ["a"]);
    assert!(store.sweep_in_sight(&everybody, "preview-a").await.expect("reads").is_none());
    assert_eq!(named(store.due(noon()).await.expect("lists")), ["a", "preview-a"], "and runs all the same");
}
