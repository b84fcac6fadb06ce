//! Two clicks that come to one host by different redirectors.

use super::*;

/// Redirectors are visited side by side, and where they lead by one at a time: once it is known, which the first look cannot.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_two_redirectors_lead_is_visited_by_one_at_a_time() {
    let routes = (0..2).flat_map(|page| {
        [
            json!({"host": format!("h{page}.test"), "path": format!("/p/{page}"), "redirect": {"status": 302, "to": format!("http://land.test/p/{page}")}}),
            json!({"host": "land.test", "path": format!("/p/{page}"), "file": format!("beating-{page}.html")}),
            json!({"host": "land.test", "path": format!("/beat/{page}"), "json": {}}),
        ]
    });
    // Whole visits each time: they stay on a page for long enough to meet each other.
    let config = "reconfirm_most = 0\n[fleet]\nat_once = 2\n[evidence]\npackages = false\n";
    let hosts = Hosts::that_answer(routes.collect(), 2, config).await;
    let ad = |n: usize| json!({"ad_id": format!("ad-{n}"), "title": "云朵阅读，海量好书", "click_url": format!("http://h{n}.test/p/{n}")});
    hosts.postlink.write("ads.jsonl", format!("{}\n{}\n", ad(0), ad(1))).unwrap();
    let first = hosts.swept();
    assert!(first.code == Some(0) && first.stdout.contains("2 landings, 2 jobs"), "{first:?}");
    hosts.heard.lock().unwrap().clear();
    let second = hosts.again();
    assert!(second.code == Some(0) && second.stdout.contains("2 clean"), "{second:?}");
    assert!(hosts.documents() >= 4, "both were visited");
    assert_eq!(hosts.overlaps(), Vec::<String>::new());
}
