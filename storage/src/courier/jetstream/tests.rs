//! Against a real server, started for it.

use super::super::suite::*;
use super::*;
use crate::suite::nats::Server;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nats_keeps_the_promises_of_every_courier() {
    let server = Server::start();
    let courier = server.courier().await;
    a_job_goes_to_one_worker_of_its_pool(&courier).await;
    who_waits_gets_what_comes_later(&courier).await;
    a_report_is_heard_and_confirmed(&courier).await;
    a_pool_that_is_no_name_is_refused(&courier).await;
    who_is_there_is_known_until_they_leave(&courier).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_twice_is_carried_once() {
    let server = Server::start();
    let courier = server.courier().await;
    for _ in 0..2 {
        courier.send("cn.phone", &parcel("a", 1)).await.unwrap();
        courier.report(&report("a", 1)).await.unwrap();
    }
    assert!(courier.next("cn.phone", Duration::from_secs(5)).await.unwrap().is_some());
    assert!(courier.next("cn.phone", Duration::from_millis(300)).await.unwrap().is_none());
    let (_, receipt) = courier.hear(Duration::from_secs(5)).await.unwrap().unwrap();
    courier.confirm(receipt).await.unwrap();
    assert!(courier.hear(Duration::from_millis(300)).await.unwrap().is_none());
}

/// The first one makes the stream; a reader that comes later hears of everything once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_kept_for_whoever_reads_them_and_told_once() {
    let server = Server::start();
    let courier = server.courier().await;
    let event = |id: &str, kind: &str| ToSend {
        event_id: id.to_owned(),
        kind: kind.to_owned(),
        body: format!("{{\"id\":\"{id}\"}}"),
        attempts: 0,
    };
    for (id, kind) in [("a", "done"), ("b", "violation"), ("b", "violation"), ("c", "decided")] {
        courier.tell(&event(id, kind), Duration::from_secs(86_400)).await.unwrap();
    }
    for _ in 0..2 {
        let told =
            |kind: &str, id: &str| (format!("postlink.event.{kind}"), id.to_owned(), format!("{{\"id\":\"{id}\"}}"));
        assert_eq!(server.events().await, [told("done", "a"), told("violation", "b"), told("decided", "c")]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_of_a_newer_postlink_is_passed_over_and_new_fields_are_no_hindrance() {
    let server = Server::start();
    let courier = server.courier().await;
    let mut newer = serde_json::to_value(parcel("newer", 1)).unwrap();
    newer["format"] = 2.into();
    let mut extended = serde_json::to_value(parcel("extended", 2)).unwrap();
    extended["shade"] = "green".into();
    for (name, message) in [("newer", &newer), ("extended", &extended)] {
        courier.publish("postlink.job.cn.phone".to_owned(), name, message).await.unwrap();
    }
    courier.publish("postlink.job.cn.phone".to_owned(), "noise", &"noise").await.unwrap();
    let mut got = Vec::new();
    for _ in 0..3 {
        got.push(courier.next("cn.phone", Duration::from_secs(5)).await.unwrap().map(|parcel| parcel.job_id));
    }
    assert_eq!(got, [None, Some("extended".to_owned()), None]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_keeps_what_it_took_and_one_that_lost_its_disk_goes_on() {
    let mut server = Server::start();
    let courier = server.courier().await;
    courier.send("cn.phone", &parcel("kept", 1)).await.unwrap();
    server.kill();
    assert!(courier.report(&report("x", 1)).await.is_err(), "nobody is there");
    server.up_again();
    let got = again(async || courier.next("cn.phone", Duration::from_secs(2)).await).await;
    assert_eq!(got.job_id, "kept");
    server.kill();
    server.lose_its_disk();
    server.up_again();
    again(async || courier.send("cn.phone", &parcel("new", 2)).await.map(Some)).await;
    let got = again(async || courier.next("cn.phone", Duration::from_secs(2)).await).await;
    assert_eq!(got.job_id, "new");
}

/// Until it succeeds, as dispatchers and workers do.
async fn again<T>(attempt: impl AsyncFn() -> Result<Option<T>, CourierError>) -> T {
    for _ in 0..60 {
        if let Ok(Some(got)) = attempt().await {
            return got;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("it never succeeded");
}

#[test]
fn an_address_is_told_without_its_password() {
    assert_eq!(without_secrets("nats://u:p@a:4222, b:4222,tls://t@c"), "nats://a:4222,b:4222,tls://c");
}
