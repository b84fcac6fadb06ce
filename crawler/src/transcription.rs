//! A service that turns speech into words: OpenAI's `/v1/audio/transcriptions`, which many others speak as well.
//!
//! The sound leaves this machine, through the guard as everything does. The key is read from a file, sent, and told to
//! nobody: no message holds it, nor what the service answers, which may repeat it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use url::{Host, Url};

use crate::guard::{Gate, Guard, RuleError, Rules};
use crate::http;

/// Bytes of an answer; three minutes of speech are some 100 KB of it.
const MAX_ANSWER: usize = 8 << 20;
/// More segments than this are not believed: each would last a few hundredths of a second.
const MAX_SEGMENTS: usize = 5_000;
/// Characters of one segment.
const MAX_TEXT: usize = 4_000;
/// Seconds by which services let the last word end after the sound does: they hear half a minute at a time.
const BEYOND: f64 = 30.0;
/// Bytes of a key.
const MAX_KEY: u64 = 4_096;

/// A service to ask.
pub struct Service {
    url: Url,
    model: String,
    /// The header as it is sent; its `Debug` shows nothing.
    key: Option<HeaderValue>,
    guard: Arc<Guard>,
}

/// The service cannot be asked, whatever it is asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error("`reader.speech_url` `{url}` is no address that can be asked: {reason}")]
    Address { url: String, reason: String },
    #[error("read the key in {}: {reason}; name a file that holds it and nothing else as `reader.speech_key_file`", .path.display())]
    Key { path: PathBuf, reason: String },
    #[error(transparent)]
    Rule(#[from] RuleError),
}

/// This sound was not turned into words.
#[derive(Debug, thiserror::Error)]
pub enum TranscriptionError {
    #[error("the guard cannot listen on this machine: {0}")]
    Guard(std::io::Error),
    #[error("the service at {host} was not reached: {why}")]
    Unreachable { host: String, why: String },
    #[error("the service at {host} did not answer within {secs} seconds; raise `reader.video_timeout_secs`")]
    TooLate { host: String, secs: u64 },
    #[error("the service at {host} refused with status {status}; {}", remedy(*.status))]
    Refused { host: String, status: u16 },
    #[error("what the service at {host} answered cannot be believed: {why}")]
    Unbelievable { host: String, why: &'static str },
}

/// Something said.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// Seconds from the beginning of the sound.
    pub from_s: f64,
    pub until_s: f64,
    pub text: String,
    /// Mean probability of its words, 0 to 1; none where the service does not say.
    pub confidence: Option<f64>,
}

impl Service {
    /// `key_file` is empty where the service asks for no key.
    pub fn new(rules: &Rules, url: &str, model: &str, key_file: &str) -> Result<Self, ServiceError> {
        http::choose_cryptography();
        let address = |reason: &str| ServiceError::Address { url: url.to_owned(), reason: reason.to_owned() };
        let parsed = Url::parse(url).map_err(|error| address(&error.to_string()))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(address("it is not http or https"));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(ServiceError::Address {
                url: "…".into(),
                reason: "it holds a name or a password; a key belongs into `reader.speech_key_file`".into(),
            });
        }
        let key = if key_file.is_empty() { None } else { Some(key(Path::new(key_file))?) };
        if key.is_some() && parsed.scheme() == "http" && !is_here(&parsed) {
            return Err(address("everybody on the way could read the key; use https"));
        }
        Ok(Self { url: parsed, model: model.to_owned(), key, guard: Arc::new(Guard::new(rules)?) })
    }

    /// Who is asked, for the record: the model and its host.
    pub fn name(&self) -> String {
        format!("{} at {}", self.model, self.host())
    }

    /// What is said in a WAV file of this many seconds.
    pub async fn transcribe(
        &self,
        wav: Vec<u8>,
        seconds: f64,
        limit: Duration,
    ) -> Result<Vec<Said>, TranscriptionError> {
        let answer = tokio::time::timeout(limit, self.ask(wav, limit)).await;
        let answer = answer.unwrap_or(Err(TranscriptionError::TooLate { host: self.host(), secs: limit.as_secs() }))?;
        said(&answer, seconds).map_err(|why| TranscriptionError::Unbelievable { host: self.host(), why })
    }

    async fn ask(&self, wav: Vec<u8>, limit: Duration) -> Result<Vec<u8>, TranscriptionError> {
        let gate = Gate::open(Arc::clone(&self.guard)).await.map_err(TranscriptionError::Guard)?;
        let lost = |error: &reqwest::Error| TranscriptionError::Unreachable {
            host: self.host(),
            why: http::why(error, &self.url, gate.journal()),
        };
        let client = http::client(gate.at(), limit).map_err(|error| lost(&error))?;
        let file = Part::bytes(wav).file_name("sound.wav").mime_str("audio/wav").map_err(|error| lost(&error))?;
        let form = Form::new()
            .text("model", self.model.clone())
            .text("response_format", "verbose_json")
            .text("timestamp_granularities[]", "segment")
            .part("file", file);
        let mut request = client.post(self.url.clone()).multipart(form);
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key.clone());
        }
        let mut answer = request.send().await.map_err(|error| lost(&error))?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(TranscriptionError::Refused { host: self.host(), status });
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| lost(&error))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_ANSWER {
                return Err(TranscriptionError::Unbelievable { host: self.host(), why: "it is too long" });
            }
        }
        Ok(bytes)
    }

    fn host(&self) -> String {
        self.url.host_str().unwrap_or_default().to_owned()
    }
}

fn remedy(status: u16) -> &'static str {
    match status {
        300..=399 => "name the address that it sends to as `reader.speech_url`",
        401 | 403 => "look at the key in `reader.speech_key_file`",
        404 | 405 => "look at `reader.speech_url`: it ends in /v1/audio/transcriptions with most",
        400 | 415 | 422 => "look at `reader.speech_model`, and whether it knows `verbose_json`",
        413 => "the sound is too long for it: lower `reader.max_video_secs`",
        _ => "try again later",
    }
}

fn key(path: &Path) -> Result<HeaderValue, ServiceError> {
    use std::io::Read as _;
    let wrong = |reason: String| ServiceError::Key { path: path.to_owned(), reason };
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

#[derive(Deserialize)]
struct Answer {
    segments: Option<Vec<Segment>>,
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
struct Segment {
    start: f64,
    end: f64,
    text: String,
    avg_logprob: Option<f64>,
}

/// What an answer says, if it can be what was said within so many seconds.
fn said(answer: &[u8], seconds: f64) -> Result<Vec<Said>, &'static str> {
    let Answer { segments, text } = serde_json::from_slice(answer).map_err(|_| "it is not the JSON of a transcript")?;
    let segments = segments.ok_or("it has no segments: the service must know `verbose_json`")?;
    if segments.len() > MAX_SEGMENTS {
        return Err("it has too many segments");
    }
    if segments.is_empty() && !text.trim().is_empty() {
        return Err("it has words, and does not say when they were said");
    }
    let mut said: Vec<Said> = Vec::with_capacity(segments.len());
    for Segment { start, end, text, avg_logprob } in segments {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !(0.0 <= start && start <= end && start <= seconds && end <= seconds + BEYOND) {
            return Err("a segment lies outside of the sound");
        }
        if said.last().is_some_and(|before| start < before.from_s) {
            return Err("its segments are not in the order of time");
        }
        if text.chars().count() > MAX_TEXT {
            return Err("a segment is too long");
        }
        if text.chars().any(char::is_alphanumeric) {
            let confidence = avg_logprob.filter(|mean| mean.is_finite()).map(|mean| mean.exp().clamp(0.0, 1.0));
            said.push(Said { from_s: start, until_s: end.min(seconds), text, confidence });
        }
    }
    Ok(said)
}

#[cfg(test)]
mod tests;
