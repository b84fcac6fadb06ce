//! Codes that stand in for a second factor that was lost, each once.
//!
//! They have so much chance that their SHA-256 is kept as it is: nobody comes back from it by trying.

use storage::accounts::TokenHash;

/// How many one gets.
const CODES: usize = 10;
/// Letters that nobody takes for others (Crockford's base32), in small.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of a code: 120 bits, in groups.
const LENGTH: usize = 24;
const GROUP: usize = 6;

/// New codes, as they are shown.
pub(crate) fn new() -> Vec<String> {
    (0..CODES).map(|_| code()).collect()
}

fn code() -> String {
    let mut chance = [0; LENGTH];
    getrandom::fill(&mut chance).expect("internal error: the system has chance");
    let letters: Vec<char> = chance.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    letters.chunks(GROUP).map(String::from_iter).collect::<Vec<_>>().join("-")
}

/// What is kept of a code, however it was typed; none where it is no such code.
pub(crate) fn hash(typed: &str) -> Option<TokenHash> {
    let plain: String = typed.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    (plain.len() == LENGTH).then(|| TokenHash::of(&plain.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_known_however_they_are_typed() {
        let codes = new();
        assert_eq!(codes.len(), 10);
        for code in &codes {
            assert_eq!((code.len(), code.matches('-').count()), (27, 3), "{code}");
            let typed = format!(" {} ", code.replace('-', " ").to_uppercase());
            assert!(hash(code).is_some() && hash(&typed) == hash(code), "{code}");
        }
        let different: std::collections::BTreeSet<_> = codes.iter().collect();
        assert_eq!(different.len(), 10);
        assert!(["", "123456", "123 456", &"a".repeat(25)].iter().all(|typed| hash(typed).is_none()));
    }
}
