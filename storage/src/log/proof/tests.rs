//! Proofs as strangers check them: with a few lines of shell.

use std::path::PathBuf;
use std::process::Command;

use super::*;
use crate::log::checkpoint::Checkpoint;
use crate::log::tiles::Hashes;

/// What the shell says of an entry, its proof and a checkpoint.
fn by_shell(entry: &[u8], proof: &Inclusion, checkpoint: &str) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../scripts/inclusion.sh");
    let (entry, proof) = (file("leaf", entry), file("proof.json", &serde_json::to_vec_pretty(proof).unwrap()));
    let run = Command::new("bash")
        .arg(script)
        .args([entry, proof, file("checkpoint", checkpoint.as_bytes())])
        .output()
        .expect("bash, jq and xxd are there: scripts/setup installs them");
    (run.status.success(), String::from_utf8(run.stdout).unwrap())
}

/// So few entries that no tile is needed.
struct Few<'a>(&'a [Hash]);

impl Hashes for Few<'_> {
    async fn hashes(&self, level: u32, first: u64, count: u64) -> Result<Vec<Hash>, StoreError> {
        assert_eq!(level, 0);
        Ok(self.0[first as usize..(first + count) as usize].to_vec())
    }
}

async fn proof(leaves: &[Hash], index: u64) -> Inclusion {
    let path = tiles::inclusion(&Few(leaves), index, leaves.len() as u64).await.unwrap().unwrap();
    let path = path.iter().map(Hash::to_string).collect();
    let leaf_hash = leaves[index as usize].to_string();
    Inclusion { index, size: leaves.len() as u64, leaf_hash, path, root: tree::root(leaves).to_string() }
}

#[tokio::test]
async fn the_shell_accepts_every_proof_and_nothing_else() {
    for size in [1_u64, 2, 3, 7, 8, 11] {
        let entries: Vec<_> = (0..size).map(|at| format!("{{\"entry\": \"第{at}\"}}").into_bytes()).collect();
        let leaves: Vec<_> = entries.iter().map(|entry| tree::leaf(entry)).collect();
        let note = Checkpoint { origin: "log.example".into(), size, root: tree::root(&leaves) }.unsigned().text();
        let at = (size * 2 / 3).min(size - 1);
        for index in [0, at, size - 1] {
            let (entry, right) = (&entries[index as usize], proof(&leaves, index).await);
            assert!(right.holds_for(entry));
            let (holds, said) = by_shell(entry, &right, &note);
            assert!(
                holds && said.starts_with(&format!("IN THE LOG: entry {index} of {size}")),
                "{index}/{size}: {said}"
            );
        }
        let right = proof(&leaves, at).await;
        let mut wrong = vec![
            (b"another entry".to_vec(), right.clone(), note.clone()),
            (entries[at as usize].clone(), right.clone(), note.replacen(&size.to_string(), "99", 1)),
            (entries[at as usize].clone(), Inclusion { root: "00".repeat(32), ..right.clone() }, note.clone()),
            (entries[at as usize].clone(), Inclusion { index: size, ..right.clone() }, note.clone()),
        ];
        for step in 0..right.path.len() {
            let mut changed = right.clone();
            changed.path.remove(step);
            wrong.push((entries[at as usize].clone(), changed, note.clone()));
        }
        for (entry, proof, note) in wrong {
            let (holds, said) = by_shell(&entry, &proof, &note);
            assert!(!holds && said.starts_with("NOT IN THE LOG"), "{proof:?}: {said}");
        }
    }
}
