//! Decisions and violations of a folder, right and changed in each way.

use model::event::Choice;
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;

use super::*;
use crate::decisions::{Decision, Decisions as _};
use crate::facts::suite::examine_violating;
use crate::retention::Retention as _;
use crate::sqlite;
use crate::sqlite::tests::clock;

/// Two cases with decisions about each, and one that was deleted after somebody had decided about it.
async fn decided() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = sqlite::open(dir.path(), clock()).await.unwrap();
    let mut cases = Vec::new();
    for ad in ["a", "b", "c"] {
        let case = examine_violating(&store, ad).await;
        for (violation, choice) in [(Some(1), Choice::Reject), (None, Choice::Confirm)] {
            let (case_id, by) = (case.case_id.clone(), "Li".to_owned());
            store.decide(&Decision { case_id, violation, choice, reason: Some("why".into()), by }).await.unwrap();
        }
        cases.push(case);
    }
    store.hold(&cases[0].case_id, "a court asks").await.unwrap();
    store.delete(&cases[2].case_id, "over").await.unwrap();
    store.close().await;
    dir
}

/// What is said to be wrong once the database was changed as somebody would who has it whole.
async fn found(statement: &'static str) -> Vec<String> {
    let dir = decided().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.path().join(DATABASE));
    let mut connection = options.connect().await.unwrap();
    for statement in ["DROP TRIGGER decisions_are_not_changed", statement] {
        sqlx::query(statement).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let verified = verify(dir.path()).await.unwrap();
    verified.problems.iter().map(|problem| format!("{}: {}", problem.fault, problem.detail)).collect()
}

#[tokio::test]
async fn what_was_decided_holds_and_what_went_with_its_case_is_explained() {
    let dir = decided().await;
    let verified = verify(dir.path()).await.unwrap();
    assert_eq!(verified.problems, []);
    assert!(verified.said.iter().any(|said| said == "log: it tells of each of the 4 decisions about cases"));
}

#[tokio::test]
async fn each_change_to_what_was_decided_or_found_is_named() {
    for (statement, expected) in [
        ("UPDATE decisions SET reason = 'other' WHERE number = 1", "changed: its columns differ from its record"),
        (
            "UPDATE decisions SET decided_by = 'Wu', record = replace(record, 'Li', 'Wu') WHERE number = 2",
            "changed: its record is not the one that the log tells of",
        ),
        ("DELETE FROM decisions WHERE number = 3", "that it tells of is not there"),
        (
            "INSERT INTO decisions SELECT 9, case_id, violation, decision, reason, decided_by, decided_at, 99, record FROM decisions WHERE number = 1",
            "not in manifest: the log does not tell of it",
        ),
        ("UPDATE violations SET severity = 'S1'", "changed: its violations differ from its line"),
        ("DELETE FROM violations WHERE number = 2", "changed: its violations differ from its line"),
    ] {
        let found = found(statement).await;
        assert!(!found.is_empty() && found.iter().all(|one| one.contains(expected)), "{statement}: {found:?}");
    }
}
