//! What a sweep came to is handed over, all of it or that of one round.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_sweep_or_one_of_its_rounds_came_to_is_handed_over_and_verifies() {
    let hosts = Hosts::of(2, 1, false, "").await;
    hosts.ads(2, 1, 2);
    let rounds = [hosts.swept(), hosts.again()].map(|run| {
        assert_eq!(run.code, Some(0), "{run:?}");
        run.stdout.split(':').next().unwrap().to_owned()
    });
    // What another command came to is no part of it.
    hosts.runs(&["check", "ads.jsonl", "--out", "out", "--config", "my.toml"]);

    let store = storage::sqlite::open(&hosts.postlink.folder().join("out"), clock()).await.unwrap();
    let mut of_rounds = Vec::new();
    for round in &rounds {
        let cases = storage::frontier::Frontier::cases_of_round(&store, round).await.unwrap();
        of_rounds.push(cases.iter().map(|case| case.as_str().to_owned()).collect::<BTreeSet<_>>());
    }
    let all = storage::store::Store::history(&store, chrono::DateTime::UNIX_EPOCH).await.unwrap();
    store.close().await;
    assert_eq!((of_rounds[0].len(), of_rounds[1].len(), all.len()), (4, 4, 12));

    let export = ["export", "--data", "out", "--config", "my.toml", "--sweep", "all"];
    hosts.runs(&[&export[..], &["--out", "of-sweep"]].concat());
    let (told, cases) = handed_over(&hosts, "of-sweep");
    assert_eq!((told, cases), (("sweep".to_owned(), "all".to_owned()), &of_rounds[0] | &of_rounds[1]));
    for (round, of_round) in rounds.iter().zip(&of_rounds) {
        hosts.runs(&[&export[..], &["--round", round, "--out", round]].concat());
        let (told, cases) = handed_over(&hosts, round);
        assert_eq!((told, &cases), (("round".to_owned(), round.clone()), of_round));
    }
    let never = hosts.run(&[&export[..], &["--round", "all.20200101T000000Z", "--out", "never"]].concat());
    assert!(never.code == Some(2) && never.stderr.contains("all.20200101T000000Z"), "{never:?}");
}

/// A bundle that verifies: of what it says that it is, and its cases, each with its manifest and its package.
fn handed_over(hosts: &Hosts, name: &str) -> ((String, String), BTreeSet<String>) {
    let said = hosts.runs(&["verify", name]);
    assert!(said.contains("is as it was made"), "{said}");
    let bundle = hosts.postlink.folder().join(name);
    let head: serde_json::Value = json_of(&bundle.join("bundle.json"));
    let cases: BTreeSet<_> = list(&head, "/cases").iter().map(|case| text(case, "/case_id").to_owned()).collect();
    for case in &cases {
        let folder = bundle.join("cases").join(case);
        assert!(folder.join("manifest.json").is_file() && folder.join(format!("{case}.wacz")).is_file(), "{case}");
    }
    let ledger = json_of(&bundle.join("ledger.json"));
    let told = (text(&ledger, "/head/selection/by").to_owned(), text(&ledger, "/head/selection/of").to_owned());
    (told, cases)
}

fn json_of(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).unwrap()
}
