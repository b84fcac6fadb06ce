//! A process killed at each step of writing a case, in a folder and with PostgreSQL.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::DateTime;
use model::evidence::EvidenceId;

use crate::evidence::manifest_path;
use crate::facts::suite::Asked;
use crate::failpoint;
use crate::log::Log as _;
use crate::postgres::tests::Server;
use crate::retention::Retention as _;
use crate::seal::Manifest;
use crate::store::{Store, StoredCase};
use crate::suite::{self, examine_packaged};
use crate::verify::verify;
use crate::{postgres, sqlite};

/// In the order in which a case passes them.
const STEPS: [&str; 11] = [
    "keep: begun",
    "keep: done",
    "finish: accepted",
    "finish: in the transaction",
    "finish: row written",
    "finish: logged",
    "finish: told",
    "finish: before the commit",
    "finish: committed",
    "finish: package named",
    "finish: manifest written",
];

/// Those of an output, which only a folder has.
const OUTPUT_STEPS: [&str; 5] =
    ["output: written", "output: announced", "output: in place", "output: noted", "output: committed"];

/// What the child is to do; it stands in a file of the folder in which it runs.
const ORDERS: &str = "orders";
const REACHED: &str = "reached";
const ACKNOWLEDGED: &str = "acknowledged";

/// Stands in the folder of a child that is to delete the first case.
const DELETES: &str = "deletes";

const ADS: u64 = 4;

/// Two cases pass a step before the process stops there: a case keeps three artefacts.
fn passes(step: &str) -> usize {
    match step {
        step if step.starts_with("keep") => 7,
        step if step.starts_with("delete") => 0,
        _ => 2,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_folder_a_process_killed_at_any_step_leaves_whole_cases_and_the_next_one_goes_on() {
    for step in STEPS.iter().chain(&OUTPUT_STEPS) {
        let dir = tempfile::tempdir().unwrap();
        killed_at(step, "folder", dir.path());
        let store = sqlite::open(dir.path(), crate::sqlite::tests::clock()).await.unwrap();
        let seen = whole(step, &store, dir.path()).await;
        store.close().await;
        let verified = verify(dir.path()).await.unwrap();
        let faults: Vec<_> = verified.problems.iter().map(|problem| problem.file.as_str()).collect();
        assert_eq!(faults, [""; 0], "{step}");
        goes_on("folder", dir.path());
        let store = sqlite::open(dir.path(), crate::sqlite::tests::clock()).await.unwrap();
        assert_eq!(whole(step, &store, dir.path()).await[..seen.len()], seen, "{step}");
        assert_eq!(store.cases().await.unwrap().len() as u64, ADS, "{step}");
        store.close().await;
        assert_eq!(verify(dir.path()).await.unwrap().problems, [], "{step}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_postgres_a_process_killed_at_any_step_leaves_whole_cases_and_the_next_one_goes_on() {
    let server = Server::start();
    for (at, step) in STEPS.iter().enumerate() {
        let (dir, url) = (tempfile::tempdir().unwrap(), server.database(&format!("step{at}")));
        killed_at(step, &url, dir.path());
        let store = postgres::open(&url, dir.path(), crate::postgres::tests::clock()).await.unwrap();
        let seen = whole(step, &store, dir.path()).await;
        goes_on(&url, dir.path());
        assert_eq!(whole(step, &store, dir.path()).await[..seen.len()], seen, "{step}");
        assert_eq!(store.cases().await.unwrap().len() as u64, ADS, "{step}");
        store.close().await;
    }
}

/// Everything that was acknowledged is there, everything that is there is whole and told once, and at most one case more than was acknowledged.
async fn whole(step: &str, store: &(impl Store + Asked), dir: &Path) -> Vec<StoredCase> {
    let cases = store.history(DateTime::UNIX_EPOCH).await.unwrap();
    let acknowledged = std::fs::read_to_string(dir.join(ACKNOWLEDGED)).unwrap();
    let acknowledged: Vec<_> = acknowledged.lines().collect();
    let seen: Vec<_> = cases.iter().map(|case| case.case_id.as_str()).collect();
    assert!(seen.starts_with(&acknowledged), "{step}: acknowledged {acknowledged:?}, seen {seen:?}");
    assert!(seen.len() <= acknowledged.len() + 1, "{step}: acknowledged {acknowledged:?}, seen {seen:?}");
    let mut ended: Vec<_> = seen.iter().map(|case| format!("{case}-ended")).collect();
    ended.sort();
    let told = store.ask("SELECT event_id FROM outbox ORDER BY event_id").await;
    assert_eq!(told, ended, "{step}: each case is told, and nothing else");
    let facts = store.ask("SELECT case_id || '-ended' FROM governance_cases ORDER BY 1").await;
    assert_eq!(facts, ended, "{step}: each case is found by those who search");
    let mut previous = None;
    for (case, number) in cases.iter().zip(1..) {
        let text = std::fs::read(dir.join(manifest_path(&case.case_id))).unwrap();
        assert_eq!(EvidenceId::of(&text), case.manifest, "{step}");
        let manifest: Manifest = serde_json::from_slice(&text).unwrap();
        assert_eq!((manifest.number, manifest.previous), (number, previous), "{step}");
        previous = Some(case.manifest);
        assert_eq!(store.line(&case.case_id).await.unwrap(), suite::line(&case.ad_id, "first"), "{step}");
        for kept in store.rests_on(&case.case_id).await.unwrap() {
            assert_eq!(store.read(kept.id).await.unwrap().len() as u64, kept.bytes, "{step}");
        }
    }
    cases
}

fn killed_at(step: &str, store: &str, dir: &Path) {
    std::fs::write(dir.join(ORDERS), format!("{store}\n{step}")).unwrap();
    let mut child = child(dir);
    let begun = Instant::now();
    while !dir.join(REACHED).exists() {
        assert_eq!(child.try_wait().unwrap(), None, "the child ended before it came to `{step}`");
        assert!(begun.elapsed() < Duration::from_secs(60), "the child did not come to `{step}`");
        std::thread::sleep(Duration::from_millis(3));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

fn goes_on(store: &str, dir: &Path) {
    std::fs::write(dir.join(ORDERS), store).unwrap();
    assert!(child(dir).wait().unwrap().success(), "the next process could not go on");
}

fn child(dir: &Path) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "faults::killed::examines_as_it_is_ordered", "--ignored", "--test-threads=1"])
        .current_dir(dir)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is the child of the tests above"]
async fn examines_as_it_is_ordered() {
    let dir = Path::new(".");
    let Ok(orders) = std::fs::read_to_string(dir.join(ORDERS)) else { return };
    let (store, step) = orders.split_once('\n').unwrap_or((&orders, ""));
    if !step.is_empty() {
        failpoint::stop_at(step, passes(step), dir.join(REACHED));
    }
    if store == "folder" {
        let store = sqlite::open(dir, crate::sqlite::tests::clock()).await.unwrap();
        if dir.join(DELETES).exists() {
            let first = store.cases().await.unwrap().remove(0);
            store.delete(&first.case_id, "its time is over").await.unwrap();
        }
        for at in 0..ADS {
            one(&store, at).await;
            let mut draft = store.draft("cases.jsonl").unwrap();
            for case in store.cases().await.unwrap() {
                writeln!(draft, "{}", store.line(&case.case_id).await.unwrap()).unwrap();
            }
            store.publish(draft).await.unwrap();
        }
        store.close().await;
    } else {
        let store = postgres::open(store, dir, crate::postgres::tests::clock()).await.unwrap();
        for at in 0..ADS {
            one(&store, at).await;
        }
        store.close().await;
    }
}

/// Examines an ad that is not finished, and writes down that it was told so: as a user who saw the line.
async fn one(store: &impl Store, at: u64) {
    let ad = format!("ad{at}");
    let case = match store.finished(&format!("key-{ad}")).await.unwrap() {
        Some(case) => case,
        None => examine_packaged(store, &ad, at).await,
    };
    let told = std::fs::read_to_string(ACKNOWLEDGED).unwrap_or_default();
    if !told.contains(case.case_id.as_str()) {
        std::fs::write(ACKNOWLEDGED, format!("{told}{}\n", case.case_id)).unwrap();
    }
}

/// Killed while a case is deleted: it is there whole, or it is gone with its trace; the next sweep takes what was left lying.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_that_is_cut_off_is_done_whole_or_not_at_all() {
    for (step, done) in [("delete: before the commit", false), ("delete: committed", true)] {
        let dir = tempfile::tempdir().unwrap();
        goes_on("folder", dir.path());
        std::fs::write(dir.path().join(DELETES), "").unwrap();
        killed_at(step, "folder", dir.path());
        assert_eq!(verify(dir.path()).await.unwrap().problems, [], "{step}");
        let store = sqlite::open(dir.path(), crate::sqlite::tests::clock()).await.unwrap();
        assert_eq!(store.deleted().await.unwrap().len(), usize::from(done), "{step}");
        assert_eq!(store.logged_as("deletion").await.unwrap().len(), usize::from(done), "{step}");
        let swept = store.sweep(DateTime::from_timestamp(1 << 34, 0).unwrap(), false).await.unwrap();
        assert_eq!(swept.taken.artefacts, if done { 3 } else { 0 }, "{step}");
        for case in store.cases().await.unwrap() {
            for kept in store.rests_on(&case.case_id).await.unwrap() {
                store.read(kept.id).await.unwrap();
            }
        }
        store.close().await;
    }
}
