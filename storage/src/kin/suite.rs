//! What every store promises of accounts that are taken for one.

use chrono::{DateTime, TimeDelta, Utc};
use model::account::Sight;
use model::event::Choice;
use model::kin::{Account, Edge, Group, Shared, Trait};
use model::landing::{Known, Landing, Seen};
use serde_json::json;

use super::{Kin, Linked};
use crate::decisions::{Decision, Decisions};
use crate::library::{Library, NewAd};
use crate::store::{Opening, Outcome, Store, StoredCase};
use crate::suite::{noon, opening, outcome};

/// Makes a test of each promise, as `storage_suite!` does for stores.
macro_rules! kin_suite {
    ($fresh:path) => {
        $crate::kin::suite::kin_suite!($fresh:
            what_cases_show_is_shared_until_the_last_of_them_is_gone,
            what_everybody_has_is_asked_for_by_nobody,
            whoever_may_not_see_one_account_is_not_told_of_it_by_the_other,
            what_was_found_is_weighed_for_all_that_are_alike_and_is_nothing_once_it_is_rejected,
        );
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (store, _held) = $fresh().await;
            $crate::kin::suite::$promise(&store).await;
        })*
    };
}

pub(crate) use kin_suite;

fn long_ago() -> DateTime<Utc> {
    noon() - TimeDelta::days(365)
}

fn account(platform: &str, advertiser: &str) -> Account {
    Account { platform: Some(platform.into()), advertiser: advertiser.into() }
}

/// Examines an ad of an account, whose page shows these things.
async fn shows(store: &impl Store, ad: &str, of: &Account, traits: &[(&str, &str)]) -> StoredCase {
    let traits: Vec<_> = traits.iter().map(|(what, value)| json!({"what": what, "value": value, "level": 1})).collect();
    let violation = json!({
        "check": "price-mismatch", "rule": "gift-differs", "pack": "cn@1", "severity": "S3", "confidence": "high",
        "scope": "next-level", "cite": [], "also": [], "note": {},
        "promised": {"source": "video", "quote": "免费领", "evidence": "sha256:00"},
        "delivered": {"visitor": "phone", "hop": 1, "level": 1, "url": "https://b.test/", "quote": "29元", "at_ms": 9},
    });
    let line = json!({
        "ad_id": ad, "verdict": "violating", "traits": traits, "violations": [violation],
        "ad": {"ad_id": ad, "click_url": "https://a.test/", "platform": of.platform, "advertiser": {"id": of.advertiser, "region": "440305"}},
    });
    let opened =
        store.begin(Opening { advertiser: Some(of.advertiser.clone()), ..opening(ad, 0) }).await.expect("begins");
    let found = Outcome { verdict: "violating".into(), line: line.to_string(), ..outcome(ad, "found") };
    store.finish(opened, found).await.expect("finishes")
}

async fn shared(store: &impl Kin) -> Vec<String> {
    let has = store.shared(long_ago(), 60).await.expect("reads");
    let mut told: Vec<_> =
        has.into_iter().map(|has| format!("{} {} {}", has.account.key(), has.what.word(), has.value)).collect();
    told.sort();
    told
}

pub(crate) async fn what_cases_show_is_shared_until_the_last_of_them_is_gone(store: &(impl Store + Kin)) {
    let (a, b) = (account("feed", "a"), account("feed", "b"));
    assert_eq!((store.shown().await.expect("reads"), shared(store).await), (0, vec![]));
    let first = shows(store, "a1", &a, &[("icp", "京ICP备1号"), ("host", "a.test"), ("payee", "li")]).await;
    shows(store, "b1", &b, &[("icp", " 京icp备1号\0"), ("host", "b.test")]).await;
    let both = ["feed/a icp 京icp备1号", "feed/a payee li", "feed/b icp 京icp备1号"];
    assert_eq!(shared(store).await, both, "what one shows alone is left out, and not who is paid");
    assert_eq!(store.shared(noon() + TimeDelta::days(1), 60).await.expect("reads"), [], "nobody showed it since");
    // The latest case shows it still; when that one is gone, the one before it does.
    let again = shows(store, "a1", &a, &[("icp", "京icp备1号")]).await;
    assert_eq!(store.shown().await.expect("reads"), again.number);
    store.delete(&again.case_id, "over").await.expect("deletes");
    assert_eq!(shared(store).await, both);
    store.delete(&first.case_id, "over").await.expect("deletes");
    assert_eq!(shared(store).await, [""; 0]);
}

pub(crate) async fn what_everybody_has_is_asked_for_by_nobody(store: &(impl Store + Kin)) {
    for number in 0..5 {
        shows(store, &format!("ad{number}"), &account("feed", &number.to_string()), &[("template", "t"), ("qr", "q")])
            .await;
    }
    assert_eq!(store.shared(long_ago(), 5).await.expect("reads").len(), 10);
    assert_eq!(store.shared(long_ago(), 4).await.expect("reads"), []);
}

fn edge(a: &Account, b: &Account) -> Edge {
    let shared = vec![Shared { what: Trait::Icp, value: "京icp备1号".into(), weight: 1.0, accounts: 2 }];
    Edge { a: a.clone(), b: b.clone(), weight: 1.0, shared, apart: 0.0 }
}

fn group(accounts: &[&Account], edges: Vec<Edge>) -> Group {
    Group { accounts: accounts.iter().map(|one| (*one).clone()).collect(), edges }
}

pub(crate) async fn whoever_may_not_see_one_account_is_not_told_of_it_by_the_other(
    store: &(impl Store + Kin + Decisions),
) {
    let [a, b, c] = [account("feed", "a"), account("feed", "b"), account("search", "c")];
    let of_a = shows(store, "a1", &a, &[("icp", "京icp备1号")]).await;
    let of_b = shows(store, "b1", &b, &[("icp", "京icp备1号")]).await;
    let groups = [group(&[&a, &b, &c], vec![edge(&a, &b), edge(&b, &c)])];
    assert_eq!(store.join(&groups).await.expect("joins"), 2);
    assert_eq!(store.join(&groups).await.expect("joins"), 0, "as it was");
    let asked = async |platform: Option<&str>, own: Option<&str>, of: Option<&str>| {
        let sight = Sight { platform: platform.map(Into::into), advertiser: own.map(Into::into), region: None };
        let linked: Vec<Linked> = store.linked(&sight, of, 9).await.expect("reads");
        linked.into_iter().map(|one| format!("{} {}", one.a.key(), one.b.key())).collect::<Vec<_>>()
    };
    assert_eq!(asked(None, None, None).await, ["feed/a feed/b", "feed/b search/c"]);
    assert_eq!(asked(None, None, Some("c")).await, ["feed/b search/c"]);
    assert_eq!(asked(Some("feed"), None, None).await, ["feed/a feed/b"]);
    assert_eq!(asked(Some("search"), None, None).await, [""; 0], "of two it sees one");
    assert_eq!(asked(None, Some("a"), Some("a")).await, [""; 0], "an advertiser is told of nobody else");
    for (region, told) in [("44", 1), ("440306", 0)] {
        let office = Sight { region: Some(region.into()), ..Sight::default() };
        assert_eq!(
            store.linked(&office, None, 9).await.expect("reads").len(),
            told,
            "where both of them are: {region}"
        );
    }
    let linked = store.linked(&Sight::default(), Some("a"), 9).await.expect("reads").remove(0);
    let case = |case: &StoredCase| Some(case.case_id.to_string());
    assert_eq!((&linked.shown[0].a, &linked.shown[0].b), (&case(&of_a), &case(&of_b)), "what shows it");

    let is_confirmed = async |one: &Account| store.is_confirmed(one, long_ago()).await.expect("reads");
    assert!(!is_confirmed(&a).await);
    let word =
        Decision { case_id: of_a.case_id, violation: None, choice: Choice::Confirm, reason: None, by: "Li".into() };
    store.decide(&word).await.expect("decides");
    assert!(is_confirmed(&a).await && !is_confirmed(&b).await);
    assert_eq!(store.join(&[]).await.expect("joins"), 2, "they are not one any more");
    assert_eq!(asked(None, None, None).await, [""; 0]);
}

pub(crate) async fn what_was_found_is_weighed_for_all_that_are_alike_and_is_nothing_once_it_is_rejected(
    store: &(impl Store + Kin + Library + Decisions),
) {
    let [a, b, c] = [account("feed", "a"), account("feed", "b"), account("feed", "c")];
    let landing = |path: &str| Landing::of(format!("https://{path}.test/"), format!("{path}.test"));
    let ad = |id: &str, of: &Account| NewAd {
        ad_id: id.into(),
        platform: of.platform.clone(),
        advertiser: Some(of.advertiser.clone()),
        trade: None,
        tags: Vec::new(),
        approved_at: None,
        ends_at: None,
        landing: landing(id),
        ad: "{}".into(),
        folder: "/".into(),
        files: [].into(),
    };
    store.import(&[ad("a1", &a), ad("b1", &b), ad("c1", &c), ad("c2", &c)], noon()).await.expect("imports");
    store.join(&[group(&[&a, &b], vec![edge(&a, &b)])]).await.expect("joins");
    let known = async |path: &str| store.known(&[landing(path).id]).await.expect("reads").remove(0);
    for (path, bad, template) in [("a1", true, Some("t")), ("c1", false, Some("t")), ("c2", false, None)] {
        let seen = json!({"at": noon(), "page": path, "bad": bad, "template": template});
        let seen: Seen = serde_json::from_value(seen).expect("a look");
        store.looked(&Known { last: Some(seen), ..known(path).await }).await.expect("keeps");
    }
    let weighed = async || {
        store.weigh_signs(noon() + TimeDelta::days(45)).await.expect("weighs");
        let [a, b, c] = [known("a1").await.near, known("b1").await.near, known("c1").await.near];
        [b.entity.violations, c.template.violations, a.entity.violations, c.entity.violations]
    };
    assert_eq!(weighed().await, [0.5, 0.5, 0.0, 0.0], "half of it is faded; nobody is near to itself");
    assert_eq!(known("a1").await.near.here.violations, 1.0, "by its own clock");
    let case = shows(store, "a1", &a, &[]).await;
    let reject = Decision {
        case_id: case.case_id,
        violation: Some(1),
        choice: Choice::Reject,
        reason: Some("否".into()),
        by: "Li".into(),
    };
    store.decide(&reject).await.expect("decides");
    assert_eq!(weighed().await, [0.0; 4]);
}
