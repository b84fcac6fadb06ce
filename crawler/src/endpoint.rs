//! A paid service that is asked over HTTP: through the guard as everything, with a key that is told to nobody.
//!
//! The key is read from a file and sent; no message holds it, nor what the service answers, which may repeat it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};
use url::{Host, Url};

use crate::guard::{Gate, Guard, RuleError, Rules};
use crate::http;

/// Bytes of an answer; three minutes of speech are some 100 KB of it.
pub(crate) const MAX_ANSWER: usize = 8 << 20;
/// Bytes of a key.
const MAX_KEY: u64 = 4_096;

/// The settings behind an endpoint, by which its messages say what to do.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) url: &'static str,
    pub(crate) key_file: &'static str,
    pub(crate) timeout: &'static str,
    /// How most of such addresses end.
    pub(crate) path: &'static str,
    /// What to do where the service does not understand the question, or finds it too large.
    pub(crate) not_understood: &'static str,
    pub(crate) too_large: &'static str,
}

/// A service to ask.
pub(crate) struct Endpoint {
    url: Url,
    /// The header as it is sent; its `Debug` shows nothing.
    key: Option<HeaderValue>,
    guard: Arc<Guard>,
    settings: &'static Settings,
}

/// The service cannot be asked, whatever it is asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error("`{setting}` `{url}` is no address that can be asked: {reason}")]
    Address { setting: &'static str, url: String, reason: String },
    #[error("read the key in {}: {reason}; name a file that holds it and nothing else as `{setting}`", .path.display())]
    Key { setting: &'static str, path: PathBuf, reason: String },
    #[error(transparent)]
    Rule(#[from] RuleError),
}

/// This question was not answered.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error("the guard cannot listen on this machine: {0}")]
    Guard(std::io::Error),
    #[error("the service at {host} was not reached: {why}")]
    Unreachable { host: String, why: String },
    #[error("the service at {host} did not answer within {secs} seconds; raise `{setting}`")]
    TooLate { host: String, secs: u64, setting: &'static str },
    #[error("the service at {host} refused with status {status}; {remedy}")]
    Refused { host: String, status: u16, remedy: String },
    #[error("what the service at {host} answered cannot be believed: {why}")]
    Unbelievable { host: String, why: &'static str },
}

impl Endpoint {
    /// `key_file` is empty where the service asks for no key.
    pub(crate) fn new(
        rules: &Rules,
        url: &str,
        key_file: &str,
        settings: &'static Settings,
    ) -> Result<Self, ServiceError> {
        http::choose_cryptography();
        let refused =
            |url: &str, reason: String| ServiceError::Address { setting: settings.url, url: url.to_owned(), reason };
        let parsed = Url::parse(url).map_err(|error| refused(url, error.to_string()))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(refused(url, "it is not http or https".into()));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            let belongs = format!("it holds a name or a password; a key belongs into `{}`", settings.key_file);
            return Err(refused("…", belongs));
        }
        let key = if key_file.is_empty() { None } else { Some(key(Path::new(key_file), settings)?) };
        if key.is_some() && parsed.scheme() == "http" && !is_here(&parsed) {
            return Err(refused(url, "everybody on the way could read the key; use https".into()));
        }
        Ok(Self { url: parsed, key, guard: Arc::new(Guard::new(rules)?), settings })
    }

    /// Its answer to a POST that `fill` gives its body; bounded.
    pub(crate) async fn post(
        &self,
        limit: Duration,
        fill: impl FnOnce(RequestBuilder) -> Result<RequestBuilder, reqwest::Error>,
    ) -> Result<Vec<u8>, AskError> {
        self.within(limit, self.ask(limit, fill)).await
    }

    /// The status of its answer to such a POST, and how it says when to come again; what else it says is not read.
    pub(crate) async fn tell(
        &self,
        limit: Duration,
        fill: impl FnOnce(RequestBuilder) -> Result<RequestBuilder, reqwest::Error>,
    ) -> Result<(u16, Option<String>), AskError> {
        let (answer, _gate) = self.within(limit, self.send(limit, fill)).await?;
        let again = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        Ok((answer.status().as_u16(), again.map(ToOwned::to_owned)))
    }

    async fn within<T>(
        &self,
        limit: Duration,
        asked: impl Future<Output = Result<T, AskError>>,
    ) -> Result<T, AskError> {
        let late = || AskError::TooLate { host: self.host(), secs: limit.as_secs(), setting: self.settings.timeout };
        tokio::time::timeout(limit, asked).await.unwrap_or_else(|_| Err(late()))
    }

    fn lost(&self, error: &reqwest::Error, gate: &Gate) -> AskError {
        AskError::Unreachable { host: self.host(), why: http::why(error, &self.url, gate.journal()) }
    }

    async fn send(
        &self,
        limit: Duration,
        fill: impl FnOnce(RequestBuilder) -> Result<RequestBuilder, reqwest::Error>,
    ) -> Result<(Response, Gate), AskError> {
        let gate = Gate::open(Arc::clone(&self.guard), None).await.map_err(AskError::Guard)?;
        let client = http::client(gate.at(), limit).map_err(|error| self.lost(&error, &gate))?;
        let mut request = fill(client.post(self.url.clone())).map_err(|error| self.lost(&error, &gate))?;
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key.clone());
        }
        match request.send().await {
            Ok(answer) => Ok((answer, gate)),
            Err(error) => Err(self.lost(&error, &gate)),
        }
    }

    async fn ask(
        &self,
        limit: Duration,
        fill: impl FnOnce(RequestBuilder) -> Result<RequestBuilder, reqwest::Error>,
    ) -> Result<Vec<u8>, AskError> {
        let (mut answer, gate) = self.send(limit, fill).await?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(AskError::Refused { host: self.host(), status, remedy: self.settings.remedy(status) });
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.lost(&error, &gate))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_ANSWER {
                return Err(self.unbelievable("it is too long"));
            }
        }
        Ok(bytes)
    }

    pub(crate) fn unbelievable(&self, why: &'static str) -> AskError {
        AskError::Unbelievable { host: self.host(), why }
    }

    pub(crate) fn host(&self) -> String {
        self.url.host_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn host_and_port(&self) -> String {
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        self.host() + &port
    }
}

impl Settings {
    fn remedy(&self, status: u16) -> String {
        match status {
            300..=399 => format!("name the address that it sends to as `{}`", self.url),
            401 | 403 => format!("look at the key in `{}`", self.key_file),
            404 | 405 => format!("look at `{}`: it ends in {} with most", self.url, self.path),
            400 | 415 | 422 => self.not_understood.to_owned(),
            413 => self.too_large.to_owned(),
            _ => "try again later".to_owned(),
        }
    }
}

fn key(path: &Path, settings: &Settings) -> Result<HeaderValue, ServiceError> {
    use std::io::Read as _;
    let wrong = |reason: String| ServiceError::Key { setting: settings.key_file, path: path.to_owned(), reason };
    let mut text = String::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(MAX_KEY).read_to_string(&mut text));
    read.map_err(|error| wrong(error.to_string()))?;
    let key = text.trim();
    if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(wrong("it holds no single word".into()));
    }
    let mut header = HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| wrong("it cannot be sent".into()))?;
    header.set_sensitive(true);
    Ok(header)
}

/// Whether an address is this machine's own.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
