//! A folder that was sealed: it verifies as it is, and names what was changed in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use postlink_tests::world::World;

use super::{QUICK, Stage, evidence, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flipped_bit_anywhere_in_a_folder_is_named() {
    let world = World::read("price-on-landing").unwrap();
    let lines = world.ads_jsonl().unwrap();
    let stage = Stage::of(vec![world], QUICK).await;
    stage.ads(lines);
    assert_eq!(stage.check("out").code, Some(10));
    let fresh = stage.verify("out");
    assert_eq!(fresh.code, Some(0), "{}{}", fresh.stdout, fresh.stderr);
    assert!(fresh.stdout.contains("everything is as it was sealed"), "{}", fresh.stdout);

    let out = stage.path("out");
    let manifest = evidence::manifests(&out).remove(0);
    let mut files: Vec<PathBuf> = ["cases.jsonl", "report.html"].map(PathBuf::from).to_vec();
    files.push(format!("evidence/cases/{}.manifest.json", text(&manifest, "/case_id")).into());
    for kept in super::list(&manifest, "/evidence") {
        let path = evidence::path(&out, text(kept, "/id").parse().unwrap());
        files.push(path.strip_prefix(&out).unwrap().to_owned());
    }
    assert!(files.len() > 8, "a page, its picture, its record, the ad and its picture are evidence: {files:?}");
    for file in files {
        let name = file.display().to_string();
        copy(&out, &stage.path("copy"));
        flip(&stage.path("copy").join(&file));
        let run = stage.verify("copy");
        assert_eq!(run.code, Some(1), "{name} was changed: {}{}", run.stdout, run.stderr);
        let named = run.stdout.lines().any(|line| line.starts_with(&name) && line.contains("changed"));
        assert!(named, "{name} was changed and is not named:\n{}", run.stdout);
    }
}

fn copy(from: &Path, to: &Path) {
    if to.exists() {
        std::fs::remove_dir_all(to).unwrap();
    }
    assert!(Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
}

/// Changes one bit in the middle of a file.
fn flip(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).unwrap();
}
