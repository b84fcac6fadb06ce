//! One command, no other server.

use super::*;

/// Ads that share a landing share its visit, and each has a case; a second round confirms what is as it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_looks_at_each_landing_once_and_every_ad_has_its_case() {
    let hosts = Hosts::of(2, 2, false, "").await;
    let many = hosts.ads(2, 2, 3);
    hosts.runs(&["import", "ads.jsonl", "--data", "out", "--config", "my.toml"]);
    hosts.runs(&["sweep", "create", "all", "--data", "out", "--config", "my.toml", "--cron", "0 3 1 1 *"]);
    let said = hosts.runs(&["sweep", "run", "all", "--data", "out", "--config", "my.toml"]);
    assert!(
        said.contains("12 ads, 4 landings, 4 jobs") && said.contains("0 violating, 0 inconclusive, 12 clean"),
        "{said}"
    );
    let first = hosts.documents();
    let cases = hosts.postlink.cases("out").unwrap();
    assert_eq!(cases.len(), many);
    for case in &cases {
        assert_eq!(text(case, "/verdict"), "clean", "{case}");
        let faults = super::super::contract::faults(case);
        assert!(faults.is_empty(), "{faults:?}");
        let clicked = text(case, "/chains/0/clicked");
        let shared = list(case, "/chains").iter().all(|chain| text(chain, "/hops/0/url").starts_with("http://h"));
        assert!(shared && (clicked.is_empty() || clicked != text(case, "/ad_id")), "{case}");
    }
    let followed = cases.iter().filter(|case| case.pointer("/chains/0/clicked").is_none()).count();
    assert_eq!(followed, 4, "of each landing the click of one ad is followed, and the others say whose");
    hosts.is_tidy();
    assert!(hosts.postlink.folder().join("out/report.html").is_file());

    let said = hosts.runs(&["sweep", "run", "all", "--data", "out", "--config", "my.toml"]);
    assert!(said.contains("12 clean"), "{said}");
    let cases = hosts.postlink.cases("out").unwrap();
    let confirmed = cases.iter().filter(|case| case.pointer("/chains/0/reconfirmed").is_some()).count();
    assert_eq!(confirmed, many, "nothing has changed: a cheap look says so");
    assert!(hosts.documents() > first, "it looked all the same");
    hosts.is_tidy();
    assert_eq!(hosts.site.submissions(), []);
    assert_eq!(hosts.postlink.left_running(), Vec::<u32>::new());
}

/// A run that is killed goes on where it stopped, and no ad has two cases, nor none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_that_is_killed_goes_on_and_no_ad_has_two_cases() {
    // Slow enough to be killed in the middle of a visit.
    let slow = |host| json!({"host": format!("h{host}.test"), "path": "/p/0", "file": "0.html", "delay_ms": 2_000});
    let hosts = Hosts::that_answer(LOOPBACK, (0..3).map(slow).collect(), 1, "[fleet]\nat_once = 1\n").await;
    let many = hosts.ads(3, 1, 2);
    hosts.runs(&["import", "ads.jsonl", "--data", "out", "--config", "my.toml"]);
    hosts.runs(&["sweep", "create", "all", "--data", "out", "--config", "my.toml"]);
    let run = hosts.postlink.start(&["sweep", "run", "all", "--data", "out", "--config", "my.toml"]).unwrap();
    let manifests = || std::fs::read_dir(hosts.postlink.folder().join("out/evidence/cases")).map_or(0, Iterator::count);
    while manifests() < 2 || !hosts.parcels().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    // One job is recorded, and the visit of another under way.
    run.kill().unwrap();
    hosts.postlink.write("out/parcels/1/left-by-a-crash", "{}").unwrap();
    let said = hosts.runs(&["sweep", "run", "all", "--data", "out", "--config", "my.toml"]);
    assert!(said.contains("6 clean"), "{said}");
    let store = storage::sqlite::open(&hosts.postlink.folder().join("out"), clock()).await.unwrap();
    let all = storage::store::Store::history(&store, chrono::DateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!(all.len(), many, "one case an ad");
    let rounds = storage::sweeps::Sweeps::rounds(&store, "all", 9).await.unwrap();
    assert_eq!(rounds.len(), 1, "it went on with the round");
    assert_eq!(storage::frontier::Frontier::cases_of_round(&store, &rounds[0].id).await.unwrap().len(), many);
    store.close().await;
    hosts.is_tidy();
}
