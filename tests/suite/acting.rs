//! What is done about what was found, as an operator does it: the ledger, measures and deadlines of a folder and of a database.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};
use model::evidence::Evidence;
use model::units::Clock;
use postlink_tests::postlink::{Postlink, Run};
use serde_json::{Value, json};
use storage::store::{CaseId, Opening, Outcome, Store};
use storage::suite::postgres::Server;
use storage::{postgres, sqlite};

/// A clock that tests set.
pub(crate) struct Hands(Arc<AtomicI64>);

impl Hands {
    pub(crate) fn at(moment: &str) -> Self {
        let hands = Self(Arc::default());
        hands.set(moment);
        hands
    }

    pub(crate) fn set(&self, moment: &str) {
        self.0.store(at(moment).timestamp_millis(), Ordering::SeqCst);
    }

    pub(crate) fn clock(&self) -> Clock {
        let hands = Arc::clone(&self.0);
        Arc::new(move || DateTime::from_timestamp_millis(hands.load(Ordering::SeqCst)).expect("a moment"))
    }
}

pub(crate) fn at(moment: &str) -> DateTime<Utc> {
    moment.parse().expect("a moment")
}

/// A violation, by its check, severity, and the part of the ad that it is about.
pub(crate) fn violation(check: &str, severity: &str, source: &str) -> Value {
    json!({
        "check": check, "rule": "gift-differs", "pack": "cn@1", "severity": severity, "confidence": "high",
        "scope": "next-level", "cite": ["law#1"], "also": [], "note": {},
        "promised": {"source": source, "quote": "免费领", "box": [0, 0, 1, 1], "evidence": "sha256:00"},
        "delivered": {"visitor": "phone", "hop": 4, "level": 1, "url": "https://b.test/", "quote": "29元/月", "at_ms": 9},
    })
}

/// Seals a case of this ad as nobody crawled it.
pub(crate) async fn seal(
    store: &impl Store,
    ad: Value,
    verdict: &str,
    violations: Vec<Value>,
    now: DateTime<Utc>,
) -> CaseId {
    let id = ad["ad_id"].as_str().expect("an id").to_owned();
    let page = Evidence::new("page html", "text/html", format!("page of {id}").into_bytes(), now);
    let kept = vec![store.keep(&page).await.expect("keeps")];
    let line = json!({
        "ad_id": id, "verdict": verdict, "opened_at": now, "gaps": [], "chains": [], "findings": [],
        "violations": violations, "ad": ad, "ad_evidence": page.id(),
    });
    let opening = Opening {
        key: format!("{id} {now}"),
        ad_id: id,
        platform: ad["platform"].as_str().map(ToOwned::to_owned),
        advertiser: ad["advertiser"]["id"].as_str().map(ToOwned::to_owned),
        position: 0,
        opened_at: now,
    };
    let opened = store.begin(opening).await.expect("begins");
    let outcome = Outcome {
        verdict: verdict.to_owned(),
        line: line.to_string(),
        evidence: kept,
        tools: [].into(),
        to_stamp: Vec::new(),
    };
    store.finish(opened, outcome).await.expect("finishes").case_id
}

fn ad(id: &str, advertiser: &str) -> Value {
    json!({
        "ad_id": id, "click_url": "https://a.test/", "platform": "feed", "title": "标题",
        "advertiser": {"id": advertiser, "name": "某公司"}, "audience": {"min_age": 12},
    })
}

#[track_caller]
fn clean(run: &Run) -> &str {
    assert_eq!(run.code, Some(0), "{run:?}");
    &run.stdout
}

/// Two cases of one advertiser, long ago, and one of another one; by the names of their ads.
async fn filled(store: &impl Store, hands: &Hands) {
    for (id, advertiser, severity) in [("a", "one", "S1"), ("b", "one", "S4"), ("c", "two", "S1")] {
        let found = vec![violation("price-mismatch", severity, "title")];
        seal(store, ad(id, advertiser), "violating", found, (hands.clock())()).await;
    }
}

/// From what was found to what came of it, with `at` naming the store.
fn from_finding_to_outcome(postlink: &Postlink, at: &[&str]) {
    let does = |arguments: &[&str]| postlink.run(&[arguments, at].concat()).expect("runs");
    let overdue = does(&["deadlines", "--overdue"]);
    assert_eq!(overdue.code, Some(11), "{overdue:?}");
    assert!(overdue.stdout.contains("3 items wait, 3 of them overdue"), "{}", overdue.stdout);
    for ad in ["a", "b"] {
        clean(&does(&["decide", ad, "--confirm", "--by", "Li"]));
    }
    let items = does(&["deadlines", "--json"]).stdout;
    let items: Vec<Value> = items.lines().map(|line| serde_json::from_str(line).expect("an item")).collect();
    assert_eq!(items.len(), 1, "two are decided");
    assert_eq!(
        (&items[0]["ad"], &items[0]["due"], &items[0]["urgency"]),
        (&json!("c"), &Value::Null, &json!("overdue"))
    );
    assert_eq!(items[0]["at"], "2026-11-04T04:00:00Z", "72 hours after it was found");

    let proposed = does(&["measures", "propose", "--lang", "en"]);
    assert!(clean(&proposed).contains("1 measures proposed or taken, 0 refused or lifted"), "{}", proposed.stdout);
    assert!(proposed.stdout.contains("measure-1  proposed  feed/one  platform:clear  S4"), "{}", proposed.stdout);
    assert!(proposed.stdout.contains("Shown to minors or the elderly"), "{}", proposed.stdout);
    let again = does(&["measures", "propose"]);
    assert!(clean(&again).contains("0 measures proposed or taken"), "it was answered: {}", again.stdout);
    let lifted = does(&["measures", "lift", "measure-1", "--by", "Li", "--why", "x"]);
    assert_eq!(lifted.code, Some(2), "nobody has taken it: {lifted:?}");
    clean(&does(&["measures", "take", "measure-1", "--by", "Wu", "--why", "看过了"]));
    let late = does(&["measures", "refuse", "measure-1", "--by", "Li", "--why", "x"]);
    assert_eq!(late.code, Some(2), "{late:?}");
    assert!(late.stderr.contains("measure-1 is taken by Wu: it cannot be refused from there"), "{}", late.stderr);

    // A slight one stands by itself, and is taken back when what it rests on is rejected.
    clean(&does(&["decide", "c", "--confirm", "--by", "Li"]));
    assert!(clean(&does(&["measures", "propose"])).contains("measure-2  taken"), "nobody has to decide it");
    clean(&does(&["decide", "c", "--reject", "本来就有", "--by", "Li"]));
    let ended = does(&["measures", "propose"]);
    assert!(clean(&ended).contains("0 measures proposed or taken, 1 refused or lifted"), "{}", ended.stdout);
    let history = does(&["measures", "list", "--advertiser", "two"]);
    assert!(clean(&history).contains("lifted by postlink"), "{}", history.stdout);

    let listed = does(&["ledger", "list"]);
    let words: Vec<Vec<&str>> = clean(&listed).lines().map(|line| line.split_whitespace().collect()).collect();
    let acts: Vec<_> = words.iter().map(|words| words[2]).collect();
    assert_eq!(acts.iter().filter(|act| **act == "finding").count(), 3, "{}", listed.stdout);
    assert_eq!(acts.iter().filter(|act| **act == "decision").count(), 4, "{}", listed.stdout);
    assert_eq!(acts.iter().filter(|act| **act == "measure").count(), 2, "{}", listed.stdout);
    assert!(listed.stdout.contains("measure-2-lifted after measure-2"), "{}", listed.stdout);
    let verified = does(&["ledger", "verify"]);
    let head = clean(&verified).lines().last().expect("a head").rsplit(' ').next().expect("a head");
    clean(&does(&["ledger", "verify", "--head", head]));
    let (number, hash) = head.split_once(':').expect("a head");
    let beyond = format!("{}:{hash}", number.parse::<u64>().expect("a number") + 1);
    let cut = does(&["ledger", "verify", "--head", &beyond]);
    assert_eq!(cut.code, Some(1), "{cut:?}");
    assert!(cut.stdout.contains("what came behind was cut off"), "{}", cut.stdout);
    let lines = does(&["ledger", "export"]).stdout;
    let entries: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("an entry")).collect();
    assert_eq!(entries.len().to_string(), number);
    assert!(entries.windows(2).all(|two| two[1]["previous"] == two[0]["hash"]), "each names the one before it");
    let sheet = does(&["ledger", "export", "--format", "csv", "--subject", "two"]).stdout;
    assert_eq!(sheet.lines().count(), 1 + 5, "{sheet}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_found_is_decided_answered_and_taken_back_in_a_folder() {
    let (postlink, hands) = (Postlink::new().expect("a folder"), Hands::at("2026-11-01T04:00:00Z"));
    let store = sqlite::open(&postlink.folder().join("out"), hands.clock()).await.expect("opens");
    filled(&store, &hands).await;
    store.close().await;
    from_finding_to_outcome(&postlink, &["--data", "out"]);
    assert_eq!(postlink.run(&["verify", "out"]).expect("runs").code, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_found_is_decided_answered_and_taken_back_in_a_database() {
    let (postlink, hands, server) =
        (Postlink::new().expect("a folder"), Hands::at("2026-11-01T04:00:00Z"), Server::start());
    let out = postlink.folder().join("out");
    let store = postgres::open(&server.url(), out.as_path(), hands.clock()).await.expect("opens");
    filled(&store, &hands).await;
    store.close().await;
    from_finding_to_outcome(&postlink, &["--data", "out", "--database", &server.url()]);
}

/// What goes with its case is in the ledger before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_deleted_stands_in_the_ledger() {
    let (postlink, hands) = (Postlink::new().expect("a folder"), Hands::at("2020-05-01T00:00:00Z"));
    let store = sqlite::open(&postlink.folder().join("out"), hands.clock()).await.expect("opens");
    filled(&store, &hands).await;
    store.close().await;
    let does = |arguments: &[&str]| postlink.run(arguments).expect("runs");
    assert!(clean(&does(&["retention", "--data", "out"])).contains("3 cases deleted"));
    let listed = does(&["ledger", "list", "--data", "out"]);
    assert_eq!(clean(&listed).lines().count(), 3, "{}", listed.stdout);
    clean(&does(&["ledger", "verify", "--data", "out"]));
}
