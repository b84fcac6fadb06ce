//! Complaints that take their time to be labelled hold up no round.

use std::time::{Duration, Instant};

use model::account::Sight;
use model::complaint::{Complaint, Source};
use storage::hearing::{Heard as _, Hearing as _, WantedComplaints};
use storage::suite::postgres;

use super::*;

/// Labelling waits for as long as it takes, as where there are millions: meanwhile a round is opened, granted, recorded and over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_round_goes_on_while_complaints_wait_to_be_labelled() {
    let (hosts, server) = (Hosts::of(1, 1, false, "").await, postgres::Server::start());
    let database = server.database("heard");
    let at = ["--data", "out", "--database", database.as_str(), "--config", "my.toml"];
    hosts.ads(1, 1, 1);
    hosts.runs(&[&["import", "ads.jsonl"], &at[..]].concat());
    hosts.runs(&[&["sweep", "create", "all"], &at[..]].concat());
    let folder = hosts.postlink.folder().join("out");
    let store = storage::postgres::open(&database, folder.as_path(), clock()).await.unwrap();
    let said = Complaint {
        id: "c".into(),
        source: Source::Comment,
        at: clock()(),
        text: "没收到货".into(),
        user: None,
        platform: None,
        ad: None,
        click: None,
        age: None,
        rating: None,
        refunded: None,
    };
    store.take_complaints(&[said], chrono::TimeDelta::days(9)).await.unwrap();
    let unlabelled = async || {
        let rows = store.complaints(&Sight::default(), &WantedComplaints::default(), None, 9).await.unwrap();
        rows.iter().filter(|row| row.label.is_none()).count()
    };

    let held_up = server.holds_up_hearing("heard");
    let mut run = hosts.postlink.start(&[&["sweep", "run", "all"], &at[..]].concat()).unwrap();
    let begun = Instant::now();
    let mut waited = 0;
    while run.ended().unwrap().is_none() {
        waited = waited.max(server.held_up("heard"));
        assert!(begun.elapsed() < Duration::from_secs(180), "the round waits for labels: {}", run.heard_so_far());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let run = run.end().unwrap();
    assert!(run.stdout.contains("1 clean"), "{run:?}");
    assert!(waited > 0, "somebody was labelling");
    assert_eq!(unlabelled().await, 1, "and has not come to an end");

    drop(held_up);
    hosts.runs(&[&["ccr"], &at[..]].concat());
    assert_eq!(unlabelled().await, 0, "what waited is labelled");
    store.close().await;
}
