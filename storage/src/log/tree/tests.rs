//! Against the test vectors of Certificate Transparency.

use super::*;

pub(in crate::log) fn hash(hex: &str) -> Hash {
    hex.parse().unwrap()
}

fn hexed(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// The leaves of the reference tree that Certificate Transparency tests its implementations with.
pub(in crate::log) fn reference() -> Vec<Hash> {
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
fn what_is_no_hash_is_refused() {
    assert!("0g".repeat(32).parse::<Hash>().is_err());
    assert!("é".repeat(32).parse::<Hash>().is_err());
}
