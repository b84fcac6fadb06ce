//! What every desk promises: what is asked for and nothing else, in its order, and nothing that is out of sight.

use chrono::{DateTime, TimeDelta};
use model::account::Sight;
use model::event::Choice;
use model::evidence::{Evidence, EvidenceId};
use model::landing::Landing;
use serde_json::{Value, json};

use super::*;
use crate::decisions::{Decision, Decisions};
use crate::library::{Library, NewAd};
use crate::store::{Opening, Outcome, Store, StoredCase};
use crate::suite::{noon, opening};

/// Makes a test of each promise, as `storage_suite!` does for stores.
macro_rules! desk_suite {
    ($fresh:path) => {
        $crate::desk::suite::desk_suite!($fresh:
            each_filter_leaves_out_what_is_not_wanted,
            a_text_is_found_as_it_stands,
            pages_neither_repeat_nor_lose_a_case_while_others_come_in,
            nothing_of_another_tenant_is_told,
            what_is_deleted_is_listed_no_more,
            what_was_decided_leaves_the_queue,
            a_case_is_decided_when_each_violation_is,
            the_queue_is_in_the_order_of_what_matters,
            what_waits_is_counted_by_severity,
            what_is_nearly_identical_is_found,
            evidence_is_shown_with_its_own_case_alone,
            ads_are_listed_with_their_latest_case,
            coverage_counts_what_runs,
            violations_are_counted_by_the_day_of_a_time_zone,
            agreement_counts_the_latest_word,
        );
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (store, _held) = $fresh().await;
            $crate::desk::suite::$promise(&store).await;
        })*
    };
}

pub(crate) use desk_suite;

/// Everything that a desk rests on.
pub(crate) trait Whole: Store + Desk + Decisions + Library {}

impl<S: Store + Desk + Decisions + Library> Whole for S {}

/// An ad, and how its examination comes out.
#[derive(Clone)]
struct Told {
    ad: &'static str,
    platform: &'static str,
    advertiser: &'static str,
    name: &'static str,
    title: &'static str,
    trade: &'static str,
    verdict: &'static str,
    /// Check, rule, severity, host and words of each.
    violations: Vec<[&'static str; 5]>,
    gaps: Vec<&'static str>,
    level: u8,
}

fn told(ad: &'static str, platform: &'static str, advertiser: &'static str) -> Told {
    let (name, title, trade) = ("某公司", "标题", "game");
    Told { ad, platform, advertiser, name, title, trade, verdict: "clean", violations: vec![], gaps: vec![], level: 1 }
}

fn violating(ad: &'static str, platform: &'static str, advertiser: &'static str, severity: &'static str) -> Told {
    let violation = ["price-mismatch", "price-hidden", severity, "b.test", "29元"];
    Told { verdict: "violating", violations: vec![violation], ..told(ad, platform, advertiser) }
}

fn violation([check, rule, severity, host, words]: [&str; 5]) -> Value {
    json!({
        "check": check, "rule": rule, "pack": "cn@1", "severity": severity, "confidence": "high", "scope": "next-level", "cite": [],
        "promised": {"source": "title", "quote": "免费"},
        "delivered": {"visitor": "phone", "level": 1, "url": format!("https://{host}/"), "quote": words},
    })
}

async fn examine(store: &impl Store, told: &Told) -> StoredCase {
    examine_with(store, told, &[]).await
}

async fn examine_with(store: &impl Store, told: &Told, evidence: &[Evidence]) -> StoredCase {
    let line = json!({
        "ad_id": told.ad, "verdict": told.verdict,
        "violations": told.violations.iter().map(|one| violation(*one)).collect::<Vec<_>>(),
        "gaps": told.gaps.iter().map(|reason| json!({"step": "capture", "reason": reason, "retry": true})).collect::<Vec<_>>(),
        "chains": [{"visitor": "phone", "hops": [{"level": 0, "status": 302}, {"level": told.level, "status": 200}, {"level": 9}]}],
        "ad": {
            "ad_id": told.ad, "click_url": "https://a.test/", "platform": told.platform, "title": told.title,
            "advertiser": {"id": told.advertiser, "name": told.name, "industry": told.trade},
        },
    });
    let opening = Opening { advertiser: Some(told.advertiser.into()), ..opening(told.ad, 0) };
    let opened = store.begin(opening).await.expect("begins");
    let mut kept = Vec::new();
    for one in evidence {
        kept.push(store.keep(one).await.expect("keeps"));
    }
    let verdict = told.verdict.to_owned();
    let outcome = Outcome { verdict, line: line.to_string(), evidence: kept, tools: [].into(), to_stamp: Vec::new() };
    store.finish(opened, outcome).await.expect("finishes")
}

async fn decide(store: &impl Decisions, case: &StoredCase, violation: Option<u64>, choice: Choice) {
    let case_id = case.case_id.clone();
    store.decide(&Decision { case_id, violation, choice, reason: None, by: "Li".into() }).await.expect("decides");
}

fn imported(told: &Told, host: &str) -> NewAd {
    NewAd {
        ad_id: told.ad.into(),
        platform: Some(told.platform.into()),
        advertiser: Some(told.advertiser.into()),
        trade: Some(told.trade.into()),
        tags: vec![format!("tag-{}", told.ad)],
        approved_at: None,
        ends_at: None,
        landing: Landing::of(format!("https://{host}/"), host.into()),
        ad: json!({"ad_id": told.ad, "title": told.title}).to_string(),
        folder: "/".into(),
        files: [].into(),
    }
}

/// The cases that are listed, and the violations that wait.
pub(crate) async fn everything(desk: &impl Desk) -> (Vec<CaseRow>, Vec<Queued>) {
    let (latest, w) = (Wanted { latest_only: true, ..Wanted::default() }, Wanted::default());
    let cases = desk.list(&all(), &latest, None, 99).await.expect("lists");
    (cases, desk.queue(&all(), &w, None, 99).await.expect("lists"))
}

fn all() -> Sight {
    Sight::default()
}

async fn listed(desk: &impl Desk, sight: &Sight, wanted: &Wanted) -> Vec<u64> {
    desk.list(sight, wanted, None, 99).await.expect("lists").iter().map(|case| case.number).collect()
}

pub(crate) async fn each_filter_leaves_out_what_is_not_wanted(store: &impl Whole) {
    let other = Told {
        violations: vec![["reach", "no-page", "S4", "c.test", "x"], ["price-mismatch", "other", "S1", "c.test", "y"]],
        trade: "loan",
        ..violating("b", "search", "two", "S4")
    };
    let first = examine(store, &violating("a", "feed", "one", "S2")).await;
    let second = examine(store, &other).await;
    let third =
        examine(store, &Told { verdict: "inconclusive", gaps: vec!["timeout"], ..told("a", "feed", "one") }).await;
    decide(store, &first, Some(1), Choice::Confirm).await;
    decide(store, &second, None, Choice::Confirm).await;
    decide(store, &second, None, Choice::Reject).await;
    decide(store, &third, None, Choice::Again).await;
    let some = |text: &str| Some(text.to_owned());
    let w = Wanted::default;
    for (wanted, numbers) in [
        (w(), vec![3, 2, 1]),
        (Wanted { verdict: some("violating"), ..w() }, vec![2, 1]),
        (Wanted { verdict: some("clean"), ..w() }, vec![]),
        (Wanted { severity: some("S4"), ..w() }, vec![2]),
        (Wanted { check: some("price-mismatch"), ..w() }, vec![2, 1]),
        (Wanted { check: some("reach"), ..w() }, vec![2]),
        (Wanted { rule: some("price-hidden"), ..w() }, vec![1]),
        (Wanted { platform: some("feed"), ..w() }, vec![3, 1]),
        (Wanted { platform: some("fe\0ed"), ..w() }, vec![]),
        (Wanted { advertiser: some("two"), ..w() }, vec![2]),
        (Wanted { trade: some("loan"), ..w() }, vec![2]),
        (Wanted { ad: some("a"), ..w() }, vec![3, 1]),
        (Wanted { decision: Some(Decided::Undecided), ..w() }, vec![]),
        (Wanted { decision: Some(Decided::Confirm), ..w() }, vec![1]),
        (Wanted { decision: Some(Decided::Reject), ..w() }, vec![2]),
        (Wanted { decision: Some(Decided::Again), ..w() }, vec![3]),
        (Wanted { since: Some(third.sealed_at), ..w() }, vec![3, 2, 1]),
        (Wanted { since: Some(third.sealed_at + TimeDelta::seconds(1)), ..w() }, vec![]),
        (Wanted { until: Some(first.sealed_at + TimeDelta::seconds(1)), ..w() }, vec![3, 2, 1]),
        (Wanted { until: Some(first.sealed_at), ..w() }, vec![]),
        (Wanted { latest_only: true, ..w() }, vec![3, 2]),
        (Wanted { latest_only: true, verdict: some("violating"), platform: some("search"), ..w() }, vec![2]),
    ] {
        assert_eq!(listed(store, &all(), &wanted).await, numbers, "{wanted:?}");
        let counts = Desk::counts(store, &all(), &wanted).await.expect("counts");
        assert_eq!(counts.violating + counts.inconclusive + counts.clean, numbers.len() as u64, "{wanted:?}");
    }
    let counts = Desk::counts(store, &all(), &w()).await.expect("counts");
    assert_eq!(counts, Counts { violating: 2, inconclusive: 1, clean: 0 });
    let row = store.case_in_sight(&all(), &third.case_id).await.expect("reads").expect("it is there");
    assert_eq!((row.ad_id.as_str(), row.platform.as_deref(), row.trade.as_deref()), ("a", Some("feed"), Some("game")));
    assert_eq!((row.gaps.clone(), row.decision.as_deref()), (vec!["timeout".to_owned()], Some("again")));
    assert_eq!(row.sealed_at.timestamp_millis(), third.sealed_at.timestamp_millis());
    assert_eq!(store.cases_of_ad(&all(), "a", 1).await.expect("lists"), [row]);
}

pub(crate) async fn a_text_is_found_as_it_stands(store: &impl Whole) {
    examine(store, &Told { title: "100% off_now", ..told("a-Ad", "feed", "one") }).await;
    examine(store, &Told { title: "it's \"new\"; --", name: "Ünï\\c", ..told("b", "feed", "one") }).await;
    for (text, numbers) in [
        ("100%", vec![1]),
        ("%", vec![1]),
        ("_", vec![1]),
        ("0_%", vec![]),
        ("'", vec![2]),
        ("\"new\"", vec![2]),
        ("\\", vec![2]),
        ("'; --", vec![]),
        ("A-AD", vec![1]),
        ("of\0f", vec![1]),
        ("\0", vec![2, 1]),
        ("标", vec![]),
    ] {
        let wanted = Wanted { text: Some(text.into()), ..Wanted::default() };
        assert_eq!(listed(store, &all(), &wanted).await, numbers, "{text:?}");
    }
}

pub(crate) async fn pages_neither_repeat_nor_lose_a_case_while_others_come_in(store: &impl Whole) {
    let ads = ["a", "b", "c", "d", "e", "f", "g"];
    for ad in ads {
        examine(store, &violating(ad, "feed", "one", "S2")).await;
    }
    let (mut numbers, mut behind) = (Vec::new(), None);
    loop {
        let page = store.list(&all(), &Wanted::default(), behind, 2).await.expect("lists");
        let Some(last) = page.last() else { break };
        behind = Some(last.number);
        numbers.extend(page.iter().map(|case| case.number));
        examine(store, &violating("new", "feed", "one", "S4")).await;
    }
    assert_eq!(numbers, [7, 6, 5, 4, 3, 2, 1]);
    let (mut queued, mut mark) = (Vec::new(), None);
    loop {
        let page = store.queue(&all(), &Wanted::default(), mark.as_ref(), 3).await.expect("lists");
        let Some(last) = page.last() else { break };
        mark = Some(last.mark());
        queued.extend(page.iter().map(|one| one.case.ad_id.clone()));
        examine(store, &violating("newer", "feed", "one", "S4")).await;
    }
    assert_eq!(queued, ["new", "a", "b", "c", "d", "e", "f", "g"]);
}

pub(crate) async fn nothing_of_another_tenant_is_told(store: &impl Whole) {
    let page = Evidence::new("page", "text/html", b"page".to_vec(), noon());
    // Both platforms give the id `one`.
    let tenants = [("a", "feed", "one"), ("b", "feed", "two"), ("c", "search", "one"), ("d", "search", "two")];
    let mut cases = Vec::new();
    for (ad, platform, advertiser) in tenants {
        let told = violating(ad, platform, advertiser, "S2");
        store.import(&[imported(&told, "a.test")], noon()).await.expect("imports");
    }
    for (ad, platform, advertiser) in tenants {
        let told = violating(ad, platform, advertiser, "S2");
        cases.push(examine_with(store, &told, std::slice::from_ref(&page)).await);
    }
    let sight = |platform: Option<&str>, advertiser: Option<&str>| Sight {
        platform: platform.map(Into::into),
        advertiser: advertiser.map(Into::into),
        region: None,
    };
    for (sight, seen) in [
        (sight(None, None), "abcd"),
        (sight(Some("feed"), None), "ab"),
        (sight(None, Some("one")), "ac"),
        (sight(Some("search"), Some("one")), "c"),
        (sight(Some("other"), None), ""),
        (sight(Some("feed\0"), None), ""),
        (sight(None, Some("")), ""),
    ] {
        let w = Wanted::default();
        let count = seen.len() as u64;
        let mut ads: Vec<_> =
            store.list(&sight, &w, None, 99).await.expect("lists").into_iter().map(|case| case.ad_id).collect();
        ads.sort();
        assert_eq!(ads.concat(), seen, "{sight:?}");
        let counts = Desk::counts(store, &sight, &w).await.expect("counts");
        assert_eq!(counts, Counts { violating: count, ..Counts::default() }, "{sight:?}");
        let queue = store.queue(&sight, &w, None, 99).await.expect("lists");
        assert_eq!(queue.iter().map(|one| one.case.ad_id.as_str()).collect::<String>(), seen, "{sight:?}");
        assert!(queue.iter().all(|one| one.like == count - 1), "{sight:?}");
        let listed = Desk::ads(store, &sight, &WantedAds::default(), None, 99).await.expect("lists");
        assert_eq!(listed.iter().map(|ad| ad.ad_id.as_str()).collect::<String>(), seen, "{sight:?}");
        let total = store.coverage_total(&sight).await.expect("counts");
        assert_eq!((total.running, total.examined), (count, count), "{sight:?}");
        let covered = store.coverage(&sight, None, 99).await.expect("counts");
        assert_eq!(covered.iter().map(|one| one.running).sum::<u64>(), count, "{sight:?}");
        let may = |name: &str| tenants.iter().any(|(ad, _, whose)| seen.contains(ad) && *whose == name);
        assert!(covered.iter().all(|one| may(one.advertiser.as_deref().unwrap_or_default())), "{sight:?}");
        let span = (noon() - TimeDelta::days(99_999), noon() + TimeDelta::days(99_999));
        let days = store.by_day(&sight, span.0, span.1, 0).await.expect("counts");
        assert_eq!(days.iter().map(|day| day.2).sum::<u64>(), count, "{sight:?}");
        let checks = store.agreement(&sight).await.expect("counts");
        assert_eq!(checks.iter().map(|check| check.undecided).sum::<u64>(), count, "{sight:?}");
        for ((ad, ..), case) in tenants.iter().zip(&cases) {
            let visible = seen.contains(ad);
            let id = &case.case_id;
            assert_eq!(store.case_in_sight(&sight, id).await.expect("reads").is_some(), visible, "{sight:?} {ad}");
            assert_eq!(store.cases_of_ad(&sight, ad, 9).await.expect("lists").len() == 1, visible, "{sight:?} {ad}");
            assert_eq!(store.ad_in_sight(&sight, ad).await.expect("reads").is_some(), visible, "{sight:?} {ad}");
            let kept = store.evidence_in_sight(&sight, id, page.id()).await.expect("reads");
            assert_eq!(kept.is_some(), visible, "{sight:?} {ad}");
            let like = store.like(&sight, id, 1, 99).await.expect("lists");
            assert_eq!(like.len() as u64, if visible { count - 1 } else { 0 }, "{sight:?} {ad}");
            let own =
                |id: &CaseId| cases.iter().zip(seen_of(&tenants, seen)).any(|(case, may)| may && case.case_id == *id);
            assert!(like.iter().all(|(id, _)| own(id)), "{sight:?} {ad}");
        }
    }
}

fn seen_of<'a>(tenants: &'a [(&str, &str, &str)], seen: &'a str) -> impl Iterator<Item = bool> + 'a {
    tenants.iter().map(move |(ad, ..)| seen.contains(ad))
}

pub(crate) async fn what_is_deleted_is_listed_no_more(store: &impl Whole) {
    let page = Evidence::new("page", "text/html", b"page".to_vec(), noon());
    let told = violating("a", "feed", "one", "S2");
    store.import(&[imported(&told, "a.test")], noon()).await.expect("imports");
    let before = examine(store, &told).await;
    let last = examine_with(store, &told, std::slice::from_ref(&page)).await;
    let latest = Wanted { latest_only: true, ..Wanted::default() };
    assert_eq!(listed(store, &all(), &latest).await, [2]);
    store.delete(&last.case_id, "over").await.expect("deletes");
    assert_eq!(listed(store, &all(), &latest).await, [1], "the one before is the latest now");
    let queue = store.queue(&all(), &Wanted::default(), None, 9).await.expect("lists");
    assert_eq!(queue.iter().map(|one| one.case.number).collect::<Vec<_>>(), [1]);
    assert_eq!(store.case_in_sight(&all(), &last.case_id).await.expect("reads"), None);
    assert_eq!(store.evidence_in_sight(&all(), &last.case_id, page.id()).await.expect("reads"), None);
    assert_eq!(store.like(&all(), &last.case_id, 1, 9).await.expect("lists"), []);
    let ad = store.ad_in_sight(&all(), "a").await.expect("reads").expect("it is there");
    assert_eq!(ad.latest.expect("has a case").case_id, before.case_id);
    store.delete(&before.case_id, "over").await.expect("deletes");
    assert_eq!(listed(store, &all(), &Wanted::default()).await, [0; 0]);
    assert_eq!(Desk::counts(store, &all(), &Wanted::default()).await.expect("counts"), Counts::default());
    assert_eq!(store.cases_of_ad(&all(), "a", 9).await.expect("lists"), []);
    assert_eq!(store.queue(&all(), &Wanted::default(), None, 9).await.expect("lists"), []);
    assert_eq!(store.agreement(&all()).await.expect("counts"), []);
    let span = (noon() - TimeDelta::days(99_999), noon() + TimeDelta::days(99_999));
    assert_eq!(store.by_day(&all(), span.0, span.1, 0).await.expect("counts"), []);
    assert_eq!(store.ad_in_sight(&all(), "a").await.expect("reads").expect("it is there").latest, None);
    assert_eq!(store.coverage_total(&all()).await.expect("counts").never, 1);
}

pub(crate) async fn what_was_decided_leaves_the_queue(store: &impl Whole) {
    let two = Told {
        violations: vec![["c", "r", "S2", "b.test", "x"], ["c", "s", "S2", "b.test", "x"]],
        ..violating("a", "feed", "one", "S2")
    };
    let case = examine(store, &two).await;
    let other = examine(store, &violating("b", "feed", "one", "S1")).await;
    let waiting = async || -> Vec<(u64, u64)> {
        let queue = store.queue(&all(), &Wanted::default(), None, 9).await.expect("lists");
        queue.iter().map(|one| (one.case.number, one.number)).collect()
    };
    assert_eq!(waiting().await, [(1, 1), (1, 2), (2, 1)]);
    decide(store, &case, Some(1), Choice::Confirm).await;
    assert_eq!(waiting().await, [(1, 2), (2, 1)]);
    decide(store, &other, None, Choice::Reject).await;
    assert_eq!(waiting().await, [(1, 2)]);
    decide(store, &case, None, Choice::Again).await;
    assert_eq!(waiting().await, []);
    let queue = examine(store, &two).await;
    assert_eq!(waiting().await, [(queue.number, 1), (queue.number, 2)], "what is found anew waits again");
    examine(store, &told("a", "feed", "one")).await;
    assert_eq!(waiting().await, [], "only the latest case of an ad waits");
}

pub(crate) async fn a_case_is_decided_when_each_violation_is(store: &impl Whole) {
    let two = Told {
        violations: vec![["c", "r", "S2", "b.test", "x"], ["c", "s", "S2", "b.test", "x"]],
        ..violating("a", "feed", "one", "S2")
    };
    let case = examine(store, &two).await;
    let decided = async || {
        let row = store.case_in_sight(&all(), &case.case_id).await.expect("reads").expect("it is there");
        assert_eq!(row.decision.is_some(), row.decided_at.is_some());
        row.decision
    };
    assert_eq!(decided().await, None);
    decide(store, &case, Some(1), Choice::Reject).await;
    assert_eq!(decided().await, None, "the other one waits");
    decide(store, &case, Some(2), Choice::Reject).await;
    assert_eq!(decided().await.as_deref(), Some("reject"));
    decide(store, &case, Some(2), Choice::Confirm).await;
    assert_eq!(decided().await.as_deref(), Some("confirm"));
    decide(store, &case, None, Choice::Again).await;
    assert_eq!(decided().await.as_deref(), Some("again"));
}

pub(crate) async fn what_waits_is_counted_by_severity(store: &impl Whole) {
    let mild = examine(store, &violating("a", "feed", "one", "S1")).await;
    for (ad, platform) in [("b", "feed"), ("c", "search"), ("d", "feed")] {
        examine(store, &violating(ad, platform, "one", "S4")).await;
    }
    let queue = store.queue(&all(), &Wanted::default(), None, 9).await.expect("lists");
    let last = queue.iter().map(|one| one.found_since).max().expect("four wait");
    let of = |severity: &str, open, overdue| Waiting { severity: severity.into(), open, overdue };
    let waiting = async |sight: &Sight, overdue| store.waiting(sight, overdue).await.expect("counts");
    assert_eq!(waiting(&all(), mild.sealed_at - TimeDelta::days(1)).await, [of("S4", 3, 0), of("S1", 1, 0)]);
    let late = last;
    assert_eq!(waiting(&all(), late).await, [of("S4", 3, 3), of("S1", 1, 1)]);
    let search = Sight { platform: Some("search".into()), advertiser: None, region: None };
    assert_eq!(waiting(&search, late).await, [of("S4", 1, 1)]);
    decide(store, &mild, None, Choice::Reject).await;
    assert_eq!(waiting(&all(), late).await, [of("S4", 3, 3)], "what was decided waits no more");
    let of_round = Wanted { round: Some("none.20261127T190500Z".into()), ..Wanted::default() };
    assert_eq!(
        store.list(&all(), &of_round, None, 9).await.expect("lists"),
        [],
        "no case is of a round that never was"
    );
}

pub(crate) async fn the_queue_is_in_the_order_of_what_matters(store: &impl Whole) {
    let ads = [
        ("a", "S1", "a.test"),
        ("b", "S4", "a.test"),
        ("c", "S4", "c.test"),
        ("d", "S4", "a.test"),
        ("e", "S3", "e.test"),
    ];
    let told = ads.map(|(ad, severity, host)| (violating(ad, "feed", "one", severity), host));
    let new: Vec<_> = told.iter().map(|(told, host)| imported(told, host)).collect();
    store.import(&new, noon()).await.expect("imports");
    for (told, _) in &told {
        examine(store, told).await;
    }
    // An ad that was never imported leads to its landing alone.
    let bare = examine(store, &violating("f", "feed", "one", "S4")).await;
    let queue = store.queue(&all(), &Wanted::default(), None, 9).await.expect("lists");
    let order: Vec<_> = queue.iter().map(|one| (one.case.ad_id.as_str(), one.exposure)).collect();
    assert_eq!(order, [("b", 3), ("d", 3), ("c", 1), ("f", 1), ("e", 1), ("a", 3)]);
    assert_eq!(queue[3].found_since, queue[3].case.sealed_at);
    assert_eq!(queue[3].case.case_id, bare.case_id);
    assert_eq!((queue[0].check.as_str(), queue[0].url.as_str()), ("price-mismatch", "https://b.test/"));
    for at in 0..queue.len() {
        let rest = store.queue(&all(), &Wanted::default(), Some(&queue[at].mark()), 9).await.expect("lists");
        assert_eq!(rest, queue[at + 1..], "behind {at}");
    }
    let severe = Wanted { severity: Some("S3".into()), rule: Some("price-hidden".into()), ..Wanted::default() };
    let severe = store.queue(&all(), &severe, None, 9).await.expect("lists");
    assert_eq!(severe.iter().map(|one| one.case.ad_id.as_str()).collect::<Vec<_>>(), ["e"]);
    let none = Wanted { check: Some("other".into()), ..Wanted::default() };
    assert_eq!(store.queue(&all(), &none, None, 9).await.expect("lists"), []);
}

pub(crate) async fn what_is_nearly_identical_is_found(store: &impl Whole) {
    let with = |ad, violation| Told { violations: vec![violation], ..violating(ad, "feed", "one", "S2") };
    let first = examine(store, &with("a", ["c", "r", "S2", "b.test", "x"])).await;
    let same = examine(store, &with("b", ["d", "r", "S4", "b.test", "x"])).await;
    examine(store, &with("c", ["c", "other", "S2", "b.test", "x"])).await;
    examine(store, &with("d", ["c", "r", "S2", "other.test", "x"])).await;
    examine(store, &with("e", ["c", "r", "S2", "b.test", "other"])).await;
    let like = async |case: &StoredCase| store.like(&all(), &case.case_id, 1, 9).await.expect("lists");
    assert_eq!(like(&first).await, [(same.case_id.clone(), 1)]);
    decide(store, &first, None, Choice::Confirm).await;
    assert_eq!(like(&first).await, [(same.case_id.clone(), 1)], "also once it is decided itself");
    assert_eq!(like(&same).await, []);
}

pub(crate) async fn evidence_is_shown_with_its_own_case_alone(store: &impl Whole) {
    let page = Evidence::new("page", "text/html", b"page".to_vec(), noon());
    let with = examine_with(store, &told("a", "feed", "one"), std::slice::from_ref(&page)).await;
    let without = examine(store, &told("b", "feed", "one")).await;
    let kept = store.evidence_in_sight(&all(), &with.case_id, page.id()).await.expect("reads").expect("it rests on it");
    assert_eq!((kept.id, kept.media_type.as_str(), kept.bytes), (page.id(), "text/html", 4));
    assert_eq!(store.evidence_in_sight(&all(), &without.case_id, page.id()).await.expect("reads"), None);
    let nothing = EvidenceId::of(b"nothing");
    assert_eq!(store.evidence_in_sight(&all(), &with.case_id, nothing).await.expect("reads"), None);
}

pub(crate) async fn ads_are_listed_with_their_latest_case(store: &impl Whole) {
    let a = Told { title: "100%", ..violating("a", "feed", "one", "S2") };
    let (b, c) = (Told { trade: "loan", ..told("b", "search", "two") }, told("c", "feed", "one"));
    let new = [imported(&a, "a.test"), imported(&b, "b.test"), imported(&c, "c.test")];
    store.import(&new, noon()).await.expect("imports");
    examine(store, &told("a", "feed", "one")).await;
    let latest = examine(store, &a).await;
    examine(store, &b).await;
    let w = WantedAds::default;
    let some = |text: &str| Some(text.to_owned());
    for (wanted, ids) in [
        (w(), "abc"),
        (WantedAds { text: some("100%"), ..w() }, "a"),
        (WantedAds { text: some("B.TEST"), ..w() }, "b"),
        (WantedAds { text: some("_"), ..w() }, ""),
        (WantedAds { platform: some("feed"), ..w() }, "ac"),
        (WantedAds { advertiser: some("two"), ..w() }, "b"),
        (WantedAds { trade: some("loan"), ..w() }, "b"),
        (WantedAds { verdict: some("never"), ..w() }, "c"),
        (WantedAds { verdict: some("violating"), ..w() }, "a"),
        (WantedAds { verdict: some("clean"), ..w() }, "b"),
        (WantedAds { tag: some("tag-c"), ..w() }, "c"),
    ] {
        let ads = Desk::ads(store, &all(), &wanted, None, 9).await.expect("lists");
        assert_eq!(ads.iter().map(|ad| ad.ad_id.as_str()).collect::<String>(), ids, "{wanted:?}");
    }
    let page = Desk::ads(store, &all(), &w(), Some("a"), 1).await.expect("lists");
    assert_eq!((page.len(), page[0].ad_id.as_str(), page[0].host.as_str()), (1, "b", "b.test"));
    let ad = store.ad_in_sight(&all(), "a").await.expect("reads").expect("it is there");
    assert_eq!((ad.title.as_deref(), ad.imported_at), (Some("100%"), noon()));
    let its = ad.latest.expect("it was examined");
    assert_eq!((its.case_id, its.verdict.as_str(), its.severity.as_deref()), (latest.case_id, "violating", Some("S2")));
    assert_eq!(store.ad_in_sight(&all(), "z").await.expect("reads"), None);
}

pub(crate) async fn coverage_counts_what_runs(store: &impl Whole) {
    let deep = Told { level: 2, ..told("a", "feed", "one") };
    let (b, c) = (told("b", "feed", "one"), told("c", "feed", "two"));
    let ended = NewAd { ends_at: Some(DateTime::UNIX_EPOCH), ..imported(&told("z", "feed", "two"), "z.test") };
    let nobodys = NewAd { advertiser: None, ..imported(&told("n", "feed", ""), "n.test") };
    // Another company, which its platform calls by the same id.
    let other = imported(&told("o", "search", "one"), "o.test");
    let new = [imported(&deep, "a.test"), imported(&b, "b.test"), imported(&c, "c.test"), ended, nobodys, other];
    store.import(&new, noon()).await.expect("imports");
    let first = examine(store, &deep).await;
    // Its landing page never opened.
    examine(store, &Told { verdict: "inconclusive", gaps: vec!["timeout", "empty-page"], level: 0, ..b }).await;
    let covered = store.coverage(&all(), None, 9).await.expect("counts");
    let oldest_look = DateTime::from_timestamp_millis(first.sealed_at.timestamp_millis());
    let reasons = vec![("empty-page".to_owned(), 1), ("timeout".to_owned(), 1)];
    let one = Coverage {
        advertiser: Some("one".into()),
        platform: Some("feed".into()),
        running: 2,
        examined: 2,
        reached_level_1: 1,
        reached_level_2: 1,
        inconclusive: 1,
        reasons,
        never: 0,
        oldest_look,
    };
    let unseen = |advertiser: &str, platform: &str| Coverage {
        advertiser: Some(advertiser.into()),
        platform: Some(platform.into()),
        running: 1,
        never: 1,
        ..Coverage::default()
    };
    let (same, two) = (unseen("one", "search"), unseen("two", "feed"));
    assert_eq!(covered, [one.clone(), same.clone(), two.clone()]);
    assert_eq!(store.coverage(&all(), Some(("one", "feed")), 9).await.expect("counts"), [same.clone(), two.clone()]);
    assert_eq!(store.coverage(&all(), Some(("one", "feed")), 1).await.expect("counts"), [same]);
    assert_eq!(store.coverage(&all(), Some(("one", "search")), 9).await.expect("counts"), [two]);
    assert_eq!(store.coverage(&all(), None, 1).await.expect("counts"), std::slice::from_ref(&one));
    assert_eq!(store.coverage(&all(), Some(("two", "feed")), 9).await.expect("counts"), []);
    let total = store.coverage_total(&all()).await.expect("counts");
    assert_eq!(total, Coverage { advertiser: None, platform: None, running: 5, never: 3, ..one });
}

pub(crate) async fn violations_are_counted_by_the_day_of_a_time_zone(store: &impl Whole) {
    // The stores of tests are sealed in the first seconds of 1970.
    let case = examine(store, &violating("a", "feed", "one", "S2")).await;
    examine(store, &Told { trade: "loan", ..violating("b", "feed", "one", "S2") }).await;
    examine(store, &violating("c", "feed", "one", "S2")).await;
    let (since, until) = (case.sealed_at, case.sealed_at + TimeDelta::seconds(1));
    let day = |day: &str, trade: &str, count| (day.parse().expect("a day"), Some(trade.to_owned()), count);
    let at = async |since, until, offset| store.by_day(&all(), since, until, offset).await.expect("counts");
    assert_eq!(at(since, until, 0).await, [day("1970-01-01", "game", 2), day("1970-01-01", "loan", 1)]);
    assert_eq!(at(since, until, 24 * 60).await, [day("1970-01-02", "game", 2), day("1970-01-02", "loan", 1)]);
    assert_eq!(at(since, until, 24 * 60 - 1).await, [day("1970-01-01", "game", 2), day("1970-01-01", "loan", 1)]);
    assert_eq!(at(until, until + TimeDelta::days(1), 0).await, []);
    // Seen again it is no other one, and what people rejected is none.
    examine(store, &violating("a", "feed", "one", "S2")).await;
    decide(store, &case, None, Choice::Reject).await;
    assert_eq!(at(since, until, 0).await, [day("1970-01-01", "game", 1), day("1970-01-01", "loan", 1)]);
}

pub(crate) async fn agreement_counts_the_latest_word(store: &impl Whole) {
    let with = |ad| Told {
        violations: vec![["c", "r", "S2", "b.test", "x"], ["d", "s", "S2", "b.test", "x"]],
        ..violating(ad, "feed", "one", "S2")
    };
    let cases = [examine(store, &with("a")).await, examine(store, &with("b")).await, examine(store, &with("c")).await];
    decide(store, &cases[0], Some(1), Choice::Reject).await;
    decide(store, &cases[0], None, Choice::Confirm).await;
    decide(store, &cases[1], None, Choice::Confirm).await;
    decide(store, &cases[1], Some(2), Choice::Reject).await;
    decide(store, &cases[2], Some(1), Choice::Again).await;
    let of =
        |check: &str, confirmed, rejected, undecided| Agreement { check: check.into(), confirmed, rejected, undecided };
    assert_eq!(store.agreement(&all()).await.expect("counts"), [of("c", 2, 0, 1), of("d", 1, 1, 1)]);
}
