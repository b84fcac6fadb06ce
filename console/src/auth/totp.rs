//! Codes of a second factor: RFC 6238 with what every authenticator app takes (SHA-1, six digits, 30 seconds).

use chrono::{DateTime, Utc};
use subtle::ConstantTimeEq as _;
use totp_rs::{Algorithm, Secret, TOTP};

/// Seconds for which a code stands.
const STEP: i64 = 30;
/// Steps before and after, for clocks that are not quite right.
const SLACK: i64 = 1;

/// A new key, in base32.
pub(crate) fn new_key() -> String {
    Secret::generate_secret().to_encoded().to_string()
}

/// The address that an app reads from a QR code.
pub(crate) fn address(key: &str, account: &str) -> String {
    format!("otpauth://totp/postlink:{}?secret={key}&issuer=postlink", crate::page::percent(account))
}

/// The step in which this is the code; none where it is the code of none near now.
pub(crate) fn step(key: &str, given: &str, now: DateTime<Utc>) -> Option<i64> {
    let key = Secret::Encoded(key.to_owned()).to_bytes().ok()?;
    let codes = TOTP::new(Algorithm::SHA1, 6, 0, STEP.unsigned_abs(), key).ok()?;
    let given: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    let at = now.timestamp() / STEP;
    let code = |step: i64| codes.generate((step * STEP).unsigned_abs());
    (at - SLACK..=at + SLACK).find(|step| bool::from(code(*step).as_bytes().ct_eq(given.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(secs, 0).expect("a moment")
    }

    /// RFC 6238, appendix B, the last six of eight digits; its key in base32.
    #[test]
    fn codes_are_those_of_the_standard() {
        let key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (secs, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(step(key, code, at(secs)), Some(secs / STEP), "{secs}");
        }
        assert_eq!(step(key, "", at(59)), None);
    }

    #[test]
    fn a_code_stands_for_a_minute_and_a_half() {
        let key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        let began = 2_000_000_000 / STEP * STEP;
        let stands = |secs| step(key, "279 037", at(secs)).is_some();
        assert_eq!(
            [began - 31, began - 30, began, began + 59, began + 60].map(stands),
            [false, true, true, true, false]
        );
    }

    #[test]
    fn a_new_key_is_one_that_codes_can_be_made_with() {
        let (key, now) = (new_key(), at(2_000_000_000));
        let code = |text: &str| {
            TOTP::new(Algorithm::SHA1, 6, 0, 30, Secret::Encoded(text.to_owned()).to_bytes().expect("base32"))
                .expect("a key")
                .generate(2_000_000_000)
        };
        assert!(step(&key, &code(&key), now).is_some());
        assert_ne!(key, new_key());
    }
}
