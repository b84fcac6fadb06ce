//! A disk that is full, and folders that nobody may write to: real ones, in a name space of the child's own.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::sqlite::tests::clock;
use crate::sqlite::{self, SqliteStore};
use crate::store::{Store as _, StoredCase};
use crate::suite::attempt;
use crate::verify::verify;

const ORDERS: &str = "orders";
const BALLAST: &str = "ballast";

/// Runs this test's child on a disk of its own, of so many KiB. What it says is shown when it fails.
fn on_a_disk_of(kib: u32, orders: &str) {
    let dir = tempfile::tempdir().unwrap();
    let script = format!(
        "mount -t tmpfs -o size={kib}k tmpfs \"$1\" && cd \"$1\" && echo {orders} > {ORDERS} && \
         exec \"$2\" --exact faults::disk::lives_on_a_disk_of_its_own --ignored --test-threads=1 --nocapture"
    );
    let run = Command::new("unshare")
        .args(["--mount", "--map-root-user", "sh", "-c", &script, "sh"])
        .args([dir.path(), &std::env::current_exe().unwrap()])
        .stdin(Stdio::null())
        .output()
        .expect("unshare is there: every Debian has it");
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn a_full_disk_is_told_loses_nothing_and_the_work_goes_on_when_there_is_room() {
    // Different sizes, so that different writes are the one that does not fit.
    for (kib, bytes) in [(3400, 3_000), (3700, 40_000), (4900, 400_000)] {
        on_a_disk_of(kib, &format!("full {bytes}"));
    }
}

#[test]
fn a_folder_nobody_may_write_to_is_told_can_be_verified_and_the_work_goes_on_afterwards() {
    on_a_disk_of(4600, "read-only");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is the child of the tests above"]
async fn lives_on_a_disk_of_its_own() {
    let Ok(orders) = std::fs::read_to_string(ORDERS) else { return };
    match orders.trim().split_once(' ') {
        Some((_, bytes)) => fills_the_disk(bytes.parse().unwrap()).await,
        None => is_shut_out().await,
    }
}

async fn fills_the_disk(bytes: usize) {
    let store = sqlite::open(Path::new("."), clock()).await.unwrap();
    std::fs::write(BALLAST, vec![0; 900_000]).unwrap();
    let said = "x".repeat(bytes);
    let mut acknowledged = Vec::new();
    let error = loop {
        let ad = format!("ad{}", acknowledged.len());
        match attempt(&store, &ad, acknowledged.len() as u64, &said).await {
            Ok(case) => acknowledged.push(case),
            Err(error) => break error.to_string(),
        }
    };
    assert!(!acknowledged.is_empty() && error.contains("full"), "after {} cases: {error}", acknowledged.len());
    for _ in 0..3 {
        attempt(&store, "more", 99, &said).await.expect_err("still no room");
    }
    let seen = seen(&store).await;
    // One whose row fitted and whose manifest did not is there all the same, and was not told.
    assert!(seen.starts_with(&acknowledged) && seen.len() <= acknowledged.len() + 1, "{seen:?}");
    std::fs::remove_file(BALLAST).unwrap();
    let after = attempt(&store, "more", 99, "short").await.expect("there is room");
    assert_eq!(after.number, seen.len() as u64 + 1);
    store.close().await;
    let verified = verify(Path::new(".")).await.unwrap();
    assert!(verified.holds() && verified.cases == after.number, "{:#?}", verified.problems);
}

async fn is_shut_out() {
    let dir = Path::new("out");
    let store = sqlite::open(dir, clock()).await.unwrap();
    let first = attempt(&store, "a", 0, "first").await.unwrap();
    // While it is open, only the evidence can be shut: its database is being written to.
    mount(&["--bind", "out/evidence", "out/evidence"]);
    mount(&["-o", "remount,ro,bind", "out/evidence"]);
    let error = attempt(&store, "b", 1, "first").await.expect_err("nobody may write").to_string();
    assert!(error.contains("evidence/sha256") && error.contains("Read-only"), "{error}");
    assert_eq!(seen(&store).await, std::slice::from_ref(&first));
    mount(&["-o", "remount,rw,bind", "out/evidence"]);
    let second = attempt(&store, "b", 1, "first").await.unwrap();
    store.close().await;

    mount(&["--bind", "out", "out"]);
    mount(&["-o", "remount,ro,bind", "out"]);
    let Err(error) = sqlite::open(dir, clock()).await else { panic!("nobody may write") };
    assert!(error.to_string().contains("is the folder there, yours, and the disk not full?"), "{error}");
    assert_eq!(verify(dir).await.unwrap().problems, []);
    mount(&["-o", "remount,rw,bind", "out"]);
    let store = sqlite::open(dir, clock()).await.unwrap();
    let third = attempt(&store, "c", 2, "first").await.unwrap();
    assert_eq!(seen(&store).await, [first, second, third]);
    store.close().await;
    assert_eq!(verify(dir).await.unwrap().problems, []);
}

async fn seen(store: &SqliteStore) -> Vec<StoredCase> {
    store.history(chrono::DateTime::UNIX_EPOCH).await.unwrap()
}

fn mount(arguments: &[&str]) {
    assert!(Command::new("mount").args(arguments).status().unwrap().success(), "mount {arguments:?}");
}
