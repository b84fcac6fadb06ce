//! An ID token, and when it is believed (OpenID Connect Core 1.0, 3.1.3.7).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq as _;

use super::begun::MINUTES;
use super::keys::{Algorithm, Keys, Signed};

/// By how much two clocks may differ. Seconds.
const SLACK: i64 = 60;
/// Bytes of a token.
const LONGEST: usize = 64 * 1024;
/// Of what names somebody: OpenID Connect allows no longer subject. Bytes.
const LONGEST_SUBJECT: usize = 255;

/// What a token must be.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: DateTime<Utc>,
}

/// Why a provider is not believed; none of these repeats a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unbelievable {
    #[error("`{0}` is no address that can be asked: it must be https, or of this machine")]
    Address(String),
    #[error("another provider than the configured one speaks: is `console.oidc.issuer` written as it calls itself?")]
    Issuer,
    #[error("the ID token is none")]
    Form,
    #[error("the ID token is signed in a way that is not believed: RS256, PS256, ES256 and EdDSA are")]
    Algorithm,
    #[error("the ID token is signed by a key that is not among the provider's")]
    Key,
    #[error("the signature of the ID token is not right")]
    Signature,
    #[error("the ID token is for somebody else: is `console.oidc.client_id` right?")]
    Audience,
    #[error("the ID token is of another time: look at the clocks of both machines")]
    Time,
    #[error("the ID token is of another sign-in")]
    Nonce,
    #[error(
        "the ID token has no claim `{0}` that names somebody: look at `console.oidc.claim` and `console.oidc.scopes`"
    )]
    Nobody(String),
}

/// What a token claims.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    #[serde(flatten)]
    others: serde_json::Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood: none is.
    crit: Option<Value>,
}

/// The claims of a token that is believed.
pub(super) fn claims(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Claims, Unbelievable> {
    if token.len() > LONGEST {
        return Err(Unbelievable::Form);
    }
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else { return Err(Unbelievable::Form) };
    let decoded = |part: &str| BASE64.decode(part).map_err(|_| Unbelievable::Form);
    let header: Header = serde_json::from_slice(&decoded(header)?).map_err(|_| Unbelievable::Form)?;
    let algorithm = Algorithm::of(&header.alg).ok_or(Unbelievable::Algorithm)?;
    if header.crit.is_some() {
        return Err(Unbelievable::Form);
    }
    let message = &token.as_bytes()[..token.len() - signature.len() - 1];
    match keys.signed(algorithm, header.kid.as_deref(), message, &decoded(signature)?) {
        Signed::Yes => {}
        Signed::No => return Err(Unbelievable::Signature),
        Signed::Unknown => return Err(Unbelievable::Key),
    }
    // Only now: what nobody has signed is not even read.
    let claims: Claims = serde_json::from_slice(&decoded(payload)?).map_err(|_| Unbelievable::Form)?;
    claims.must_be(expected)?;
    Ok(claims)
}

impl Claims {
    fn must_be(&self, expected: &Expected<'_>) -> Result<(), Unbelievable> {
        let Expected { issuer, client_id, nonce, now } = expected;
        if self.iss != *issuer {
            return Err(Unbelievable::Issuer);
        }
        let for_us = match &self.aud {
            Audience::One(aud) => aud == client_id,
            Audience::Many(all) => all.iter().any(|aud| aud == client_id) && (all.len() == 1 || self.azp.is_some()),
        };
        if !for_us || self.azp.as_ref().is_some_and(|azp| azp != client_id) {
            return Err(Unbelievable::Audience);
        }
        if !self.is_of(now.timestamp()) {
            return Err(Unbelievable::Time);
        }
        let given = self.nonce.as_deref().unwrap_or_default();
        if given.as_bytes().ct_eq(nonce.as_bytes()).into() { Ok(()) } else { Err(Unbelievable::Nonce) }
    }

    /// Whether it was made a moment ago, and is not over.
    fn is_of(&self, now: i64) -> bool {
        let begins = self.nbf.unwrap_or(self.iat).max(self.iat);
        let old = self.iat.saturating_add(60 * MINUTES + SLACK) < now;
        self.exp.saturating_add(SLACK) > now && begins <= now + SLACK && !old
    }

    /// What names whoever signed in. An address that nobody has proven to be theirs names nobody.
    pub(super) fn identity(&self, claim: &str) -> Result<String, Unbelievable> {
        let nobody = || Unbelievable::Nobody(claim.to_owned());
        if claim == "email" && self.others.get("email_verified") != Some(&Value::Bool(true)) {
            return Err(nobody());
        }
        let said = self.others.get(claim).and_then(Value::as_str).ok_or_else(nobody)?;
        let names = !said.trim().is_empty() && said.len() <= LONGEST_SUBJECT && !said.contains(char::is_control);
        if names { Ok(said.to_owned()) } else { Err(nobody()) }
    }
}
