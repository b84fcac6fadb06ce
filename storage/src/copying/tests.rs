//! A copy holds what the folder holds, goes on where it stopped, and takes over nothing that was changed.

use tempfile::TempDir;

use super::*;
use crate::log::checkpoint::Checkpoint;
use crate::log::{Entry, KeptCheckpoint};
use crate::postgres::tests::{Server, clock};
use crate::stamp::{KeptStamp, ToStamp};
use crate::suite::{answered, examine};
use crate::{evidence, postgres, sqlite};

async fn filled(ads: &[&str]) -> (SqliteStore, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = sqlite::open(dir.path(), clock()).await.unwrap();
    for (at, ad) in ads.iter().enumerate() {
        examine(&store, ad, at as u64, "first").await;
    }
    store.remember(EvidenceId::of(b"picture"), b"words").await.unwrap();
    (store, dir)
}

async fn empty() -> (PostgresStore, (Server, TempDir)) {
    let (server, blobs) = (Server::start(), tempfile::tempdir().unwrap());
    (postgres::open(&server.url(), blobs.path(), clock()).await.unwrap(), (server, blobs))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_holds_every_case_artefact_and_reading_and_goes_on_with_the_chain() {
    let (from, dir) = filled(&["a", "b", "c"]).await;
    let (to, (_server, blobs)) = empty().await;
    let copied = copy(&from, &to).await.unwrap();
    assert_eq!(copied, Copied { cases: 3, artefacts: 6, readings: 1, entries: 3, stamps: 0, there_before: 0 });
    assert_eq!(to.history(DateTime::UNIX_EPOCH).await.unwrap(), from.history(DateTime::UNIX_EPOCH).await.unwrap());
    for case in from.cases().await.unwrap() {
        assert_eq!(to.line(&case.case_id).await.unwrap(), from.line(&case.case_id).await.unwrap());
        for kept in to.rests_on(&case.case_id).await.unwrap() {
            assert_eq!(to.read(kept.id).await.unwrap(), from.read(kept.id).await.unwrap());
        }
        let manifest = evidence::manifest_path(&case.case_id);
        assert_eq!(
            std::fs::read(blobs.path().join(&manifest)).unwrap(),
            std::fs::read(dir.path().join(&manifest)).unwrap()
        );
    }
    assert_eq!(to.recall(EvidenceId::of(b"picture")).await.unwrap().as_deref(), Some(&b"words"[..]));
    assert_eq!(to.logged(0, 10).await.unwrap(), from.logged(0, 10).await.unwrap());
    assert_eq!(examine(&to, "d", 3, "first").await.number, 4);
    assert_eq!(to.log_size().await.unwrap(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_was_cut_off_goes_on_and_another_chain_is_refused() {
    let (from, _dir) = filled(&["a"]).await;
    let (to, _held) = empty().await;
    copy(&from, &to).await.unwrap();
    examine(&from, "b", 1, "first").await;
    let copied = copy(&from, &to).await.unwrap();
    assert_eq!((copied.there_before, copied.cases, copied.artefacts), (1, 1, 2));
    let (other, _dir) = filled(&["x", "y", "z"]).await;
    let error = copy(&other, &to).await.expect_err("another chain").to_string();
    assert!(error.contains("of another chain: copy into an empty database"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_copied_with_all_that_is_between_the_cases_and_with_its_checkpoints() {
    let (from, _dir) = filled(&["a"]).await;
    let entry = |ad: &str| Entry::Restamp {
        of: EvidenceId::of(ad.as_bytes()),
        stamp: EvidenceId::of(b"stamp"),
        authority: "tsa".into(),
        at: DateTime::UNIX_EPOCH,
    };
    from.append(&entry("between")).await.unwrap();
    let root = tree::root(&from.hashes(0, 0, 2).await.unwrap());
    from.keep_checkpoint(&Checkpoint { origin: "o".into(), size: 2, root }.unsigned()).await.unwrap();
    let (to, _held) = empty().await;
    copy(&from, &to).await.unwrap();
    examine(&from, "b", 1, "first").await;
    from.append(&entry("behind")).await.unwrap();
    assert_eq!(copy(&from, &to).await.unwrap().entries, 4);
    assert_eq!(to.logged(0, 10).await.unwrap(), from.logged(0, 10).await.unwrap());
    let notes = |kept: Vec<KeptCheckpoint>| kept.into_iter().map(|kept| kept.note).collect::<Vec<_>>();
    assert_eq!(notes(to.checkpoints().await.unwrap()), notes(from.checkpoints().await.unwrap()));

    let (one, other) = (EvidenceId::of(b"one"), EvidenceId::of(b"other"));
    for digest in [one, other] {
        from.want(&ToStamp { digest, what: "checkpoint".into() }).await.unwrap();
    }
    copy(&from, &to).await.unwrap();
    from.stamped(1, &answered()).await.unwrap();
    assert_eq!(copy(&from, &to).await.unwrap().stamps, 2);
    let told =
        |stamps: Vec<KeptStamp>| stamps.into_iter().map(|stamp| (stamp.digest, stamp.what, stamp.state, stamp.answer));
    assert!(told(to.stamps().await.unwrap()).eq(told(from.stamps().await.unwrap())));

    to.append(&entry("elsewhere")).await.unwrap();
    let error = copy(&from, &to).await.expect_err("another log").to_string();
    assert!(error.contains("another from entry 4 on"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_lacks_the_evidence_of_cases_that_are_there_is_filled() {
    let (from, _dir) = filled(&["a"]).await;
    let (to, (server, _blobs)) = empty().await;
    copy(&from, &to).await.unwrap();
    let other = tempfile::tempdir().unwrap();
    let elsewhere = postgres::open(&server.url(), other.path(), clock()).await.unwrap();
    let copied = copy(&from, &elsewhere).await.unwrap();
    assert_eq!((copied.cases, copied.artefacts), (0, 2));
    let case = from.cases().await.unwrap().remove(0);
    assert!(other.path().join(evidence::manifest_path(&case.case_id)).is_file());
    for kept in elsewhere.rests_on(&case.case_id).await.unwrap() {
        elsewhere.read(kept.id).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_changed_is_not_taken_over() {
    let (from, dir) = filled(&["a"]).await;
    let (to, _held) = empty().await;
    let case = from.cases().await.unwrap().remove(0);
    let blob = dir.path().join(evidence::blob_path(from.rests_on(&case.case_id).await.unwrap()[1].id));
    std::fs::write(&blob, b"something else of no use").unwrap();
    let error = copy(&from, &to).await.expect_err("the blob was changed").to_string();
    assert!(error.contains("has changed"), "{error}");
    assert_eq!(to.history(DateTime::UNIX_EPOCH).await.unwrap(), []);
}
