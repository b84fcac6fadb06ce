//! A database and its evidence, in a folder and in a bucket, right and changed in each way, and while others work with it.

use object_store::ObjectStoreExt as _;
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

use super::*;
use crate::evidence::{Bucket, blob_path, manifest_path};
use crate::log::sealing;
use crate::postgres::tests::{Server, clock};
use crate::postgres::{self, PostgresStore};
use crate::retention::Retention as _;
use crate::store::StoredCase;
use crate::suite::examine;
use crate::suite::s3::Service;

/// Three cases, and a checkpoint over them.
async fn fill(store: &PostgresStore) -> Vec<StoredCase> {
    let mut cases = Vec::new();
    for (ad, at) in [("a", 0), ("b", 1), ("c", 2)] {
        cases.push(examine(store, ad, at, "first").await);
    }
    sealing::checkpoint(store, None, DateTime::UNIX_EPOCH).await.unwrap();
    cases
}

fn picture(ad: &str) -> String {
    blob_path(EvidenceId::of(format!("picture of {ad}").as_bytes()))
}

/// What is wrong, as `file: fault`; the address is that of the database.
fn faults(verified: &Verification, url: &str) -> Vec<String> {
    let name = postgres::named(url).unwrap().1.display().to_string();
    let told = |problem: &Problem| format!("{}: {}", problem.file.replace(&name, "database"), problem.fault);
    verified.problems.iter().map(told).collect()
}

struct Folder {
    server: Server,
    dir: TempDir,
    url: String,
    cases: Vec<StoredCase>,
}

async fn folder() -> Folder {
    let (server, dir) = (Server::start(), tempfile::tempdir().unwrap());
    let url = server.url();
    let store = postgres::open(&url, dir.path(), clock()).await.unwrap();
    let cases = fill(&store).await;
    store.close().await;
    Folder { server, dir, url, cases }
}

impl Folder {
    async fn verify(&self) -> Verification {
        verify_database(&self.url, &self.dir.path().into(), &Trust::default()).await.unwrap()
    }

    async fn sql(&self, statement: &'static str) {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        sqlx::query(statement).execute(&mut connection).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
        connection.close().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_untouched_database_holds_and_each_change_is_named() {
    let right = folder().await;
    let verified = right.verify().await;
    assert_eq!(verified.problems, []);
    assert_eq!((verified.cases, verified.evidence, verified.head), (3, 6, Some(right.cases[2].manifest)));
    assert!(verified.said.iter().any(|said| said.contains("3 entries, hashed anew")), "{:?}", verified.said);

    let case = |at: usize| format!("database, case {}", right.cases[at].case_id);
    let changes: [(&'static str, &'static str, String); 11] = [
        ("UPDATE cases SET line = 'x' WHERE number = 2", "changed", case(1)),
        ("UPDATE cases SET verdict = 'clean' WHERE number = 2", "changed", case(1)),
        ("UPDATE cases SET opened_at = now() WHERE number = 2", "changed", case(1)),
        ("UPDATE cases SET manifest = replace(manifest, '\"b\"', '\"x\"') WHERE number = 2", "changed", case(1)),
        ("UPDATE cases SET previous = NULL WHERE number = 2", "changed", case(1)),
        ("DELETE FROM case_evidence WHERE case_number = 2", "changed", case(1)),
        (
            "UPDATE log SET entry = replace(entry, 'inconclusive', 'clean') WHERE leaf_index = 0",
            "changed",
            "database, entry 0 of the log".into(),
        ),
        ("DELETE FROM log WHERE leaf_index = 1", "chain broken", case(1)),
        ("DELETE FROM log WHERE leaf_index = 2", "chain broken", "database, checkpoint 1".into()),
        ("DELETE FROM case_evidence WHERE case_number = 3; DELETE FROM cases WHERE number = 3", "missing", case(2)),
        ("UPDATE checkpoints SET root = replace(root, 'a', 'b')", "changed", "database, checkpoint 1".into()),
    ];
    right.sql("DROP TRIGGER log_is_not_changed ON log").await;
    // They name cases, which are put aside here.
    right.sql("DELETE FROM facts").await;
    for (change, fault, place) in changes {
        // Each in a transaction of its own would stay: the tables are put aside and back.
        let kept = ["cases", "case_evidence", "log", "checkpoints"];
        let mut connection = PgConnection::connect(&right.url).await.unwrap();
        for table in kept {
            let aside = format!("CREATE TABLE {table}_aside AS SELECT * FROM {table}");
            sqlx::raw_sql(sqlx::AssertSqlSafe(aside)).execute(&mut connection).await.unwrap();
        }
        sqlx::raw_sql(change).execute(&mut connection).await.unwrap();
        let found = faults(&right.verify().await, &right.url);
        assert!(found.contains(&format!("{place}: {fault}")), "{change}: {found:?}");
        sqlx::raw_sql("DELETE FROM case_evidence").execute(&mut connection).await.unwrap();
        for table in kept {
            let back = format!(
                "DELETE FROM {table}; INSERT INTO {table} SELECT * FROM {table}_aside; DROP TABLE {table}_aside"
            );
            sqlx::raw_sql(sqlx::AssertSqlSafe(back)).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
    }
    assert_eq!(right.verify().await.problems, []);

    std::fs::write(right.dir.path().join(picture("b")), b"pictura of b").unwrap();
    std::fs::remove_file(right.dir.path().join(picture("c"))).unwrap();
    std::fs::remove_file(right.dir.path().join(manifest_path(&right.cases[2].case_id))).unwrap();
    let found = faults(&right.verify().await, &right.url);
    let expected =
        [format!("{}: changed", picture("b")), format!("{}: missing", manifest_path(&right.cases[2].case_id))];
    assert_eq!(found, expected, "what a manifest names that is not there is looked for by no one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_database_of_ours_and_no_folder_is_told_and_nothing_is_made() {
    let (server, dir) = (Server::start(), tempfile::tempdir().unwrap());
    let error = verify_database(&server.url(), &dir.path().into(), &Trust::default()).await.unwrap_err();
    assert!(matches!(error, VerifyError::NoDatabase(_)), "{error}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    let none = dir.path().join("none");
    let error = verify_database(&server.url(), &(&none).into(), &Trust::default()).await.unwrap_err();
    assert!(matches!(error, VerifyError::NoFolder(_)) && !none.exists(), "{error}");
    let nowhere = verify_database("postgres://me:secret@127.0.0.1:1/x", &dir.path().into(), &Trust::default()).await;
    let error = nowhere.unwrap_err().to_string();
    assert!(error.contains("postgres://127.0.0.1:1/x") && !error.contains("secret"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn evidence_in_a_bucket_is_verified_there() {
    let (server, service) = (Server::start(), Service::start());
    let bucket = service.bucket();
    let store = postgres::open(&server.url(), &bucket, clock()).await.unwrap();
    let cases = fill(&store).await;
    store.close().await;
    let verify = async |bucket: &Bucket| verify_database(&server.url(), &bucket.into(), &Trust::default()).await;
    let verified = verify(&bucket).await.unwrap();
    assert_eq!((&verified.problems[..], &verified.unknown[..]), (&[][..], &[][..]));
    assert_eq!((verified.cases, verified.evidence, verified.head), (3, 6, Some(cases[2].manifest)));

    let objects = crate::evidence::objects(&bucket).unwrap();
    objects.put(&picture("a").into(), "pictura of a".into()).await.unwrap();
    objects.delete(&picture("b").into()).await.unwrap();
    objects.put(&"evidence/sha256/ab/cd/half".into(), "half".into()).await.unwrap();
    objects.put(&"evidence/mine.txt".into(), "mine".into()).await.unwrap();
    let verified = verify(&bucket).await.unwrap();
    let mut found = faults(&verified, &server.url());
    found.sort();
    let mut expected = [format!("{}: changed", picture("a")), format!("{}: missing", picture("b"))];
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(verified.unknown, ["evidence/mine.txt", "evidence/sha256/ab/cd/half"]);
    let gone = verify(&Bucket { url: "s3://elsewhere/x".into(), ..bucket }).await.unwrap_err().to_string();
    assert!(gone.contains("s3://elsewhere/x"), "{gone}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_seal_and_delete_meanwhile_is_no_fault() {
    let Folder { server, dir, url, cases } = folder().await;
    let store = postgres::open(&url, dir.path(), clock()).await.unwrap();
    let work = async {
        store.delete(&cases[0].case_id, "its time is over").await.unwrap();
        for at in 0..40 {
            let case = examine(&store, &format!("w{at}"), at, "first").await;
            if at % 3 == 0 {
                store.delete(&case.case_id, "its time is over").await.unwrap();
            }
        }
    };
    let look = async {
        let mut looked = 0;
        for _ in 0..8 {
            let verified = verify_database(&url, &dir.path().into(), &Trust::default()).await.unwrap();
            assert_eq!(verified.problems, []);
            looked += usize::from(verified.said.iter().any(|said| said.contains("sealed while this looked")));
        }
        looked
    };
    let ((), looked) = tokio::join!(work, look);
    assert!(looked > 0, "nobody worked while it looked");
    store.close().await;
    drop(server);
}
