//! Secrets that are given out once and kept as their hash.

use storage::accounts::TokenHash;

/// As much chance as nobody guesses. Bytes.
const CHANCE: usize = 32;

/// A new secret: 43 characters of base64url.
pub(crate) fn new() -> String {
    let mut bytes = [0; CHANCE];
    getrandom::fill(&mut bytes).expect("internal error: the system has chance");
    base64url(&bytes)
}

/// What is kept of it.
pub(crate) fn hash(secret: &str) -> TokenHash {
    TokenHash::of(secret)
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
