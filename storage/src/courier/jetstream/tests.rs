//! Against a real server, started for it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::super::suite::*;
use super::*;

/// A server of its own, ended when dropped.
struct Server {
    folder: TempDir,
    port: u16,
    process: Child,
}

fn program() -> PathBuf {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cache/nats/bin/nats-server");
    assert!(program.is_file(), "{} is not there: scripts/setup installs it", program.display());
    program
}

fn run(folder: &Path, port: u16) -> Child {
    let config = folder.join("nats.conf");
    let store = folder.join("store");
    let text = format!("listen: 127.0.0.1:{port}\njetstream {{ store_dir: \"{}\" }}\n", store.display());
    std::fs::write(&config, text).unwrap();
    Command::new(program()).arg("-c").arg(config).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = run(folder.path(), port);
        Self { folder, port, process }
    }

    async fn courier(&self) -> JetStream {
        for _ in 0..100 {
            match JetStream::connect(&format!("nats://127.0.0.1:{}", self.port), None, 1).await {
                Ok(courier) => return courier,
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
        panic!("NATS did not start");
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

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
    server.process = run(server.folder.path(), server.port);
    let got = again(async || courier.next("cn.phone", Duration::from_secs(2)).await).await;
    assert_eq!(got.job_id, "kept");
    server.kill();
    std::fs::remove_dir_all(server.folder.path().join("store")).unwrap();
    server.process = run(server.folder.path(), server.port);
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
