//! Every promise of [`Library`], once, as functions that each back end's tests call on a fresh one.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use model::evidence::EvidenceId;
use model::landing::{Cost, History, Known, Landing, LandingId, Seen};
use model::sweep::Scope;

use super::*;

/// Makes a test of each promise, as `storage_suite!` does for stores.
#[macro_export]
macro_rules! library_suite {
    ($fresh:path) => {
        $crate::library_suite!($fresh:
            an_ad_is_imported_once_and_given_back,
            a_changed_ad_keeps_where_it_led,
            ads_of_one_landing_share_it,
            a_scope_chooses_what_it_says,
            an_ad_that_has_ended_is_chosen_no_more,
            what_is_chosen_comes_page_by_page_and_whole,
            the_files_of_an_ad_are_named_until_it_names_others,
            what_was_seen_of_a_landing_is_known,
            two_who_import_the_same_make_it_once,
            a_hundred_thousand_ads_are_imported_batch_by_batch,
        );
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (library, _held) = $fresh().await;
            $crate::library::suite::$promise(&library).await;
        })*
    };
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time")
}

fn landing(path: &str) -> Landing {
    Landing::of(format!("https://a.test/{path}"), "a.test".to_owned())
}

fn ad(id: &str, path: &str) -> NewAd {
    NewAd {
        ad_id: id.to_owned(),
        platform: Some("feed".to_owned()),
        advertiser: None,
        trade: None,
        tags: Vec::new(),
        approved_at: None,
        ends_at: None,
        landing: landing(path),
        ad: format!("{{\"ad_id\":\"{id}\"}}"),
        folder: "/ads".to_owned(),
        files: BTreeMap::new(),
    }
}

fn file(bytes: &[u8], lay_at: &str, changed_ns: i64) -> AdFile {
    AdFile { evidence: EvidenceId::of(bytes), lay_at: lay_at.to_owned(), bytes: bytes.len() as u64, changed_ns }
}

async fn import(library: &impl Library, ads: &[NewAd], now: DateTime<Utc>) -> [u64; 5] {
    let Imported { new, changed, moved, same, new_landings } = library.import(ads, now).await.expect("imports");
    [new, changed, moved, same, new_landings]
}

async fn chosen(library: &impl Library, scope: &Scope) -> Vec<String> {
    let mut ids: Vec<_> =
        library.choose(scope, at(0), None, 100).await.expect("chooses").into_iter().map(|one| one.ad_id).collect();
    ids.sort();
    ids
}

pub async fn an_ad_is_imported_once_and_given_back(library: &impl Library) {
    assert_eq!(import(library, &[], at(0)).await, [0; 5]);
    let ads = [ad("b", "1"), NewAd { advertiser: Some("m".to_owned()), ..ad("a", "2") }];
    assert_eq!(import(library, &ads, at(0)).await, [2, 0, 0, 0, 2]);
    assert_eq!(import(library, &ads, at(9)).await, [0, 0, 0, 2, 0]);
    let ids = ["b", "never", "a"].map(ToOwned::to_owned);
    let known = library.ads(&ids).await.expect("reads");
    let told: Vec<_> = known.iter().map(|ad| (ad.ad_id.as_str(), ad.advertiser.as_deref(), ad.updated_at)).collect();
    assert_eq!(told, [("a", Some("m"), at(0)), ("b", None, at(0))]);
    assert_eq!((known[1].ad.as_str(), known[1].folder.as_str()), ("{\"ad_id\":\"b\"}", "/ads"));
    assert_eq!(library.counts().await.expect("counts"), Counts { ads: 2, landings: 2, hosts: 1 });
}

pub async fn a_changed_ad_keeps_where_it_led(library: &impl Library) {
    import(library, &[ad("a", "1"), ad("b", "1")], at(0)).await;
    let other_words = NewAd { ad: "{\"ad_id\":\"a\",\"title\":\"new\"}".to_owned(), ..ad("a", "1") };
    assert_eq!(import(library, std::slice::from_ref(&other_words), at(1)).await, [0, 1, 0, 0, 0]);
    assert_eq!(import(library, &[ad("a", "2")], at(2)).await, [0, 1, 1, 0, 1]);
    assert_eq!(import(library, &[ad("a", "1")], at(3)).await, [0, 1, 1, 0, 0], "back where it was");
    let moves = library.moves("a").await.expect("lists");
    let expected = [Moved { landing: landing("1").id, until: at(2) }, Moved { landing: landing("2").id, until: at(3) }];
    assert_eq!(moves, expected);
    assert_eq!(library.moves("b").await.expect("lists"), []);
    let known = library.ads(&["a".to_owned()]).await.expect("reads");
    assert_eq!((known[0].imported_at, known[0].updated_at), (at(0), at(3)));
}

pub async fn ads_of_one_landing_share_it(library: &impl Library) {
    let early = NewAd { approved_at: Some(at(-50)), ..ad("a", "1") };
    let late = NewAd { approved_at: Some(at(-10)), ..ad("b", "1") };
    import(library, &[late, early, ad("c", "2")], at(0)).await;
    let known = library.known(&[landing("1").id, landing("3").id]).await.expect("reads");
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].landing.clone(), known[0].approved_at), (landing("1"), Some(at(-10))));
    // An approval is taken over from an ad that comes later, and none takes it away.
    import(library, &[NewAd { approved_at: Some(at(-5)), ..ad("d", "1") }, ad("e", "1")], at(1)).await;
    import(library, &[NewAd { approved_at: Some(at(-99)), ..ad("f", "1") }], at(2)).await;
    let known = library.known(&[landing("1").id]).await.expect("reads");
    assert_eq!((known[0].approved_at, known[0].added_at), (Some(at(-5)), at(0)));
    import(library, &[ad("late", "3")], at(9)).await;
    let late = library.known(&[landing("3").id]).await.expect("reads");
    assert_eq!((late[0].added_at, late[0].host_since), (at(9), at(0)), "its host was known before");
    let ads = library.leading_to(&landing("1").id, &Scope::default(), at(5), "b", 2).await.expect("lists");
    assert_eq!(ads, ["d", "e"]);
}

pub async fn a_scope_chooses_what_it_says(library: &impl Library) {
    let some = |text: &str| Some(text.to_owned());
    let tagged = |id: &str, tags: &[&str]| NewAd { tags: tags.iter().map(ToString::to_string).collect(), ..ad(id, id) };
    let ads = [
        NewAd { advertiser: some("m"), trade: some("loan"), ..tagged("a", &["new", "big"]) },
        NewAd { advertiser: some("m"), platform: some("search"), ..tagged("b", &["new", "new"]) },
        NewAd { trade: some("loan"), platform: None, ..tagged("c", &[]) },
    ];
    import(library, &ads, at(0)).await;
    let all = Scope::default();
    for (scope, ids) in [
        (all.clone(), &["a", "b", "c"][..]),
        (Scope { platform: some("feed"), ..all.clone() }, &["a"]),
        (Scope { advertiser: some("m"), ..all.clone() }, &["a", "b"]),
        (Scope { trade: some("loan"), ..all.clone() }, &["a", "c"]),
        (Scope { tag: some("new"), ..all.clone() }, &["a", "b"]),
        (Scope { tag: some("new"), trade: some("loan"), ..all.clone() }, &["a"]),
        (Scope { tag: some("' OR 1=1 --"), ..all.clone() }, &[]),
    ] {
        assert_eq!(chosen(library, &scope).await, ids, "{scope:?}");
    }
    // What an ad is called no more, it is not found by.
    import(library, &[NewAd { ad: "{}".to_owned(), ..tagged("a", &["big"]) }], at(1)).await;
    assert_eq!(chosen(library, &Scope { tag: some("new"), ..all.clone() }).await, ["b"]);
    assert_eq!(chosen(library, &Scope { tag: some("big"), ..all }).await, ["a"]);
}

pub async fn an_ad_that_has_ended_is_chosen_no_more(library: &impl Library) {
    let ended = NewAd { ends_at: Some(at(0)), ..ad("ended", "1") };
    let running = NewAd { ends_at: Some(at(1)), ..ad("running", "1") };
    import(library, &[ended, running], at(-9)).await;
    assert_eq!(chosen(library, &Scope::default()).await, ["running"]);
    let before = library.choose(&Scope::default(), at(-10), None, 9).await.expect("chooses");
    assert_eq!(before, [], "nor is one before it was imported");
    let ads = library.leading_to(&landing("1").id, &Scope::default(), at(0), "", 9).await.expect("lists");
    assert_eq!(ads, ["running"]);
}

pub async fn what_is_chosen_comes_page_by_page_and_whole(library: &impl Library) {
    let ads: Vec<_> = (0..50).map(|n| ad(&format!("ad-{n}"), &format!("{}", n % 7))).collect();
    import(library, &ads, at(0)).await;
    let (mut all, mut behind): (Vec<Chosen>, Option<Chosen>) = (Vec::new(), None);
    loop {
        let page = library.choose(&Scope::default(), at(0), behind.as_ref(), 8).await.expect("chooses");
        let Some(last) = page.last().cloned() else { break };
        all.extend(page);
        behind = Some(last);
    }
    assert_eq!(all.len(), 50);
    let mut landings: Vec<_> = all.iter().map(|one| &one.landing).collect();
    landings.dedup();
    assert_eq!(landings.len(), 7, "the ads of a landing come together");
}

pub async fn the_files_of_an_ad_are_named_until_it_names_others(library: &impl Library) {
    let named =
        |files: &[(&str, &AdFile)]| files.iter().map(|(path, file)| ((*path).to_owned(), (*file).clone())).collect();
    let (one, other) = (file(b"one", "place-1", 5), file(b"other", "place-2", 6));
    let a = NewAd { files: named(&[("c/1.png", &one), ("c/2.srt", &other)]), ..ad("a", "1") };
    let b = NewAd { files: named(&[("1.png", &one)]), ..ad("b", "1") };
    assert_eq!(import(library, &[a.clone(), b.clone()], at(0)).await, [2, 0, 0, 0, 1]);
    assert_eq!(import(library, &[a.clone(), b.clone()], at(1)).await, [0, 0, 0, 2, 0]);
    let known = library.ads(&["a".to_owned(), "b".to_owned()]).await.expect("reads");
    let files: Vec<_> = known[0].files.iter().map(|(path, id)| (path.as_str(), *id)).collect();
    assert_eq!(files, [("c/1.png", one.evidence), ("c/2.srt", other.evidence)]);
    let places = ["place-1", "place-2", "place-9"].map(ToOwned::to_owned);
    assert_eq!(library.files(&places).await.expect("looks"), [one.clone(), other.clone()], "each once");
    // The same bytes, touched: the ad is as it was, and the file is known by its new time.
    let touched = file(b"one", "place-1", 9);
    let a = NewAd { files: named(&[("c/1.png", &touched)]), ..a };
    let b = NewAd { files: named(&[("1.png", &touched)]), ..b };
    assert_eq!(import(library, &[a, b.clone()], at(2)).await, [0, 1, 0, 1, 0], "the other file is gone from one");
    assert_eq!(library.files(&places).await.expect("looks"), std::slice::from_ref(&touched));
    let changed = NewAd { files: named(&[("1.png", &file(b"two", "place-1", 10))]), ..b };
    assert_eq!(import(library, &[changed], at(3)).await, [0, 1, 0, 0, 0]);
    let known = library.ads(&["b".to_owned()]).await.expect("reads");
    assert_eq!((known[0].files["1.png"], known[0].updated_at), (EvidenceId::of(b"two"), at(3)));
}

pub async fn what_was_seen_of_a_landing_is_known(library: &impl Library) {
    import(library, &[ad("a", "1")], at(0)).await;
    let id: LandingId = landing("1").id;
    let fresh = library.known(std::slice::from_ref(&id)).await.expect("reads").remove(0);
    assert_eq!((&fresh.last, &fresh.history, &fresh.cost), (&None, &History::default(), &None));
    let last = Seen {
        at: at(5),
        page: "p1".to_owned(),
        etag: Some("\"x\"".to_owned()),
        body: None,
        bad: true,
        visit: Some(EvidenceId::of(b"visit")),
        host: None,
        certificate_from: None,
        template: None,
    };
    let history = History { looks: 3, changed: [(4, 1.5)].into(), quiet_hours: 7.25, ..History::default() };
    let cost = Cost { visits: 2, cpu_ms: 1_500.0, bytes: 9e6, took_ms: 21_000.0 };
    let seen = Known { last: Some(last), history, cost: Some(cost), next_due: Some(at(3_600)), ..fresh };
    library.looked(&seen).await.expect("keeps");
    let again = library.known(std::slice::from_ref(&id)).await.expect("reads").remove(0);
    // What it says of itself and of others is weighed by the store's own clock.
    let seen = Known { near: again.near, ..seen };
    assert_eq!(again, seen);
    import(library, &[ad("b", "1"), NewAd { ad: "{}".to_owned(), ..ad("a", "1") }], at(9)).await;
    assert_eq!(library.known(&[id]).await.expect("reads"), [seen], "an import changes nothing of it");
}

pub async fn two_who_import_the_same_make_it_once(library: &impl Library) {
    let ads: Vec<_> = (0..300).map(|n| ad(&format!("ad-{n}"), &format!("{}", n % 20))).collect();
    let turned: Vec<_> = ads.iter().rev().cloned().collect();
    let (one, other) = tokio::join!(library.import(&ads, at(0)), library.import(&turned, at(0)));
    let (one, other) = (one.expect("imports"), other.expect("imports"));
    assert_eq!(one.same + one.new + one.changed + other.same + other.new + other.changed, 600);
    assert_eq!(library.counts().await.expect("counts"), Counts { ads: 300, landings: 20, hosts: 1 });
}

pub async fn a_hundred_thousand_ads_are_imported_batch_by_batch(library: &impl Library) {
    // The shape of the promise at a seventh of its size: the figures of the whole are in docs/scale.md.
    for batch in 0..3 {
        let ads: Vec<_> = (0..MOST_AT_ONCE)
            .map(|n| ad(&format!("ad-{}", batch * MOST_AT_ONCE + n), &format!("{}", n % 50)))
            .collect();
        assert_eq!(import(library, &ads, at(0) + TimeDelta::seconds(batch as i64)).await[0], MOST_AT_ONCE as u64);
    }
    assert_eq!(library.counts().await.expect("counts"), Counts { ads: 15_000, landings: 50, hosts: 1 });
}
