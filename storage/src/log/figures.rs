//! How fast a log is: run with `cargo nextest run --release -p storage --run-ignored all figures --no-capture`.

use std::time::{Duration, Instant};

use chrono::DateTime;
use model::evidence::EvidenceId;

use super::*;
use crate::sqlite;
use crate::suite::examine;
use crate::{postgres, verify};

const ENTRIES: u64 = 10_000_000;

/// The most memory that was used so far.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim().to_owned()
}

fn per_second(count: u64, took: Duration) -> u64 {
    (count as f64 / took.as_secs_f64()) as u64
}

fn entry(at: u64) -> Entry {
    let record = EvidenceId::of(&at.to_be_bytes());
    Entry::Restamp { of: record, stamp: record, authority: "https://tsa.test/".into(), at: DateTime::UNIX_EPOCH }
}

/// Entries put in one by one, each in a transaction of its own.
async fn append(store: &impl Log, count: u64) -> Duration {
    let began = Instant::now();
    for at in 0..count {
        store.append(&entry(at)).await.unwrap();
    }
    began.elapsed()
}

/// Many entries at once, as nobody puts them in, so that there are many.
async fn fill(dir: &std::path::Path, first: u64, count: u64) {
    use sqlx::{ConnectOptions as _, Connection as _};
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.join(sqlite::DATABASE));
    let mut connection = options.connect().await.unwrap();
    const AT_ONCE: u64 = 5_000;
    for from in (first..first + count).step_by(AT_ONCE as usize) {
        let mut many = sqlx::QueryBuilder::<sqlx::Sqlite>::new("INSERT INTO log (leaf_index, kind, entry, leaf_hash) ");
        many.push_values(from..(from + AT_ONCE).min(first + count), |mut row, at| {
            let entry = entry(at);
            row.push_bind(at.cast_signed())
                .push("'restamp'")
                .push_bind(entry.text())
                .push_bind(entry.hash().to_string());
        });
        many.build().execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it measures"]
async fn figures_of_a_log() {
    let dir = tempfile::tempdir().unwrap();
    let store = sqlite::open(dir.path(), crate::sqlite::tests::clock()).await.unwrap();
    println!("append, SQLite (FULL sync): {} a second", per_second(500, append(&store, 500).await));
    let (server, blobs) = (postgres::tests::Server::start(), tempfile::tempdir().unwrap());
    let other = postgres::open(&server.url(), blobs.path(), postgres::tests::clock()).await.unwrap();
    println!("append, PostgreSQL (no fsync): {} a second", per_second(500, append(&other, 500).await));
    let case = examine(&store, "a", 0, "first").await.case_id;
    let first = store.log_size().await.unwrap();
    let began = Instant::now();
    fill(dir.path(), first, ENTRIES).await;
    println!("{ENTRIES} entries put in at once: {:?}; memory so far: {}", began.elapsed(), memory());
    for what in ["first checkpoint, all tiles made", "checkpoint after one more entry"] {
        let began = Instant::now();
        sealing::checkpoint(&store, None, DateTime::UNIX_EPOCH).await.unwrap();
        println!("{what}: {:?}; memory so far: {}", began.elapsed(), memory());
        store.append(&entry(0)).await.unwrap();
    }
    let began = Instant::now();
    let proof = proof::of_case(&store, &case).await.unwrap().unwrap();
    println!(
        "proof for a case, from the database: {:?}, {} hashes",
        began.elapsed(),
        proof.entries[0].inclusion.path.len()
    );
    let began = Instant::now();
    for _ in 0..1_000 {
        assert!(proof.entries[0].inclusion.holds_for(proof.entries[0].entry.text.as_bytes()));
    }
    println!("verify a proof: {:?}", began.elapsed() / 1_000);
    let began = Instant::now();
    proof::of_growth(&store, ENTRIES / 3, ENTRIES).await.unwrap().unwrap();
    println!("consistency proof, from the database: {:?}; memory so far: {}", began.elapsed(), memory());
    store.close().await;
    let began = Instant::now();
    assert!(verify::verify(dir.path()).await.unwrap().holds());
    println!("verify the folder with {ENTRIES} entries: {:?}; memory so far: {}", began.elapsed(), memory());
}
