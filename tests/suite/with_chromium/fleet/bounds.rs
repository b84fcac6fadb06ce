//! What a sweep is held to: how many ads a job holds, how much room an advertiser has, and when a host wants to be left alone.

use std::collections::BTreeSet;
use std::time::Duration;

use super::*;

/// One more than a job holds, and a few.
const MANY: usize = 104;

/// A case without its package, for what does not ask for one.
const LEAN: &str = "[evidence]\npackages = false\n";

/// A landing with more ads than one job holds is visited once; those beyond go on from the visit of another job. What is told of
/// so many ads is too long for a message.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_landing_with_more_ads_than_a_job_holds_is_visited_once() {
    let hosts = Hosts::of(2, 1, false, LEAN).await;
    let description = "海量好书，随时随地阅读。".repeat(100);
    let ad = |id: &str, url: &str| {
        json!({"ad_id": id, "title": "云朵阅读，海量好书", "description": description, "click_url": url}).to_string()
            + "\n"
    };
    let mut lines: String =
        (0..MANY).map(|n| ad(&format!("ad-{n:03}"), &format!("http://h0.test/p/0?gclid={n}"))).collect();
    assert!(lines.len() > 256 << 10, "{} bytes are no long errand", lines.len());
    lines += &ad("alone", "http://h1.test/p/0");
    hosts.postlink.write("ads.jsonl", lines).unwrap();
    let run = hosts.swept();
    assert!(run.code == Some(0) && run.stdout.contains("105 ads, 2 landings, 2 jobs"), "{run:?}");
    assert!(run.stdout.contains("0 violating, 0 inconclusive, 105 clean"), "{run:?}");

    let store = storage::sqlite::open(&hosts.postlink.folder().join("out"), clock()).await.unwrap();
    let all = storage::store::Store::history(&store, chrono::DateTime::UNIX_EPOCH).await.unwrap();
    let ads: BTreeSet<_> = all.iter().map(|case| &case.ad_id).collect();
    assert_eq!((all.len(), ads.len()), (MANY + 1, MANY + 1), "each ad has exactly one case");
    let round = storage::sweeps::Sweeps::rounds(&store, "all", 1).await.unwrap().remove(0);
    let progress = storage::frontier::Frontier::progress(&store, &round.id).await.unwrap();
    assert_eq!(progress.done, 3, "a job for what the first had no room for");
    store.close().await;

    let asked = |host: &str| {
        let heard = hosts.heard.lock().unwrap();
        heard.iter().filter(|one| one.host == host && one.path == "/p/0").count()
    };
    assert_eq!(asked("h0.test"), asked("h1.test"), "as often as for an ad that is alone");
    let cases = hosts.postlink.cases("out").unwrap();
    let shared: Vec<_> = cases.iter().filter(|case| text(case, "/ad_id") != "alone").collect();
    let clicked: BTreeSet<_> =
        shared.iter().map(|case| text(case, "/chains/0/clicked")).filter(|id| !id.is_empty()).collect();
    assert_eq!(clicked.len(), 1, "one ad's click was followed for all of them");
    let traffic: BTreeSet<_> = shared.iter().map(|case| text(case, "/chains/0/traffic")).collect();
    assert_eq!(traffic.len(), 1, "all rest on one visit: {traffic:?}");
    hosts.is_tidy();
}

/// Whoever advertises at `http://<host>.test/p/0`.
fn ad_of(advertiser: &str, id: &str, host: &str) -> String {
    let url = format!("http://{host}.test/p/0?gclid={id}");
    json!({"ad_id": id, "title": "云朵阅读，海量好书", "click_url": url, "advertiser": {"id": advertiser}}).to_string()
        + "\n"
}

/// An advertiser that has used its room gets cases that say so, and takes no room from others, nor a visit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_advertiser_beyond_its_quota_is_passed_over_in_words_and_the_rest_of_the_round_goes_on() {
    let hosts = Hosts::of(3, 1, false, LEAN).await;
    let greedy = ad_of("greedy", "g-0", "h0") + &ad_of("greedy", "g-1", "h0") + &ad_of("greedy", "g-2", "h1");
    hosts.postlink.write("ads.jsonl", &greedy).unwrap();
    assert_eq!(hosts.swept().code, Some(0));
    let visits = |host: &str| hosts.heard.lock().unwrap().iter().filter(|one| one.host == host).count();
    let before = visits("h0.test");
    assert!(before > 0);

    let limited = hosts.postlink.folder().join("my.toml");
    let config =
        std::fs::read_to_string(&limited).unwrap().replace(LEAN, &format!("{LEAN}max_bytes_per_advertiser = 5\n"));
    hosts.postlink.write("my.toml", config).unwrap();
    // One of another advertiser shares a landing with it, and one has its own. Of a third, one ad is all that there is room for.
    let others = ad_of("modest", "m-0", "h1") + &ad_of("third", "t-0", "h2") + &ad_of("third", "t-1", "h2");
    hosts.postlink.write("ads.jsonl", greedy + &others).unwrap();
    hosts.runs(&["import", "ads.jsonl", "--data", "out", "--config", "my.toml"]);
    let run = hosts.again();
    assert!(run.code == Some(11) && run.stdout.contains("0 violating, 4 inconclusive, 2 clean"), "{run:?}");

    let cases = hosts.postlink.cases("out").unwrap();
    let verdict = |id: &str| text(super::super::case(&cases, id), "/verdict");
    // Which of the two is examined first does not matter.
    let without = if verdict("t-0") == "clean" { "t-1" } else { "t-0" };
    for (id, advertiser) in [("g-0", "greedy"), ("g-1", "greedy"), ("g-2", "greedy"), (without, "third")] {
        let case = super::super::case(&cases, id);
        assert_eq!((text(case, "/verdict"), text(case, "/gaps/0/reason")), ("inconclusive", "no-room"), "{case}");
        let detail = text(case, "/gaps/0/detail");
        assert!(
            detail.contains(&format!("`{advertiser}`")) && detail.contains("max_bytes_per_advertiser is 5"),
            "{detail}"
        );
        let faults = super::super::contract::faults(case);
        assert!(faults.is_empty(), "{faults:?}");
    }
    assert_eq!(verdict("m-0"), "clean");
    assert_eq!(visits("h0.test"), before, "nobody looks where nobody has room");
    assert!(hosts.run(&["verify", "out"]).code == Some(0));
}

/// A host that asks to be left alone is, for as long as it asks; its ad has its case in the end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_says_when_to_come_again_is_not_visited_before() {
    const ASKED: Duration = Duration::from_secs(8);
    let told_off = json!({
        "host": "h0.test", "path": "/p/0", "first": 2, "status": 429, "headers": {"Retry-After": ASKED.as_secs().to_string()},
    });
    let page = json!({"host": "h0.test", "path": "/p/0", "file": "0.html"});
    // Without its word it would be tried again after a second.
    let hosts =
        Hosts::that_answer(LOOPBACK, vec![told_off, page], 1, &format!("{LEAN}[fleet]\nretry_secs = 1\n")).await;
    hosts.ads(1, 1, 1);
    let run = hosts.swept();
    assert!(run.code == Some(0) && run.stdout.contains("1 clean"), "{run:?}");
    let heard = hosts.heard.lock().unwrap();
    let asked: Vec<_> = heard.iter().filter(|one| one.path == "/p/0").map(|one| one.at).collect();
    assert!(asked.len() > 2, "it was visited again");
    let left_alone = asked[2] - asked[1];
    assert!(left_alone >= ASKED, "it was left alone for {left_alone:?} only");
    assert_eq!(hosts.postlink.cases("out").unwrap().len(), 1);
}
