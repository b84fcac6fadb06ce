//! A sign-in that has begun: one secret in the browser, from which all that it must come back with is made.
//!
//! Nothing of it is kept here: any of several consoles can finish what another began.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::hmac;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::auth::secret;
use crate::pages::login::local;

/// The cookie that holds it.
pub(crate) const COOKIE: &str = "postlink_signing_in";
/// How long somebody may take at the provider. Minutes.
pub(crate) const MINUTES: i64 = 10;

pub(crate) struct Begun {
    secret: String,
    /// Where one goes when signed in.
    pub(crate) next: String,
}

impl Begun {
    pub(crate) fn new(next: &str) -> Self {
        Self { secret: secret::new(), next: local(next).to_owned() }
    }

    /// As the cookie holds it.
    pub(crate) fn kept(&self) -> String {
        format!("{}.{}", self.secret, BASE64.encode(&self.next))
    }

    /// As a cookie brings it back.
    pub(crate) fn of(kept: &str) -> Option<Self> {
        let (secret, next) = kept.split_once('.').filter(|(secret, _)| !secret.is_empty())?;
        let next = String::from_utf8(BASE64.decode(next).ok()?).ok()?;
        Some(Self { secret: secret.to_owned(), next: local(&next).to_owned() })
    }

    /// Comes back by the browser: nobody else had it begin.
    pub(crate) fn state(&self) -> String {
        self.derived("state")
    }

    pub(crate) fn is_state(&self, given: &str) -> bool {
        self.state().as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// Comes back in the token: it was made for this sign-in.
    pub(crate) fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// Proves to the provider that whoever brings the code is who began (RFC 7636).
    pub(crate) fn verifier(&self) -> String {
        self.derived("verifier")
    }

    /// What the provider is told of it beforehand.
    pub(crate) fn challenge(&self) -> String {
        BASE64.encode(Sha256::digest(self.verifier()))
    }

    fn derived(&self, what: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        BASE64.encode(hmac::sign(&key, what.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_cookie_brings_back_is_what_began() {
        let begun = Begun::new("/cases?verdict=clean");
        let back = Begun::of(&begun.kept()).expect("it is as it was kept");
        assert_eq!((back.state(), back.nonce(), back.verifier()), (begun.state(), begun.nonce(), begun.verifier()));
        assert_eq!(back.next, "/cases?verdict=clean");
        assert!(begun.is_state(&back.state()) && !begun.is_state(&Begun::new("/").state()) && !begun.is_state(""));
        assert!(["", ".", "x", ".x", "x.!"].iter().all(|kept| Begun::of(kept).is_none()));
    }

    #[test]
    fn none_of_what_is_told_tells_another() {
        let begun = Begun::new("/");
        let told = [begun.state(), begun.nonce(), begun.verifier(), begun.challenge()];
        for (at, one) in told.iter().enumerate() {
            assert!(one.len() == 43 && !begun.kept().contains(one), "{one}");
            assert!(told[at + 1..].iter().all(|other| other != one));
        }
    }

    #[test]
    fn nobody_is_sent_elsewhere_whatever_a_cookie_says() {
        assert_eq!(Begun::of(&format!("x.{}", BASE64.encode("https://b.test/"))).expect("a cookie").next, "/");
        assert_eq!(Begun::new("//b.test/").next, "/");
    }
}
