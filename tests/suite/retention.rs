//! `postlink retention`, `hold` and `evidence sweep` over a folder, as an operator runs them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::ad::Ad;
use model::case::Case;
use model::evidence::{Evidence, EvidenceId};
use postlink_tests::postlink::{Postlink, Run};
use serde_json::{Value, json};
use storage::sqlite;
use storage::store::{Opening, Outcome, Store as _};

fn long_ago() -> DateTime<Utc> {
    "2020-05-01T00:00:00Z".parse().expect("a moment")
}

/// A folder with a case of each of these ads, sealed long ago, and a report.
async fn folder(ads: &[Value]) -> Postlink {
    let postlink = Postlink::new().expect("a folder");
    let store = sqlite::open(&postlink.folder().join("out"), Arc::new(long_ago)).await.expect("opens");
    for (ad, position) in ads.iter().zip(0..) {
        let ad: Ad = serde_json::from_value(ad.clone()).expect("an ad");
        let page = Evidence::new("page html", "text/html", format!("page of {}", ad.ad_id).into_bytes(), long_ago());
        let kept = vec![store.keep(&page).await.expect("keeps")];
        let verdict = Case::open(ad.clone(), EvidenceId::of(b"ad"), long_ago()).verdict();
        let line = json!({ "ad_id": ad.ad_id, "verdict": verdict.word(), "ad": ad }).to_string();
        let opening = Opening {
            key: ad.ad_id.clone(),
            ad_id: ad.ad_id.clone(),
            advertiser: Some("someone".into()),
            platform: None,
            position,
            opened_at: long_ago(),
        };
        let opened = store.begin(opening).await.expect("begins");
        let outcome = Outcome {
            verdict: verdict.word().to_owned(),
            line,
            evidence: kept,
            tools: [].into(),
            to_stamp: Vec::new(),
        };
        store.finish(opened, outcome).await.expect("finishes");
    }
    let mut report = store.draft("report.html").expect("drafts");
    std::io::Write::write_all(&mut report, b"<p>all of them").expect("writes");
    store.publish(report).await.expect("publishes");
    store.close().await;
    postlink
}

#[track_caller]
fn clean(run: &Run) -> &str {
    assert_eq!(run.code, Some(0), "{run:?}");
    &run.stdout
}

#[tokio::test]
async fn what_is_over_is_deleted_what_is_held_or_runs_on_stays_and_everything_verifies() {
    let ad = |id: &str, ends: Value| json!({ "ad_id": id, "click_url": "https://a.test/", "ends_at": ends });
    let postlink = folder(&[
        ad("over", json!("2021-06-30")),
        ad("unsaid", Value::Null),
        ad("runs-on", json!("2999-01-01T00:00:00Z")),
        ad("unclear", json!("soon")),
        ad("held", json!("2021-06-30")),
    ])
    .await;
    let postlink_does = |arguments: &[&str]| postlink.run(arguments).expect("runs");

    clean(&postlink_does(&["hold", "add", "held", "--data", "out", "--why", "court 1"]));
    let dry = postlink_does(&["retention", "--data", "out", "--dry-run", "--at", "2024-06-30"]);
    // Three years after the last day of the one are not over; of the one that does not say they are.
    assert!(clean(&dry).contains("1 cases would be deleted (1 artefacts, 14 bytes), 0 held, 4 kept"), "{}", dry.stdout);
    let dry = postlink_does(&["retention", "--data", "out", "--dry-run"]);
    assert!(clean(&dry).contains("2 cases would be deleted (2 artefacts, 26 bytes), 1 held, 2 kept"), "{}", dry.stdout);
    assert!(dry.stdout.contains("`ends_at` is \"soon\""), "{}", dry.stdout);
    assert!(clean(&postlink_does(&["verify", "out"])).contains("5 cases, 5 artefacts"));

    let done = postlink_does(&["retention", "--data", "out"]);
    assert!(clean(&done).contains("2 cases deleted (2 artefacts, 26 bytes), 1 held, 2 kept"), "{}", done.stdout);
    let verified = postlink_does(&["verify", "out"]);
    assert!(clean(&verified).contains("5 cases, 3 artefacts"), "{}", verified.stdout);
    let lines = std::fs::read_to_string(postlink.folder().join("out/cases.jsonl")).expect("is written");
    let left: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let left: Vec<_> = left.iter().map(|line| line["ad_id"].as_str().expect("an id")).collect();
    assert_eq!(left, ["runs-on", "unclear", "held"]);
    assert!(!postlink.folder().join("out/report.html").exists(), "it told of deleted cases");

    let again = postlink_does(&["retention", "--data", "out"]);
    assert!(clean(&again).contains("0 cases deleted"), "{}", again.stdout);
    clean(&postlink_does(&["hold", "release", "held", "--data", "out", "--why", "it has ended"]));
    let list = postlink_does(&["hold", "list", "--data", "out"]);
    assert!(clean(&list).contains("released") && list.stdout.contains("court 1"), "{}", list.stdout);
    assert!(clean(&postlink_does(&["retention", "--data", "out"])).contains("1 cases deleted"));
    clean(&postlink_does(&["verify", "out"]));
}

#[tokio::test]
async fn a_sweep_says_what_it_frees_and_leaves_what_is_young() {
    let postlink = folder(&[json!({ "ad_id": "a", "click_url": "https://a.test/" })]).await;
    let stray = postlink.write("out/evidence/sha256/ab/cd/abcd#1", "half").expect("writes");
    let sweep = |more: &[&str]| postlink.run(&[&["evidence", "sweep", "--data", "out"], more].concat()).expect("runs");
    let young = sweep(&[]);
    assert!(clean(&young).contains("left: 1 younger than") && stray.exists(), "{}", young.stdout);
    postlink.write("my.toml", "[evidence]\nsweep_after_hours = 0\n").expect("writes");
    let dry = sweep(&["--config", "my.toml", "--dry-run"]);
    assert!(clean(&dry).contains("would be taken away: 1 that no case rests on, 4 bytes") && stray.exists());
    let done = sweep(&["--config", "my.toml"]);
    assert!(
        clean(&done).contains("taken away: 1 that no case rests on, 4 bytes") && !stray.exists(),
        "{}",
        done.stdout
    );
    assert!(clean(&postlink.run(&["verify", "out"]).expect("runs")).contains("1 cases, 1 artefacts"));
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_in_words() {
    let postlink = folder(&[json!({ "ad_id": "a", "click_url": "https://a.test/" })]).await;
    let refused = |arguments: &[&str], words: &str| {
        let run = postlink.run(arguments).expect("runs");
        assert!(run.code == Some(2) && run.stderr.contains(words), "{run:?}");
    };
    refused(&["retention", "--data", "out", "--at", "2999-01-01"], "--dry-run");
    refused(&["retention"], "--data");
    refused(&["retention", "--data", "nowhere"], "postlink.db");
    refused(&["hold", "add", "b", "--data", "out", "--why", "x"], "no ad `b`");
    refused(&["hold", "release", "a", "--data", "out", "--why", "x"], "is not held");
}
