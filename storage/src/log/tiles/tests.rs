//! Proofs against the test vectors of Certificate Transparency, against another implementation of RFC 6962, and of long logs.

use std::sync::atomic::{AtomicU64, Ordering};

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use sha2_new::Sha256;

use super::*;
use crate::log::tree::tests::{hash, reference};
use crate::log::tree::{is_consistent, leaf, root, root_of};

/// Rows of hashes in memory: entries, and their tiles above them.
#[derive(Default)]
struct Rows {
    rows: Vec<Vec<Hash>>,
    /// How many hashes were asked for, and the most at once.
    asked: AtomicU64,
    most: AtomicU64,
}

impl Rows {
    fn of(leaves: &[Hash]) -> Self {
        let mut rows = vec![leaves.to_vec()];
        while let Some(row) = rows.last().filter(|row| row.len() as u64 >= WIDTH) {
            let above = row.chunks_exact(256).map(root).collect();
            rows.push(above);
        }
        Self { rows, ..Self::default() }
    }
}

impl Hashes for Rows {
    async fn hashes(&self, level: u32, first: u64, count: u64) -> Result<Vec<Hash>, StoreError> {
        self.asked.fetch_add(count, Ordering::Relaxed);
        self.most.fetch_max(count, Ordering::Relaxed);
        Ok(self.rows[level as usize][first as usize..(first + count) as usize].to_vec())
    }
}

async fn path(leaves: &[Hash], index: u64) -> Vec<Hash> {
    inclusion(&Rows::of(leaves), index, leaves.len() as u64).await.unwrap().expect("it is there")
}

async fn growth(leaves: &[Hash], first: u64) -> Vec<Hash> {
    consistency(&Rows::of(leaves), first, leaves.len() as u64).await.unwrap().expect("it is a beginning")
}

#[tokio::test]
async fn paths_are_those_of_the_reference_tree() {
    let leaves = reference();
    let path = path(&leaves, 5).await;
    let expected = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ];
    assert_eq!(path, expected.map(hash));
    let path = growth(&leaves, 6).await;
    let expected = [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ];
    assert_eq!(path, expected.map(hash));
}

#[tokio::test]
async fn every_proof_of_small_trees_is_made_and_accepted_by_another_implementation_and_by_this_one() {
    let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let (mut leaves, mut roots) = (Vec::new(), vec![root(&[])]);
    for size in 1_u64..=40 {
        let entry = format!("entry {size}").into_bytes();
        leaves.push(leaf(&entry));
        roots.push(root(&leaves));
        theirs.push(entry);
        let their_root = theirs.root();
        assert_eq!(their_root.as_bytes()[..], roots[leaves.len()].0);
        for index in 0..size {
            let path = path(&leaves, index).await;
            assert_eq!(theirs.prove_inclusion(usize::try_from(index).unwrap()).as_bytes(), bytes(&path));
            assert_eq!(root_of(leaves[index as usize], index, size, &path), Some(roots[size as usize]));
            let proof = InclusionProof::<Sha256>::try_from_bytes(bytes(&path)).unwrap();
            their_root.verify_inclusion(&format!("entry {}", index + 1).into_bytes(), index, &proof).unwrap();
        }
        for first in 1..=size {
            let path = growth(&leaves, first).await;
            assert_eq!(theirs.prove_consistency((size - first) as usize).as_bytes(), bytes(&path));
            let (before, after) = ((first, roots[first as usize]), (size, roots[size as usize]));
            assert!(is_consistent(before, after, &path), "{first} of {size}");
            let proof = ConsistencyProof::<Sha256>::try_from_bytes(bytes(&path)).unwrap();
            let before = RootHash::<Sha256>::new(roots[first as usize].0.into(), first);
            their_root.verify_consistency(&before, &proof).unwrap();
        }
    }
}

fn bytes(path: &[Hash]) -> Vec<u8> {
    path.iter().flat_map(|hash| hash.0).collect()
}

#[tokio::test]
async fn a_proof_with_anything_changed_in_it_is_refused() {
    let leaves: Vec<_> = (0..13).map(|at| leaf(format!("entry {at}").as_bytes())).collect();
    let all = root(&leaves);
    for index in 0..13 {
        let path = path(&leaves, index).await;
        let own = leaves[index as usize];
        for step in 0..path.len() {
            let mut changed = path.clone();
            changed[step].0[7] ^= 1;
            assert_ne!(root_of(own, index, 13, &changed), Some(all));
            changed.remove(step);
            assert_ne!(root_of(own, index, 13, &changed), Some(all));
        }
        let longer = [&path[..], &[all]].concat();
        assert_eq!(root_of(own, index, 13, &longer), None);
        assert_ne!(root_of(own, (index + 1) % 13, 13, &path), Some(all));
        assert_ne!(root_of(leaves[(index as usize + 1) % 13], index, 13, &path), Some(all));
    }
    for first in 1..13 {
        let path = growth(&leaves, first).await;
        let before = (first, root(&leaves[..first as usize]));
        for step in 0..path.len() {
            let mut changed = path.clone();
            changed[step].0[7] ^= 1;
            assert!(!is_consistent(before, (13, all), &changed));
            changed.remove(step);
            assert!(!is_consistent(before, (13, all), &changed));
        }
        assert!(!is_consistent(before, (13, all), &[&path[..], &[all]].concat()));
        assert!(!is_consistent((first, all), (13, all), &path));
        assert!(!is_consistent((first + 1, before.1), (13, all), &path));
    }
}

#[tokio::test]
async fn what_is_not_there_has_no_proof() {
    let leaves = reference();
    assert_eq!(inclusion(&Rows::of(&leaves), 8, 8).await.unwrap(), None);
    assert_eq!(inclusion(&Rows::of(&[]), 0, 0).await.unwrap(), None);
    for first in [0, 9] {
        assert_eq!(consistency(&Rows::of(&leaves), first, 8).await.unwrap(), None);
    }
    assert_eq!(growth(&leaves, 8).await, []);
}

#[tokio::test]
async fn a_long_log_is_proven_by_few_hashes() {
    let leaves: Vec<_> = (0..200_003_u64).map(|at| leaf(&at.to_be_bytes())).collect();
    let (rows, size, all) = (Rows::of(&leaves), leaves.len() as u64, root(&leaves));
    assert_eq!(rows.rows.len(), 3, "entries, tiles, and tiles of tiles");
    assert_eq!(super::root(&rows, size).await.unwrap(), all);
    for index in [0, 255, 256, 65_535, 65_536, 131_072, 199_999, size - 1] {
        let path = inclusion(&rows, index, size).await.unwrap().unwrap();
        assert_eq!(root_of(leaves[index as usize], index, size, &path), Some(all), "{index}");
    }
    for first in [1, 255, 256, 257, 65_536, 65_537, 131_071, 199_936, size - 1] {
        let path = consistency(&rows, first, size).await.unwrap().unwrap();
        let before = super::root(&rows, first).await.unwrap();
        assert_eq!(before, root(&leaves[..first as usize]), "{first}");
        assert!(is_consistent((first, before), (size, all), &path), "{first}");
    }
    assert!(rows.most.load(Ordering::Relaxed) <= 128);
    let each = rows.asked.load(Ordering::Relaxed) / 27;
    assert!(each < 2_000, "{each} hashes for each answer");
}
