//! A process that is killed while it writes leaves only whole cases.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::tests::clock;
use super::*;
use crate::suite::examine;
use crate::verify::verify;

/// Stands in the folder in which the child may write until it is killed.
const PERMIT: &str = "write-until-killed";

#[tokio::test]
async fn a_killed_process_leaves_only_whole_cases() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(PERMIT), "").unwrap();
    let mut before = 0;
    // Different lengths of life, so that the axe falls on different steps.
    for millis in [350, 410, 480, 560] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sqlite::crash::writes_cases_until_it_is_killed", "--ignored", "--test-threads=1"])
            .current_dir(dir.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        wait_for_more_cases_than(dir.path(), before);
        tokio::time::sleep(Duration::from_millis(millis)).await;
        child.kill().unwrap();
        child.wait().unwrap();

        let store = open(dir.path(), clock()).await.unwrap();
        let cases = store.cases().await.unwrap();
        assert!(cases.len() > before, "the child wrote nothing");
        before = cases.len();
        store.close().await;
        let verified = verify(dir.path()).await.unwrap();
        assert!(verified.holds(), "{:#?}", verified.problems);
        assert_eq!(verified.cases as usize, before);
    }
}

fn wait_for_more_cases_than(dir: &Path, before: usize) {
    let begun = Instant::now();
    let count = || std::fs::read_dir(dir.join("evidence/cases")).map_or(0, Iterator::count);
    while count() <= before {
        assert!(begun.elapsed() < Duration::from_secs(30), "the child wrote nothing in half a minute");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "is the child of the test above"]
async fn writes_cases_until_it_is_killed() {
    let dir = Path::new(".");
    if !dir.join(PERMIT).exists() {
        return;
    }
    let store = open(dir, clock()).await.unwrap();
    for number in store.cases().await.unwrap().len() as u64.. {
        let (first, second) = (format!("a{number}"), format!("b{number}"));
        tokio::join!(examine(&store, &first, number, "first"), examine(&store, &second, number, "first"));
    }
}
