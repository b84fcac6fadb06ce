//! One file fetched for the operator: through the guard as everything, to a file, within bounds.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use url::Url;

use crate::guard::{Gate, Guard, RuleError, Rules};
use crate::http;

/// Redirects that are followed: from a name to its `www`, to https, to where downloads lie.
const MOST_REDIRECTS: usize = 5;

/// Why a file was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("`{0}` is no address of http or https without a name and a password in it")]
    Address(String),
    #[error(transparent)]
    Rule(#[from] RuleError),
    #[error("the guard cannot listen on this machine: {0}")]
    Guard(std::io::Error),
    #[error("fetch {url}: {why}")]
    Unreachable { url: String, why: String },
    #[error("fetch {url}: the server answers with status {status}")]
    Refused { url: String, status: u16 },
    #[error("fetch {url}: it sends on more than {MOST_REDIRECTS} times")]
    SentOn { url: String },
    #[error("fetch {url}: it is longer than {most} bytes; fetch it by other means, and name the file")]
    TooLong { url: String, most: u64 },
    #[error("fetch {url}: it did not come within {secs} seconds; fetch it by other means, and name the file")]
    TooLate { url: String, secs: u64 },
    #[error("write what {url} sends: {source}; is there room for temporary files?")]
    Write { url: String, source: std::io::Error },
}

/// Fetches what an address gives into a file, of at most so many bytes and in at most this time.
pub async fn fetch(rules: &Rules, url: &str, to: &Path, most: u64, limit: Duration) -> Result<u64, FetchError> {
    http::choose_cryptography();
    let refused = || FetchError::Address(url.to_owned());
    let parsed = Url::parse(url).map_err(|_| refused())?;
    let plain = parsed.username().is_empty() && parsed.password().is_none();
    if !plain || !matches!(parsed.scheme(), "http" | "https") {
        return Err(refused());
    }
    let guard = Arc::new(Guard::new(rules)?);
    let fetched = tokio::time::timeout(limit, whole(guard, parsed, to, most, limit)).await;
    fetched.unwrap_or_else(|_| Err(FetchError::TooLate { url: url.to_owned(), secs: limit.as_secs() }))
}

async fn whole(guard: Arc<Guard>, first: Url, to: &Path, most: u64, limit: Duration) -> Result<u64, FetchError> {
    let gate = Gate::open(guard, None).await.map_err(FetchError::Guard)?;
    let mut url = first;
    for _ in 0..=MOST_REDIRECTS {
        let told = url.to_string();
        let lost = |error: &reqwest::Error| FetchError::Unreachable {
            url: told.clone(),
            why: http::why(error, &url, gate.journal()),
        };
        let client = http::client(gate.at(), limit).map_err(|error| lost(&error))?;
        let mut answer = client.get(url.clone()).send().await.map_err(|error| lost(&error))?;
        let status = answer.status().as_u16();
        if answer.status().is_redirection() {
            let next = answer.headers().get("location").and_then(|place| place.to_str().ok());
            let next = next.and_then(|place| url.join(place).ok());
            let next = next.filter(|next| matches!(next.scheme(), "http" | "https"));
            url = next.ok_or(FetchError::Refused { url: told, status })?;
            continue;
        }
        if status != 200 {
            return Err(FetchError::Refused { url: told, status });
        }
        let failed = |source| FetchError::Write { url: told.clone(), source };
        let mut file = tokio::fs::File::create(to).await.map_err(failed)?;
        let mut bytes = 0;
        while let Some(chunk) = answer.chunk().await.map_err(|error| lost(&error))? {
            bytes += chunk.len() as u64;
            if bytes > most {
                return Err(FetchError::TooLong { url: told, most });
            }
            file.write_all(&chunk).await.map_err(failed)?;
        }
        file.flush().await.map_err(failed)?;
        return Ok(bytes);
    }
    Err(FetchError::SentOn { url: url.to_string() })
}
