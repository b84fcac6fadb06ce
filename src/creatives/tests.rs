//! From a folder into a store in another, and out of it again for a worker.

use std::os::unix::fs::symlink;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::DateTime;
use model::evidence::EvidenceId;
use model::units::Clock;
use storage::library::AdFile;
use storage::sqlite::{self, SqliteStore};
use storage::store::Store as _;
use tempfile::TempDir;

use super::layout::LaidOut;
use super::*;

/// Long after whatever was written here.
fn clock() -> Clock {
    Arc::new(|| DateTime::from_timestamp(7_000_000_000, 0).expect("a time"))
}

async fn store() -> (SqliteStore, TempDir) {
    let dir = tempfile::tempdir().expect("a folder");
    (sqlite::open(dir.path(), clock()).await.expect("opens"), dir)
}

fn ads() -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(dir.path().join("c")).expect("makes");
    std::fs::write(dir.path().join("c/a.png"), b"picture").expect("writes");
    std::fs::write(dir.path().join("a.srt"), b"words").expect("writes");
    dir
}

async fn keep(keeping: &mut Keeping<'_, SqliteStore>, path: &str) -> Result<(String, AdFile), String> {
    keeping.keep(Path::new(path)).await.expect("the store works")
}

#[tokio::test]
async fn a_file_is_read_once_until_it_changes() {
    let ((store, _dir), ads, clock) = (store().await, ads(), clock());
    let mut keeping = Keeping::in_folder(&store, ads.path(), 100, &clock).expect("it is there");
    let (path, file) = keep(&mut keeping, "c/a.png").await.expect("it is kept");
    assert_eq!((path.as_str(), file.evidence, file.bytes), ("c/a.png", EvidenceId::of(b"picture"), 7));
    assert_eq!(store.read(file.evidence).await.expect("it is a blob"), b"picture");
    assert_eq!(keep(&mut keeping, "./c/a.png").await.expect("the same").1, file);
    assert_eq!(keeping.files, Files { named: 2, read: 1, unreadable: 0 });
    // Of the same length, and its times put back, as copies are. The clock of files ticks in milliseconds.
    std::thread::sleep(std::time::Duration::from_millis(50));
    let at = ads.path().join("c/a.png");
    let before = std::fs::metadata(&at).expect("it is there").modified().expect("a time");
    std::fs::write(&at, b"pixture").expect("writes");
    std::fs::File::options().write(true).open(&at).expect("opens").set_modified(before).expect("sets");
    assert_eq!(keep(&mut keeping, "c/a.png").await.expect("kept").1.evidence, EvidenceId::of(b"pixture"));
    assert_eq!(keeping.files.read, 2);
}

#[tokio::test]
async fn a_file_that_may_not_or_cannot_be_read_is_told() {
    let ((store, _dir), ads, clock) = (store().await, ads(), clock());
    let elsewhere = tempfile::tempdir().expect("a folder");
    std::fs::write(elsewhere.path().join("secret"), b"secret").expect("writes");
    symlink(elsewhere.path().join("secret"), ads.path().join("link")).expect("links");
    symlink(elsewhere.path(), ads.path().join("folder")).expect("links");
    symlink("c/a.png", ads.path().join("within")).expect("links");
    std::fs::write(ads.path().join("long"), [0; 101]).expect("writes");
    let mut keeping = Keeping::in_folder(&store, ads.path(), 100, &clock).expect("it is there");
    let absolute = elsewhere.path().join("secret").display().to_string();
    let long = "x".repeat(1_001);
    for (path, words) in [
        ("missing.png", "missing.png cannot be opened"),
        ("../secret", "leaves the folder"),
        ("c/../../x", "leaves the folder"),
        (&absolute, "leaves the folder"),
        ("", "leaves the folder"),
        ("link", "is a link out of the folder"),
        ("folder/secret", "is a link out of the folder"),
        ("c", "is no file"),
        ("long", "larger than 100 bytes"),
        (&long, "longer than 1000 bytes"),
    ] {
        let reason = keep(&mut keeping, path).await.expect_err(path);
        assert!(reason.contains(words), "{path}: {reason}");
    }
    assert_eq!((keeping.files.read, keeping.files.unreadable), (0, 10));
    keep(&mut keeping, "within").await.expect("a link within the folder is as good as a file");
}

fn ad(paths: &[&str]) -> Ad {
    let creatives: Vec<_> = paths.iter().map(|path| serde_json::json!({"kind": "image", "path": path})).collect();
    serde_json::from_value(serde_json::json!({"ad_id": "a", "click_url": "x", "creatives": creatives})).expect("an ad")
}

#[tokio::test]
async fn a_worker_finds_the_files_where_the_ad_says_and_nothing_leaves_the_folder() {
    let blob = EvidenceId::of(b"picture");
    let read = async |id: EvidenceId| (id == blob).then(|| b"picture".to_vec()).context("no such blob");
    let paths = ["c/a.png", "../../up", "/etc/hostname", "c/a.png/below", "never.png"];
    let files = paths[..4].iter().map(|path| ((*path).to_owned(), blob)).collect();
    let LaidOut { ad: laid, folder } = lay_out(&ad(&paths), &files, read).await.expect("it is laid out");
    let found: Vec<_> =
        laid.creatives.iter().map(|one| folder.path().join(one.path.as_ref().expect("a path"))).collect();
    assert_eq!(std::fs::read(&found[0]).expect("it is there"), b"picture");
    for path in &found {
        assert!(path.starts_with(folder.path()) && !path.display().to_string().contains(".."), "{}", path.display());
    }
    assert!(found[1..].iter().all(|path| !path.exists()), "{found:?}");
    let unknown = [("c/a.png".to_owned(), EvidenceId::of(b"other"))].into();
    let error = lay_out(&ad(&["c/a.png"]), &unknown, read).await.err().expect("it is not there");
    assert!(format!("{error:#}").contains("fetch c/a.png of the ad `a`"), "{error:#}");
    let at = folder.path().to_owned();
    drop(folder);
    assert!(!at.exists());
}
