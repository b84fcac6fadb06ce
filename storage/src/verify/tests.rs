//! Each kind of file, changed in each way, is named.

use std::fs;
use std::io::Write;
use std::os::unix::fs::FileExt;

use tempfile::TempDir;

use super::*;
use crate::evidence::{blob_path, manifest_path, package_path};
use crate::retention::Retention as _;
use crate::sqlite::tests::clock;
use crate::sqlite::{self, SqliteStore};
use crate::store::{CaseId, Store, StoredCase};
use crate::suite::examine;

/// Three cases, a `cases.jsonl` and a `report.html`, closed.
struct Folder {
    dir: TempDir,
    cases: Vec<StoredCase>,
}

async fn folder() -> Folder {
    let dir = tempfile::tempdir().unwrap();
    let store = sqlite::open(dir.path(), clock()).await.unwrap();
    for (ad, position) in [("a", 0), ("b", 1), ("c", 2)] {
        examine(&store, ad, position, "first").await;
    }
    let cases = store.cases().await.unwrap();
    publish(&store, &cases).await;
    store.close().await;
    Folder { dir, cases }
}

async fn publish(store: &SqliteStore, cases: &[StoredCase]) {
    let mut draft = store.draft("cases.jsonl").unwrap();
    for case in cases {
        writeln!(draft, "{}", store.line(&case.case_id).await.unwrap()).unwrap();
    }
    store.publish(draft).await.unwrap();
    let mut draft = store.draft("report.html").unwrap();
    draft.write_all("<p>广告</p>".repeat(10_000).as_bytes()).unwrap();
    store.publish(draft).await.unwrap();
}

impl Folder {
    fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join(file)
    }

    fn manifest(&self, case: usize) -> String {
        manifest_path(&self.cases[case].case_id)
    }

    /// Changes one bit of the byte at which `needle` stands.
    fn flip(&self, file: &str, needle: &str) {
        let bytes = fs::read(self.path(file)).unwrap();
        let at =
            bytes.windows(needle.len()).position(|window| window == needle.as_bytes()).expect("the needle is there");
        let file = fs::OpenOptions::new().write(true).open(self.path(file)).unwrap();
        file.write_all_at(&[bytes[at] ^ 1], at as u64).unwrap();
    }

    fn swap(&self, one: &str, other: &str) {
        let held = fs::read(self.path(one)).unwrap();
        fs::copy(self.path(other), self.path(one)).unwrap();
        fs::write(self.path(other), held).unwrap();
    }

    fn cut(&self, file: &str) {
        let length = fs::metadata(self.path(file)).unwrap().len();
        fs::OpenOptions::new().write(true).open(self.path(file)).unwrap().set_len(length - 1).unwrap();
    }

    async fn verify(&self) -> Verification {
        verify(self.dir.path()).await.unwrap()
    }

    /// What is wrong, as `file: fault`.
    async fn faults(&self) -> Vec<String> {
        self.verify().await.problems.iter().map(|problem| format!("{}: {}", problem.file, problem.fault)).collect()
    }

    async fn sql(&self, statement: &'static str) {
        use sqlx::ConnectOptions;
        use sqlx::Connection;
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(self.path(DATABASE)).foreign_keys(false);
        let mut connection = options.connect().await.unwrap();
        sqlx::query(statement).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Every file with its content and time of change.
    fn state(&self) -> Vec<(PathBuf, Vec<u8>, std::time::SystemTime)> {
        fn walk(folder: &Path, all: &mut Vec<(PathBuf, Vec<u8>, std::time::SystemTime)>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let changed = fs::metadata(&path).unwrap().modified().unwrap();
                if path.is_dir() {
                    all.push((path.clone(), Vec::new(), changed));
                    walk(&path, all);
                } else {
                    all.push((path.clone(), fs::read(&path).unwrap(), changed));
                }
            }
        }
        let mut all = Vec::new();
        walk(self.dir.path(), &mut all);
        all.sort();
        all
    }
}

fn picture(ad: &str) -> String {
    blob_path(EvidenceId::of(format!("picture of {ad}").as_bytes()))
}

#[tokio::test]
async fn an_untouched_folder_holds_and_stays_untouched() {
    let folder = folder().await;
    let before = folder.state();
    let verified = folder.verify().await;
    assert_eq!(verified.problems, []);
    assert_eq!(verified.unknown, [""; 0]);
    assert_eq!((verified.cases, verified.evidence), (3, 6));
    assert_eq!(verified.head, Some(folder.cases[2].manifest));
    assert_eq!(folder.state(), before);
}

#[tokio::test]
async fn an_older_case_of_an_ad_stays_sealed() {
    let folder = folder().await;
    let store = sqlite::open(folder.dir.path(), clock()).await.unwrap();
    examine(&store, "a", 0, "second").await;
    store.close().await;
    // The outputs are still the old ones: written when the run is over, not after each case.
    assert_eq!(folder.faults().await, [""; 0]);
    let store = sqlite::open(folder.dir.path(), clock()).await.unwrap();
    let cases = store.cases().await.unwrap();
    publish(&store, &cases).await;
    store.close().await;
    assert_eq!(folder.faults().await, [""; 0]);
    assert_eq!(folder.verify().await.cases, 4);
}

#[tokio::test]
async fn a_changed_blob_is_named_with_both_hashes() {
    let folder = folder().await;
    folder.flip(&picture("b"), "picture");
    let problems = folder.verify().await.problems;
    assert_eq!(problems.len(), 1);
    let problem = &problems[0];
    assert_eq!((problem.file.as_str(), problem.fault), (picture("b").as_str(), Fault::Changed));
    assert_eq!(problem.expected, Some(EvidenceId::of(b"picture of b").to_string()));
    assert_eq!(problem.found, Some(EvidenceId::of(b"qicture of b").to_string()));
}

#[tokio::test]
async fn a_missing_a_cut_and_two_swapped_blobs_are_named() {
    let folder = folder().await;
    fs::remove_file(folder.path(&picture("a"))).unwrap();
    assert_eq!(folder.faults().await, [format!("{}: missing", picture("a"))]);
    fs::write(folder.path(&picture("a")), "picture of a").unwrap();
    folder.cut(&picture("a"));
    assert_eq!(folder.faults().await, [format!("{}: changed", picture("a"))]);
    fs::write(folder.path(&picture("a")), "picture of a").unwrap();
    folder.swap(&picture("a"), &picture("b"));
    let mut faults = folder.faults().await;
    faults.sort();
    let mut expected = [format!("{}: changed", picture("a")), format!("{}: changed", picture("b"))];
    expected.sort();
    assert_eq!(faults, expected);
}

#[tokio::test]
async fn a_pipe_or_a_folder_in_place_of_a_file_is_named() {
    let folder = folder().await;
    for file in [picture("a"), folder.manifest(2), "report.html".to_owned(), "cases.jsonl".to_owned()] {
        fs::remove_file(folder.path(&file)).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(folder.path(&file)).status().unwrap().success());
        let faults = folder.faults().await;
        assert!(faults.contains(&format!("{file}: unreadable")), "{faults:?}");
    }
    fs::remove_file(folder.path(&picture("a"))).unwrap();
    fs::create_dir(folder.path(&picture("a"))).unwrap();
    assert!(folder.faults().await.contains(&format!("{}: unreadable", picture("a"))));
}

#[tokio::test]
async fn a_changed_manifest_is_named_and_breaks_the_chain_after_it() {
    let folder = folder().await;
    folder.flip(&folder.manifest(1), "inconclusive");
    let faults = folder.faults().await;
    assert!(faults.contains(&format!("{}: changed", folder.manifest(1))), "{faults:?}");
    assert!(faults.contains(&format!("{}: chain broken", folder.manifest(2))), "{faults:?}");
    assert_eq!(faults.len(), 2, "{faults:?}");
}

#[tokio::test]
async fn a_missing_a_cut_and_two_swapped_manifests_are_named() {
    let folder = folder().await;
    let held = fs::read(folder.path(&folder.manifest(2))).unwrap();
    fs::remove_file(folder.path(&folder.manifest(2))).unwrap();
    let faults = folder.faults().await;
    assert!(faults.contains(&format!("{}: missing", folder.manifest(2))), "{faults:?}");
    fs::write(folder.path(&folder.manifest(2)), &held).unwrap();
    folder.cut(&folder.manifest(2));
    assert_eq!(folder.faults().await, [format!("{}: changed", folder.manifest(2))]);
    fs::write(folder.path(&folder.manifest(2)), &held).unwrap();
    folder.swap(&folder.manifest(0), &folder.manifest(1));
    let faults = folder.faults().await;
    for case in [0, 1] {
        assert!(faults.contains(&format!("{}: changed", folder.manifest(case))), "{faults:?}");
    }
}

#[tokio::test]
async fn a_case_taken_out_everywhere_but_the_chain_is_noticed() {
    let folder = folder().await;
    fs::remove_file(folder.path(&folder.manifest(1))).unwrap();
    folder.sql("DELETE FROM case_evidence WHERE case_number = 2").await;
    folder.sql("DELETE FROM cases WHERE number = 2").await;
    let faults = folder.faults().await;
    assert!(faults.contains(&format!("{}: chain broken", folder.manifest(2))), "{faults:?}");
    assert!(faults.contains(&"cases.jsonl:2: not in manifest".to_owned()), "{faults:?}");
}

#[tokio::test]
async fn the_last_case_taken_out_is_noticed_by_the_number_of_cases_written() {
    let folder = folder().await;
    fs::remove_file(folder.path(&folder.manifest(2))).unwrap();
    folder.sql("DELETE FROM case_evidence WHERE case_number = 3").await;
    folder.sql("DELETE FROM cases WHERE number = 3").await;
    let faults = folder.faults().await;
    assert!(faults.contains(&"postlink.db: chain broken".to_owned()), "{faults:?}");
}

#[tokio::test]
async fn a_manifest_put_in_is_noticed() {
    let folder = folder().await;
    let other = CaseId("20260101T000000Z-0123456789ab".into());
    let text = fs::read_to_string(folder.path(&folder.manifest(2))).unwrap();
    let text = text.replace(folder.cases[2].case_id.as_str(), other.as_str()).replace("\"number\": 3", "\"number\": 4");
    let text = text.replace(
        &format!("\"previous\": \"{}\"", folder.cases[1].manifest),
        &format!("\"previous\": \"{}\"", folder.cases[2].manifest),
    );
    fs::write(folder.path(&manifest_path(&other)), text).unwrap();
    assert_eq!(folder.faults().await, [format!("{}: not in manifest", manifest_path(&other))]);
}

#[tokio::test]
async fn a_changed_line_is_named_with_its_number() {
    let folder = folder().await;
    folder.flip("cases.jsonl", "first");
    let problems = folder.verify().await.problems;
    let files: Vec<_> = problems.iter().map(|problem| (problem.file.as_str(), problem.fault)).collect();
    assert_eq!(files, [("cases.jsonl", Fault::Changed), ("cases.jsonl:1", Fault::Changed)]);
    assert_eq!(problems[1].expected, Some(EvidenceId::of(crate::suite::line("a", "first").as_bytes()).to_string()));
}

#[tokio::test]
async fn a_line_that_is_missing_moved_or_cut_is_noticed() {
    let folder = folder().await;
    let text = fs::read_to_string(folder.path("cases.jsonl")).unwrap();
    let lines: Vec<_> = text.lines().collect();
    for changed in [lines[..2].join("\n") + "\n", [lines[1], lines[0], lines[2]].join("\n") + "\n"] {
        fs::write(folder.path("cases.jsonl"), changed).unwrap();
        assert_eq!(folder.faults().await, ["cases.jsonl: changed"]);
    }
    fs::write(folder.path("cases.jsonl"), &text[..text.len() - 2]).unwrap();
    assert_eq!(folder.faults().await, ["cases.jsonl: changed", "cases.jsonl:3: not in manifest"]);
    fs::remove_file(folder.path("cases.jsonl")).unwrap();
    assert_eq!(folder.faults().await, ["cases.jsonl: missing"]);
}

#[tokio::test]
async fn a_changed_a_cut_and_a_missing_report_are_named() {
    let folder = folder().await;
    folder.flip("report.html", "<p>");
    assert_eq!(folder.faults().await, ["report.html: changed"]);
    folder.cut("report.html");
    assert_eq!(folder.faults().await, ["report.html: changed"]);
    fs::remove_file(folder.path("report.html")).unwrap();
    assert_eq!(folder.faults().await, ["report.html: missing"]);
}

#[tokio::test]
async fn each_column_of_a_case_is_compared_with_its_manifest() {
    let changes: [(&str, &'static str); 10] = [
        ("line", "UPDATE cases SET line = replace(line, 'first', 'furst') WHERE number = 2"),
        ("verdict", "UPDATE cases SET verdict = 'clean' WHERE number = 2"),
        ("key", "UPDATE cases SET key = 'other' WHERE number = 2"),
        ("ad_id", "UPDATE cases SET ad_id = 'other' WHERE number = 2"),
        ("position", "UPDATE cases SET position = 7 WHERE number = 2"),
        ("opened_at", "UPDATE cases SET opened_at = '2026-01-01T00:00:00Z' WHERE number = 2"),
        ("manifest", "UPDATE cases SET manifest = replace(manifest, '\"b\"', '\"x\"') WHERE number = 2"),
        ("manifest_sha256", "UPDATE cases SET manifest_sha256 = 'sha256:00' WHERE number = 2"),
        ("previous", "UPDATE cases SET previous = NULL WHERE number = 2"),
        ("case_evidence", "DELETE FROM case_evidence WHERE case_number = 2"),
    ];
    for (column, change) in changes {
        let folder = folder().await;
        folder.sql(change).await;
        let problems = folder.verify().await.problems;
        let place = format!("postlink.db, case {}", folder.cases[1].case_id);
        assert!(!problems.is_empty(), "{column}");
        for problem in problems {
            assert_eq!((problem.file.as_str(), problem.fault), (place.as_str(), Fault::Changed), "{column}");
        }
    }
}

#[tokio::test]
async fn a_bit_flipped_in_the_database_is_noticed() {
    for needle in ["\"said\":\"first\"", "postlink-manifest/1", "key-b"] {
        let folder = folder().await;
        folder.flip(DATABASE, needle);
        assert!(!folder.verify().await.holds(), "{needle}");
    }
    let folder = folder().await;
    folder.flip(DATABASE, "SQLite format 3");
    assert_eq!(folder.faults().await, ["postlink.db: unreadable"]);
    let cut = super::tests::folder().await;
    fs::OpenOptions::new().write(true).open(cut.path(DATABASE)).unwrap().set_len(9000).unwrap();
    assert!(!cut.verify().await.holds());
}

#[tokio::test]
async fn without_its_database_the_rest_is_still_checked() {
    let folder = folder().await;
    fs::remove_file(folder.path(DATABASE)).unwrap();
    folder.flip(&picture("c"), "picture");
    let verified = folder.verify().await;
    let faults: Vec<_> = verified.problems.iter().map(|problem| (problem.file.as_str(), problem.fault)).collect();
    assert_eq!(faults, [(picture("c").as_str(), Fault::Changed), (DATABASE, Fault::Missing)]);
    assert_eq!(verified.cases, 3);
}

#[tokio::test]
async fn rows_that_are_still_in_the_write_ahead_file_are_read_without_touching_it() {
    let folder = folder().await;
    let copy = tempfile::tempdir().unwrap();
    let store = sqlite::open(folder.dir.path(), clock()).await.unwrap();
    let last = examine(&store, "d", 3, "first").await;
    // As a crash leaves it: the store is not closed, its files are copied as they are.
    let status = std::process::Command::new("cp")
        .arg("-a")
        .arg(folder.dir.path())
        .arg(copy.path().join("dir"))
        .status()
        .unwrap();
    assert!(status.success());
    let dir = copy.path().join("dir");
    assert!(fs::metadata(dir.join("postlink.db-wal")).unwrap().len() > 0);
    fs::remove_file(dir.join("postlink.db-shm")).unwrap();
    let verified = verify(&dir).await.unwrap();
    assert_eq!(verified.problems, []);
    assert_eq!((verified.cases, verified.head), (4, Some(last.manifest)));
    assert!(!dir.join("postlink.db-shm").exists());
}

#[tokio::test]
async fn what_no_manifest_names_is_told_apart_from_a_fault() {
    let folder = folder().await;
    let stray = "evidence/sha256/ab/cd/abcd#1";
    fs::create_dir_all(folder.path("evidence/sha256/ab/cd")).unwrap();
    fs::write(folder.path(stray), "half").unwrap();
    fs::write(folder.path("evidence/cases/notes.txt"), "mine").unwrap();
    let verified = folder.verify().await;
    assert!(verified.holds());
    assert_eq!(verified.unknown, ["evidence/cases/notes.txt", stray]);
}

#[tokio::test]
async fn a_folder_in_use_and_one_that_is_not_ours_are_told_so() {
    let folder = folder().await;
    let store = sqlite::open(folder.dir.path(), clock()).await.unwrap();
    assert!(matches!(verify(folder.dir.path()).await, Err(VerifyError::Busy(_))));
    drop(store);
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(verify(empty.path()).await, Err(VerifyError::NotOurs(_))));
    assert!(matches!(verify(&empty.path().join("none")).await, Err(VerifyError::NoFolder(_))));
}

#[test]
fn a_problem_reads_as_a_sentence() {
    let problem = Problem {
        file: "report.html".into(),
        fault: Fault::Changed,
        detail: "it is not the file that was written".into(),
        expected: Some("sha256:aa".into()),
        found: Some("sha256:bb".into()),
    };
    assert_eq!(
        problem.to_string(),
        "report.html: changed: it is not the file that was written; expected sha256:aa; found sha256:bb"
    );
}

#[tokio::test]
async fn what_was_deleted_is_explained_and_anything_else_that_is_missing_is_not() {
    let folder = folder().await;
    let store = sqlite::open(folder.dir.path(), clock()).await.unwrap();
    store.delete(&folder.cases[1].case_id, "its time is over").await.unwrap();
    let left: Vec<_> = [&folder.cases[0], &folder.cases[2]].map(Clone::clone).into();
    publish(&store, &left).await;
    store.close().await;
    assert!(!folder.path(&picture("b")).exists());
    let verified = folder.verify().await;
    assert_eq!(verified.problems, []);
    assert_eq!((verified.cases, verified.evidence, verified.head), (3, 4, Some(folder.cases[2].manifest)));
    assert!(verified.said.iter().any(|said| said.contains("deleted of 1 cases")), "{:?}", verified.said);
    // The line is nowhere in the file any more: what is deleted is written over.
    let line = crate::suite::line("b", "first");
    let bytes = fs::read(folder.path(DATABASE)).unwrap();
    assert!(!bytes.windows(line.len()).any(|window| window == line.as_bytes()));

    // What a crash kept from being taken away is no fault; what another case rests on is.
    fs::write(folder.path(&picture("b")), "picture of b").unwrap();
    assert_eq!(folder.verify().await.unknown, [picture("b")]);
    assert_eq!(folder.faults().await, [""; 0]);
    fs::remove_file(folder.path(&picture("c"))).unwrap();
    assert_eq!(folder.faults().await, [format!("{}: missing", picture("c"))]);
    fs::write(folder.path(&picture("c")), "picture of c").unwrap();
    folder.sql("UPDATE cases SET line = 'back again' WHERE number = 2").await;
    let faults = folder.faults().await;
    assert_eq!(faults, [format!("postlink.db, case {}: not in manifest", folder.cases[1].case_id)]);
}

#[tokio::test]
async fn a_case_that_only_says_it_was_deleted_is_missed() {
    let folder = folder().await;
    folder.sql("DELETE FROM case_evidence WHERE case_number = 2").await;
    folder.sql("UPDATE cases SET line = '', deleted_at = '2026-01-01T00:00:00+00:00' WHERE number = 2").await;
    let faults = folder.faults().await;
    assert!(faults.contains(&format!("postlink.db, case {}: changed", folder.cases[1].case_id)), "{faults:?}");
}

/// A folder with one case that has a package, closed.
async fn packaged() -> (TempDir, String, String) {
    let dir = tempfile::tempdir().unwrap();
    let store = sqlite::open(dir.path(), clock()).await.unwrap();
    let case = crate::suite::examine_packaged(&store, "a", 0).await;
    store.close().await;
    let blob = blob_path(model::evidence::EvidenceId::of(b"package of a"));
    (dir, package_path(&case.case_id), blob)
}

#[tokio::test]
async fn a_package_has_a_second_name_that_is_looked_after() {
    let (dir, name, blob) = packaged().await;
    assert_eq!(fs::read(dir.path().join(&name)).unwrap(), b"package of a");
    let untouched = verify(dir.path()).await.unwrap();
    assert!(untouched.holds() && untouched.unknown.is_empty(), "{untouched:#?}");
    let named = |found: &Verification| -> Vec<(String, Fault)> {
        found.problems.iter().map(|problem| (problem.file.clone(), problem.fault)).collect()
    };
    // Both names are of the same bytes.
    fs::OpenOptions::new().write(true).open(dir.path().join(&name)).unwrap().write_all_at(b"P", 0).unwrap();
    let both = named(&verify(dir.path()).await.unwrap());
    assert_eq!(both, [(blob.clone(), Fault::Changed), (name.clone(), Fault::Changed)]);
    fs::OpenOptions::new().write(true).open(dir.path().join(&blob)).unwrap().write_all_at(b"p", 0).unwrap();
    // One is replaced, or gone.
    fs::remove_file(dir.path().join(&name)).unwrap();
    assert_eq!(named(&verify(dir.path()).await.unwrap()), [(name.clone(), Fault::Missing)]);
    fs::write(dir.path().join(&name), b"another").unwrap();
    assert_eq!(named(&verify(dir.path()).await.unwrap()), [(name, Fault::Changed)]);
}

#[tokio::test]
async fn what_a_crash_kept_from_being_named_is_named_when_the_store_is_opened() {
    let (dir, name, _) = packaged().await;
    let manifest = name.replace("evidence/", "evidence/cases/").replace(".wacz", ".manifest.json");
    fs::remove_file(dir.path().join(&name)).unwrap();
    fs::remove_file(dir.path().join(manifest)).unwrap();
    sqlite::open(dir.path(), clock()).await.unwrap().close().await;
    let mended = verify(dir.path()).await.unwrap();
    assert!(mended.holds(), "{mended:#?}");
    assert_eq!(fs::read(dir.path().join(&name)).unwrap(), b"package of a");
}
