//! A provider of our own that lies: it sends what no real one would.

use std::sync::{Arc, Mutex};

use anyhow::Result;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What it lies about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lie {
    /// In what it says of itself.
    Name,
    /// Where its keys are: it sends on to elsewhere.
    Elsewhere,
    TooLong,
    /// Nothing: with it the others are lies alone.
    None,
    Nonce,
    Key,
    Unsigned,
    Expired,
    Audience,
    Issuer,
    /// It echoes what it was sent in place of a token.
    Garbage,
}

/// What a provider says of itself is kept for a while once it is believed: those lies come first.
pub(super) const LIES: [Lie; 11] = [
    Lie::Name,
    Lie::Elsewhere,
    Lie::TooLong,
    Lie::None,
    Lie::Nonce,
    Lie::Key,
    Lie::Unsigned,
    Lie::Expired,
    Lie::Audience,
    Lie::Issuer,
    Lie::Garbage,
];

impl Lie {
    /// A piece of what the console writes into its log.
    pub(super) fn told(self) -> &'static str {
        match self {
            Self::None => "The console is at",
            Self::Nonce => "of another sign-in",
            Self::Key => "signature of the ID token",
            Self::Unsigned => "signed in a way that is not believed",
            Self::Expired => "of another time",
            Self::Audience => "for somebody else",
            Self::Issuer | Self::Name => "another provider",
            Self::Elsewhere => "its keys with status 303",
            Self::TooLong => "was not reached",
            Self::Garbage => "cannot be understood",
        }
    }
}

pub(super) struct Liar {
    pub(super) issuer: String,
    told: Arc<Told>,
    serving: JoinHandle<()>,
}

struct Told {
    lie: Mutex<Lie>,
    issuer: String,
    pair: EcdsaKeyPair,
    /// Whose key is not shown.
    other: EcdsaKeyPair,
    nonce: Mutex<String>,
}

impl Liar {
    pub(super) async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let issuer = format!("http://{}", listener.local_addr()?);
        let (lie, nonce) = (Mutex::new(Lie::None), Mutex::default());
        let told = Arc::new(Told { lie, issuer: issuer.clone(), pair: pair(), other: pair(), nonce });
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(itself))
            .route("/auth", get(auth))
            .route("/token", post(token))
            .route("/keys", get(keys))
            .with_state(Arc::clone(&told));
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await.expect("it serves") });
        Ok(Self { issuer, told, serving })
    }

    /// From now on.
    pub(super) fn lies(&self, lie: Lie) {
        *self.told.lie.lock().expect("nothing panics") = lie;
    }
}

impl Told {
    fn lies(&self) -> Lie {
        *self.lie.lock().expect("nothing panics")
    }
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn pair() -> EcdsaKeyPair {
    let chance = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &chance).expect("a key");
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &chance).expect("a pair")
}

async fn itself(State(told): State<Arc<Told>>) -> Response {
    let (lie, issuer) = (told.lies(), &told.issuer);
    let mut said = json!({
        "issuer": if lie == Lie::Name { "https://id.test" } else { issuer },
        "authorization_endpoint": format!("{issuer}/auth"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
    });
    if lie == Lie::TooLong {
        said["padding"] = json!("x".repeat(2_000_000));
    }
    said.to_string().into_response()
}

#[derive(serde::Deserialize)]
struct Asked {
    redirect_uri: String,
    state: String,
    nonce: String,
}

async fn auth(State(told): State<Arc<Told>>, Query(asked): Query<Asked>) -> Redirect {
    *told.nonce.lock().expect("nothing panics") = asked.nonce;
    Redirect::to(&format!("{}?code=c&state={}", asked.redirect_uri, asked.state))
}

async fn keys(State(told): State<Arc<Told>>) -> Response {
    if told.lies() == Lie::Elsewhere {
        return Redirect::to("http://127.0.0.1:1/keys").into_response();
    }
    let point = told.pair.public_key().as_ref();
    let key = json!({ "kty": "EC", "crv": "P-256", "x": base64(&point[1..33]), "y": base64(&point[33..]) });
    json!({ "keys": [key] }).to_string().into_response()
}

async fn token(State(told): State<Arc<Told>>, sent: String) -> Response {
    if told.lies() == Lie::Garbage {
        return (StatusCode::OK, format!("eyJ{sent}")).into_response();
    }
    let now = super::super::now().timestamp();
    let nonce = told.nonce.lock().expect("nothing panics").clone();
    let mut claims =
        json!({ "iss": told.issuer, "aud": "postlink", "sub": "li", "iat": now, "exp": now + 60, "nonce": nonce });
    match told.lies() {
        Lie::Nonce => claims["nonce"] = json!("another"),
        Lie::Expired => claims["exp"] = json!(now - 120),
        Lie::Audience => claims["aud"] = json!("another"),
        Lie::Issuer => claims["iss"] = json!("https://id.test"),
        _ => {}
    }
    let by = if told.lies() == Lie::Key { &told.other } else { &told.pair };
    let alg = if told.lies() == Lie::Unsigned { "none" } else { "ES256" };
    json!({ "id_token": signed(by, alg, &claims), "access_token": "a", "token_type": "Bearer" })
        .to_string()
        .into_response()
}

fn signed(by: &EcdsaKeyPair, alg: &str, claims: &Value) -> String {
    let message = [&json!({ "alg": alg }), claims].map(|part| base64(part.to_string().as_bytes())).join(".");
    let signature = by.sign(&SystemRandom::new(), message.as_bytes()).expect("signs");
    format!("{message}.{}", if alg == "none" { String::new() } else { base64(signature.as_ref()) })
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
