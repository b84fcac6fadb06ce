//! A provider that lies, of our own making: what no real one would ever send. What a real one sends is in the suite.

use chrono::{DateTime, Utc};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::keys::Keys;
use super::token::{Expected, Unbelievable, claims};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

const NOW: i64 = 1_800_000_000;

struct Liar {
    pair: EcdsaKeyPair,
}

impl Liar {
    fn new() -> Self {
        let chance = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &chance).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &chance).expect("a pair");
        Self { pair }
    }

    fn key(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..]));
        json!({ "kty": "EC", "crv": "P-256", "kid": "one", "x": x, "y": y })
    }

    fn keys(&self) -> Keys {
        keys(json!([self.key()]))
    }

    fn token(&self, header: &Value, claims: &Value) -> String {
        let message = [header, claims].map(|part| BASE64.encode(part.to_string())).join(".");
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes()).expect("signs");
        format!("{message}.{}", BASE64.encode(signature))
    }

    /// With its claims changed by these.
    fn claiming(&self, changed: Value) -> String {
        let mut claims = honest();
        for (name, value) in changed.as_object().expect("an object") {
            claims[name] = value.clone();
        }
        self.token(&json!({ "alg": "ES256", "kid": "one" }), &claims)
    }
}

fn keys(keys: Value) -> Keys {
    serde_json::from_value(json!({ "keys": keys })).expect("keys")
}

fn honest() -> Value {
    json!({ "iss": "https://id.test", "aud": "postlink", "sub": "li", "exp": NOW + 300, "iat": NOW, "nonce": "n" })
}

fn believed(token: &str, keys: &Keys) -> Result<String, Unbelievable> {
    let now: DateTime<Utc> = DateTime::from_timestamp(NOW, 0).expect("a time");
    let expected = Expected { issuer: "https://id.test", client_id: "postlink", nonce: "n", now };
    claims(token, keys, &expected).and_then(|claims| claims.identity("sub"))
}

#[test]
fn an_honest_token_is_believed() {
    let liar = Liar::new();
    assert_eq!(believed(&liar.claiming(json!({})), &liar.keys()), Ok("li".into()));
    let with_azp = json!({ "aud": ["postlink", "other"], "azp": "postlink" });
    assert_eq!(believed(&liar.claiming(with_azp), &liar.keys()), Ok("li".into()));
    let nameless = liar.token(&json!({ "alg": "ES256" }), &honest());
    assert_eq!(believed(&nameless, &liar.keys()), Ok("li".into()));
}

#[test]
fn a_token_of_another_provider_client_time_or_sign_in_is_not_believed() {
    let liar = Liar::new();
    for (changed, why) in [
        (json!({ "iss": "https://id.test/" }), Unbelievable::Issuer),
        (json!({ "aud": "other" }), Unbelievable::Audience),
        (json!({ "aud": ["postlink", "other"] }), Unbelievable::Audience),
        (json!({ "azp": "other" }), Unbelievable::Audience),
        (json!({ "exp": NOW - 61 }), Unbelievable::Time),
        (json!({ "iat": NOW + 61 }), Unbelievable::Time),
        (json!({ "nbf": NOW + 61 }), Unbelievable::Time),
        (json!({ "iat": NOW - 661 }), Unbelievable::Time),
        (json!({ "nonce": "m" }), Unbelievable::Nonce),
        (json!({ "nonce": null }), Unbelievable::Nonce),
        (json!({ "exp": "never" }), Unbelievable::Form),
        (json!({ "sub": "" }), Unbelievable::Nobody("sub".into())),
        (json!({ "sub": null }), Unbelievable::Nobody("sub".into())),
        (json!({ "sub": "li\n" }), Unbelievable::Nobody("sub".into())),
        (json!({ "sub": "x".repeat(256) }), Unbelievable::Nobody("sub".into())),
    ] {
        assert_eq!(believed(&liar.claiming(changed.clone()), &liar.keys()), Err(why), "{changed}");
    }
}

#[test]
fn a_token_that_nobody_signed_is_not_believed() {
    let liar = Liar::new();
    let none = [json!({ "alg": "none" }), honest()].map(|part| BASE64.encode(part.to_string())).join(".");
    for token in [none.clone(), format!("{none}."), format!("{none}.{}", BASE64.encode("x"))] {
        assert!(matches!(believed(&token, &liar.keys()), Err(Unbelievable::Algorithm | Unbelievable::Form)), "{token}");
    }
    for alg in ["None", "NONE", "HS256", "RS1", "ES512", ""] {
        let token = liar.token(&json!({ "alg": alg, "kid": "one" }), &honest());
        assert_eq!(believed(&token, &liar.keys()), Err(Unbelievable::Algorithm), "{alg}");
    }
    let critical = liar.token(&json!({ "alg": "ES256", "kid": "one", "crit": ["exp"], "exp": 1 }), &honest());
    assert_eq!(believed(&critical, &liar.keys()), Err(Unbelievable::Form));
    assert_eq!(believed(&"x".repeat(70_000), &liar.keys()), Err(Unbelievable::Form));
}

/// The public key as the secret of an HMAC: the oldest trick with such tokens.
#[test]
fn a_public_key_is_no_shared_secret() {
    let liar = Liar::new();
    let message = [json!({ "alg": "HS256", "kid": "one" }), honest()].map(|part| BASE64.encode(part.to_string()));
    let message = message.join(".");
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, liar.pair.public_key().as_ref());
    let token = format!("{message}.{}", BASE64.encode(ring::hmac::sign(&key, message.as_bytes())));
    assert_eq!(believed(&token, &liar.keys()), Err(Unbelievable::Algorithm));
}

#[test]
fn a_token_that_another_signed_or_that_was_changed_is_not_believed() {
    let (liar, other) = (Liar::new(), Liar::new());
    let token = liar.claiming(json!({}));
    assert_eq!(believed(&token, &other.keys()), Err(Unbelievable::Signature));
    let unknown = liar.token(&json!({ "alg": "ES256", "kid": "two" }), &honest());
    assert_eq!(believed(&unknown, &liar.keys()), Err(Unbelievable::Key));
    let parts: Vec<&str> = token.split('.').collect();
    let forged = BASE64.encode(honest().to_string().replace("\"li\"", "\"me\""));
    let changed = [parts[0], &forged, parts[2]].join(".");
    assert_eq!(believed(&changed, &liar.keys()), Err(Unbelievable::Signature));
}

#[test]
fn a_key_is_used_for_what_it_is_for() {
    let liar = Liar::new();
    let token = liar.claiming(json!({}));
    for (field, value) in [("use", "enc"), ("alg", "RS256"), ("kty", "RSA"), ("crv", "P-384")] {
        let mut key = liar.key();
        key[field] = json!(value);
        assert_eq!(believed(&token, &keys(json!([key]))), Err(Unbelievable::Key), "{field}");
    }
    // One that is damaged signs nothing, and does not stand in the way of the others.
    let damaged = json!({ "kty": "EC", "crv": "P-256", "kid": "one", "x": "!", "y": "" });
    assert_eq!(believed(&token, &keys(json!([damaged, liar.key()]))), Ok("li".into()));
}

#[test]
fn an_address_that_is_not_proven_names_nobody() {
    let liar = Liar::new();
    let now = DateTime::from_timestamp(NOW, 0).expect("a time");
    let expected = Expected { issuer: "https://id.test", client_id: "postlink", nonce: "n", now };
    let named = |changed| claims(&liar.claiming(changed), &liar.keys(), &expected).expect("believed").identity("email");
    let nobody = Err(Unbelievable::Nobody("email".into()));
    assert_eq!(named(json!({ "email": "li@feed.test", "email_verified": true })), Ok("li@feed.test".into()));
    assert_eq!(named(json!({ "email": "li@feed.test", "email_verified": "true" })), nobody);
    assert_eq!(named(json!({ "email": "li@feed.test" })), nobody);
}

#[test]
fn ed25519_is_believed() {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a key");
    let message = [json!({ "alg": "EdDSA" }), honest()].map(|part| BASE64.encode(part.to_string())).join(".");
    let token = format!("{message}.{}", BASE64.encode(pair.sign(message.as_bytes())));
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": BASE64.encode(pair.public_key().as_ref()) });
    assert_eq!(believed(&token, &keys(json!([key]))), Ok("li".into()));
}
