//! Signing in by an identity that the operator keeps elsewhere: OpenID Connect, authorisation code with PKCE.
//!
//! The provider is the operator's own. What it is asked, the program asks for the console (`Doors::ask_provider`), bounded in size
//! and time, and sent on by nobody. What comes by way of the browser is believed only as far as a secret of that browser, the
//! provider's answer to us, and its signature go together.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use url::Url;

use crate::app::App;
use crate::doors::{Refusal, ToProvider};
use crate::identity::discovery::Discovery;
use crate::identity::keys::Keys;
use crate::identity::token::{Claims, Expected, Unbelievable};

pub(crate) mod begun;
mod discovery;
mod keys;
mod token;

#[cfg(test)]
mod tests;

pub(crate) use begun::Begun;

/// Where the provider sends the browser back to, below the console's own address.
pub(crate) const CALLBACK: &str = "/login/callback";

/// What a provider says of itself is asked for again after so long.
const FRESH: TimeDelta = TimeDelta::hours(1);
/// After it did not say what it is, it is not asked for so long.
const SILENT: TimeDelta = TimeDelta::seconds(10);
/// Its keys are asked for again where a token names one that is not known, and no more often.
const KEYS_EVERY: TimeDelta = TimeDelta::minutes(1);

/// The provider, as the operator names it.
#[derive(Clone, Default)]
pub struct Settings {
    /// As it calls itself.
    pub issuer: String,
    /// As it calls us.
    pub client_id: String,
    /// None: PKCE alone proves that whoever began comes back.
    pub client_secret: Option<String>,
    /// On the button, in the order of the languages.
    pub names: [String; 2],
    /// With spaces between; `openid` is one of them.
    pub scopes: String,
    /// The claim of its tokens that is the account's identity.
    pub claim: String,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// The provider while the console runs.
pub(crate) struct Provider {
    pub(crate) settings: Settings,
    known: Mutex<Told>,
    /// Whoever asks it what it is: one at a time.
    asking: tokio::sync::Mutex<()>,
}

/// What is known of it.
#[derive(Default)]
struct Told {
    known: Option<Known>,
    /// When it last did not say what it is.
    silent_at: Option<DateTime<Utc>>,
}

/// What it said of itself, and when.
#[derive(Clone)]
struct Known {
    discovery: Discovery,
    keys: Keys,
    discovered_at: DateTime<Utc>,
    keys_at: DateTime<Utc>,
}

/// Why nobody signs in by it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error(transparent)]
    Unreached(#[from] Refusal),
    #[error("it did not say what it is a moment ago: the log has why")]
    Silent,
    #[error("it answered {what} with status {status}{why}")]
    Refused { what: &'static str, status: u16, why: String },
    #[error("what it answered {what} with cannot be understood: {why}")]
    Unclear { what: &'static str, why: String },
    #[error(transparent)]
    Unbelievable(#[from] Unbelievable),
}

impl Provider {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings, known: Mutex::default(), asking: tokio::sync::Mutex::default() }
    }

    /// Its name on the button.
    pub(crate) fn name(&self, language: &str) -> &str {
        let at = crate::page::LANGUAGES.iter().position(|known| *known == language).unwrap_or_default();
        &self.settings.names[at]
    }

    /// Where a browser goes in order to sign in.
    pub(crate) async fn way_there(&self, app: &App, begun: &Begun) -> Result<Url, Failed> {
        let mut url = self.known(app).await?.discovery.authorization_endpoint;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &callback(app))
            .append_pair("scope", &self.settings.scopes)
            .append_pair("state", &begun.state())
            .append_pair("nonce", &begun.nonce())
            .append_pair("code_challenge", &begun.challenge())
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    /// Refuses an answer that another provider gave (RFC 9207).
    pub(crate) async fn must_be_from(&self, app: &App, issuer: Option<&str>) -> Result<(), Failed> {
        let says = self.known(app).await?.discovery.authorization_response_iss_parameter_supported;
        match issuer {
            Some(issuer) if issuer == self.settings.issuer => Ok(()),
            None if !says => Ok(()),
            _ => Err(Unbelievable::Issuer.into()),
        }
    }

    /// Who came back with this code: the identity under which an account is kept.
    pub(crate) async fn who(&self, app: &App, begun: &Begun, code: &str) -> Result<String, Failed> {
        let known = self.known(app).await?;
        let token = self.exchange(app, &known.discovery, begun, code).await?;
        let claims = self.believed(app, known, &token, &begun.nonce()).await?;
        Ok(format!("{} {}", self.settings.issuer, claims.identity(&self.settings.claim)?))
    }

    /// The ID token that the provider gives for a code.
    async fn exchange(&self, app: &App, discovery: &Discovery, begun: &Begun, code: &str) -> Result<String, Failed> {
        let Settings { client_id, client_secret, .. } = &self.settings;
        let mut form = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", callback(app)),
            ("code_verifier", begun.verifier()),
        ];
        let mut basic = None;
        match client_secret {
            Some(secret) if discovery.takes_basic() => basic = Some((client_id.clone(), secret.clone())),
            Some(secret) => form.extend([("client_id", client_id.clone()), ("client_secret", secret.clone())]),
            None => form.push(("client_id", client_id.clone())),
        }
        let asked = ToProvider { url: discovery.token_endpoint.clone(), form, basic };
        let answer: Tokens = ask(app, "the exchange of the code", asked).await?;
        Ok(answer.id_token)
    }

    /// What an ID token claims, once it is believed; its keys are looked at again where it names one that is new.
    async fn believed(&self, app: &App, known: Known, token: &str, nonce: &str) -> Result<Claims, Failed> {
        let Settings { issuer, client_id, .. } = &self.settings;
        let now = (app.clock)();
        let expected = Expected { issuer, client_id, nonce, now };
        match token::claims(token, &known.keys, &expected) {
            Err(Unbelievable::Key) if now - known.keys_at >= KEYS_EVERY => {
                let keys = keys_of(app, &known.discovery).await?;
                self.told().known = Some(Known { keys: keys.clone(), keys_at: now, ..known });
                Ok(token::claims(token, &keys, &expected)?)
            }
            told => Ok(told?),
        }
    }

    /// What it is: as it said lately; while somebody asks it again, as it said before.
    async fn known(&self, app: &App) -> Result<Known, Failed> {
        let now = (app.clock)();
        if let Some(known) = self.lately(now)? {
            return Ok(known);
        }
        let before = self.told().known.clone();
        let _asking = match (self.asking.try_lock(), before) {
            (Ok(asking), _) => asking,
            (Err(_), Some(before)) => return Ok(before),
            (Err(_), None) => self.asking.lock().await,
        };
        // Another asked meanwhile.
        if let Some(known) = self.lately(now)? {
            return Ok(known);
        }
        let asked = self.asked(app, now).await;
        let mut told = self.told();
        match &asked {
            Ok(known) => *told = Told { known: Some(known.clone()), silent_at: None },
            Err(_) => told.silent_at = Some(now),
        }
        asked
    }

    /// What it said lately; an error where it lately said nothing.
    fn lately(&self, now: DateTime<Utc>) -> Result<Option<Known>, Failed> {
        let told = self.told();
        match &told.known {
            Some(known) if now - known.discovered_at < FRESH => Ok(Some(known.clone())),
            _ if told.silent_at.is_some_and(|at| now - at < SILENT) => Err(Failed::Silent),
            _ => Ok(None),
        }
    }

    async fn asked(&self, app: &App, now: DateTime<Utc>) -> Result<Known, Failed> {
        let address = discovery::address(&self.settings.issuer)?;
        let discovery: Discovery = ask(app, "what it is", ToProvider::get(address)).await?;
        discovery.must_be_of(&self.settings.issuer)?;
        let keys = keys_of(app, &discovery).await?;
        Ok(Known { discovery, keys, discovered_at: now, keys_at: now })
    }

    /// Held by nobody for longer than a look.
    fn told(&self) -> MutexGuard<'_, Told> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The console's own address to which browsers are sent back.
fn callback(app: &App) -> String {
    format!("{}{CALLBACK}", app.settings.url.trim_end_matches('/'))
}

async fn keys_of(app: &App, discovery: &Discovery) -> Result<Keys, Failed> {
    ask(app, "its keys", ToProvider::get(discovery.jwks_uri.clone())).await
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

/// What an error of the token endpoint is called (RFC 6749); what else it says is not repeated.
#[derive(Deserialize)]
struct Error {
    error: String,
}

async fn ask<T: serde::de::DeserializeOwned>(app: &App, what: &'static str, asked: ToProvider) -> Result<T, Failed> {
    let answer = app.doors.ask_provider(asked).await?;
    if answer.status != 200 {
        let error: Option<Error> = serde_json::from_slice(&answer.body).ok();
        let word = |error: &str| error.chars().filter(char::is_ascii_graphic).take(60).collect::<String>();
        let why = error.map(|Error { error }| format!(": {}", word(&error))).unwrap_or_default();
        return Err(Failed::Refused { what, status: answer.status, why });
    }
    // Neither the tokens nor what stands in place of them belongs into a message.
    let unclear = |error: serde_json::Error| format!("{:?} at column {}", error.classify(), error.column());
    serde_json::from_slice(&answer.body).map_err(|error| Failed::Unclear { what, why: unclear(error) })
}
