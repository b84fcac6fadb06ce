//! What nobody can guess: it is shown once, and kept as a hash or not at all.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Of so many bytes of chance, as base64url.
pub(crate) fn new(bytes: usize) -> String {
    URL_SAFE_NO_PAD.encode(chance(bytes))
}

/// Names something that few others are beside: ten hex digits.
pub(crate) fn id() -> String {
    hex(&chance(5))
}

/// What a sweep's chance is drawn from: 32 hex digits.
pub(crate) fn of_sweep() -> String {
    hex(&chance(16))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn chance(bytes: usize) -> Vec<u8> {
    let mut chance = vec![0; bytes];
    getrandom::fill(&mut chance).expect("internal error: the system has chance");
    chance
}
