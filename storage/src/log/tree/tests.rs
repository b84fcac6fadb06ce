//! Against the test vectors of Certificate Transparency, and against another implementation of RFC 6962.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use sha2_new::Sha256;

use super::*;

fn hash(hex: &str) -> Hash {
    hex.parse().unwrap()
}

fn hexed(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// The leaves of the reference tree that Certificate Transparency tests its implementations with.
fn reference() -> Vec<Hash> {
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
        .iter()
        .map(|text| leaf(&hexed(text)))
        .collect()
}

#[test]
fn roots_are_those_of_the_reference_tree() {
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    for (size, expected) in roots.iter().enumerate() {
        assert_eq!(root(&reference()[..size]), hash(expected), "{size} leaves");
    }
}

#[test]
fn paths_are_those_of_the_reference_tree() {
    let leaves = reference();
    let path = inclusion(&leaves, 5).unwrap();
    let expected = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ];
    assert_eq!(path, expected.map(hash));
    let path = consistency(&leaves, 6).unwrap();
    let expected = [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ];
    assert_eq!(path, expected.map(hash));
}

#[test]
fn every_proof_of_small_trees_is_made_and_accepted_by_another_implementation_and_by_this_one() {
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
            let path = inclusion(&leaves, index).unwrap();
            assert_eq!(theirs.prove_inclusion(usize::try_from(index).unwrap()).as_bytes(), bytes(&path));
            assert_eq!(root_of(leaves[index as usize], index, size, &path), Some(roots[size as usize]));
            let proof = InclusionProof::<Sha256>::try_from_bytes(bytes(&path)).unwrap();
            their_root.verify_inclusion(&format!("entry {}", index + 1).into_bytes(), index, &proof).unwrap();
        }
        for first in 1..=size {
            let path = consistency(&leaves, first).unwrap();
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

#[test]
fn a_proof_with_anything_changed_in_it_is_refused() {
    let leaves: Vec<_> = (0..13).map(|at| leaf(format!("entry {at}").as_bytes())).collect();
    let all = root(&leaves);
    for index in 0..13 {
        let path = inclusion(&leaves, index).unwrap();
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
        let path = consistency(&leaves, first).unwrap();
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

#[test]
fn what_is_not_there_has_no_proof() {
    let leaves = reference();
    assert_eq!((inclusion(&leaves, 8), inclusion(&[], 0)), (None, None));
    assert_eq!((consistency(&leaves, 0), consistency(&leaves, 9)), (None, None));
    assert_eq!(consistency(&leaves, 8), Some(Vec::new()));
    assert!("0g".repeat(32).parse::<Hash>().is_err());
    assert!("é".repeat(32).parse::<Hash>().is_err());
}
