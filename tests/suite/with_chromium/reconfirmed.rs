//! A sweep that comes to a landing again: what is as it was is confirmed cheaply, and says so wherever it is told.

use super::{HONEST, QUICK, Stage, ad, text};

const HOST: &str = "one.test";

/// A round of a sweep of its own; gives the cases as they stand then.
#[track_caller]
fn round(stage: &Stage, name: &str) -> Vec<serde_json::Value> {
    let here = ["--data", "out", "--config", "my.toml"];
    let created = stage.postlink.run(&[&["sweep", "create", name], &here[..]].concat()).unwrap();
    assert_eq!(created.code, Some(0), "{created:?}");
    let run = stage.postlink.run(&[&["sweep", "run", name], &here[..]].concat()).unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    stage.cases("out")
}

fn asked(stage: &Stage) -> usize {
    stage.site.requests().iter().filter(|request| request.host == HOST && request.path == "/").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_confirms_what_is_as_it_was_and_says_so() {
    let stage = Stage::of_pages(&[(HOST, HONEST)], QUICK).await;
    stage.ads([ad("a", "http://one.test/"), ad("b", "http://one.test/")].concat());
    let imported = stage.postlink.run(&["import", "ads.jsonl", "--data", "out", "--config", "my.toml"]).unwrap();
    assert_eq!(imported.code, Some(0), "{imported:?}");

    let first = round(&stage, "first");
    assert_eq!(first.len(), 2);
    assert!(first.iter().all(|case| case["chains"][0]["reconfirmed"].is_null()), "{first:?}");
    let whole = asked(&stage);

    let again = round(&stage, "again");
    assert_eq!(again.len(), 2);
    for case in &again {
        assert_eq!(text(case, "/verdict"), "clean");
        let mark = &case["chains"][0]["reconfirmed"];
        assert_eq!(mark["times"], 1, "{case}");
        assert!(text(mark, "/visited_at") < text(mark, "/at"));
    }
    assert_eq!(asked(&stage), 2 * whole, "walked and gone to once more, for both ads together");
    let report = std::fs::read_to_string(stage.path("out/report.html")).unwrap();
    assert!(report.contains("by a cheap look, and not visited anew"), "the report says so");
    let verified = stage.verify("out");
    assert_eq!(verified.code, Some(0), "{}{}", verified.stdout, verified.stderr);

    // An artefact that no case rests on may be taken away; these are rested on, and another look goes on from them.
    let config = std::fs::read_to_string(stage.path("my.toml")).unwrap();
    stage.postlink.write("my.toml", config + "\n[evidence]\nsweep_after_hours = 0\n").unwrap();
    let swept = stage.postlink.run(&["evidence", "sweep", "--data", "out", "--config", "my.toml"]).unwrap();
    assert_eq!(swept.code, Some(0), "{swept:?}");
    let third = round(&stage, "third");
    assert!(third.iter().all(|case| case["chains"][0]["reconfirmed"]["times"] == 2), "{third:?}");
}
