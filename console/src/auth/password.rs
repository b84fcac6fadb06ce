//! Passwords: which ones are refused, and how they are kept.
//!
//! Hashing one takes a processor for some 20 ms and 19 MiB of memory: call it where nobody else waits (`spawn_blocking`).

use std::hint::black_box;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};

/// Characters; OWASP ASVS asks for as many, and for no mixture of them.
pub const SHORTEST: usize = 12;

/// Characters; whoever sends more has a processor hash them.
pub const LONGEST: usize = 128;

/// What must be left of a password without its account's name.
const BESIDE_NAME: usize = 8;

/// Well-known ones, in lower case: those of 12 characters and more, and those that are made as long by digits and marks around them.
const COMMON: &str = include_str!("common-passwords.txt");

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    #[error(
        "the password is too short: give at least {SHORTEST} characters; any will do, and several words are easy to keep in mind"
    )]
    Short,
    #[error(
        "the password is one of those that are tried first: give another one, such as several words that have nothing to do with each other"
    )]
    Common,
    #[error("the password is longer than {LONGEST} characters: give a shorter one")]
    Long,
    #[error("the password is little more than the name of the account: give another one")]
    Name,
}

/// Refuses passwords that are guessed.
pub fn refuse_weak(password: &str, name: &str) -> Result<(), Weak> {
    if password.chars().count() < SHORTEST {
        return Err(Weak::Short);
    }
    if password.chars().count() > LONGEST {
        return Err(Weak::Long);
    }
    let lower = password.to_lowercase();
    let core = lower.trim_matches(|c: char| !c.is_alphabetic());
    if COMMON.lines().any(|common| common == lower || common == core) {
        return Err(Weak::Common);
    }
    let name = name.to_lowercase();
    if !name.is_empty() && lower.contains(&name) && lower.replace(&name, "").chars().count() < BESIDE_NAME {
        return Err(Weak::Name);
    }
    Ok(())
}

/// What is kept of a password: a PHC string of argon2id, with a salt of its own.
pub fn hash(password: &str) -> String {
    let kept = argon2().hash_password(password.as_bytes());
    kept.expect("internal error: the system has chance and memory, and the parameters are right").to_string()
}

/// Whether this is the password. Where none is kept as much is computed: the time it takes tells nobody which accounts there are.
pub fn is(password: &str, kept: Option<&str>) -> bool {
    let Some(kept) = kept else {
        black_box(hash(password));
        return false;
    };
    // By the parameters under which it was kept.
    PasswordHash::new(kept).is_ok_and(|kept| argon2().verify_password(password.as_bytes(), &kept).is_ok())
}

/// As the OWASP Password Storage Cheat Sheet says: 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).expect("internal error: the parameters are right");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_told_from_others_by_what_is_kept() {
        let kept = hash("several plain words");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(is("several plain words", Some(&kept)));
        assert!(!is("several plain word", Some(&kept)) && !is("", Some(&kept)));
        assert_ne!(hash("several plain words"), kept, "a salt of its own");
        for kept in [None, Some(""), Some("several plain words")] {
            assert!(!is("several plain words", kept));
        }
    }

    /// A vector of the reference implementation, whose parameters are others than ours.
    #[test]
    fn what_others_keep_is_known() {
        let kept = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(is("password", Some(kept)) && !is("Password", Some(kept)));
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for common in
            ["password1234", "Passw0rd2026!!", "123456789012", "QWERTYuiop12", "woaini1314520", "!!!password!!!"]
        {
            assert_eq!(refuse_weak(common, "li"), Err(Weak::Common), "{common}");
        }
        for short in ["", "elevenchars", "三个字", "p@ssw0rd"] {
            assert_eq!(refuse_weak(short, "li"), Err(Weak::Short), "{short}");
        }
        assert_eq!(refuse_weak(&"长".repeat(129), "li"), Err(Weak::Long));
        assert_eq!(refuse_weak(&"brilliant horse".repeat(8), "li"), Ok(()));
        for name in ["wang.li@feed", "Wang.Li@Feed1", "wang.li@feedwang.li@feed", "12wang.li@feed34"] {
            assert_eq!(refuse_weak(name, "wang.li@feed"), Err(Weak::Name), "{name}");
        }
        for good in ["brilliant horse", "一二三四五六七八九十上下", "314159265358979", "wang.li@feed likes tea"]
        {
            assert_eq!(refuse_weak(good, "li").and(refuse_weak(good, "wang.li@feed")), Ok(()), "{good}");
        }
    }

    #[test]
    fn the_list_is_as_it_is_compared() {
        let lines: Vec<_> = COMMON.lines().collect();
        assert!(lines.len() > 100 && lines.is_sorted() && lines.iter().all(|line| *line == line.to_lowercase()));
    }
}
