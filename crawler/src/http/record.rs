//! An exchange of the walk as evidence tells it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use model::evidence::Evidence;
use model::traffic::{Answer, Body, Client, Exchange, Headers};
use model::units::Millis;
use reqwest::header::HeaderMap;
use reqwest::{Response, Version};
use tokio::time::{Instant, timeout_at};
use url::Url;

/// Bytes of a document, as the server packed it, that are taken.
const MOST_DOCUMENT: usize = 2 << 20;
/// Bytes of anything else: enough to say what it is.
const MOST_OTHER: usize = 64 << 10;
/// A body that drips is left: where an answer leads is known by its head.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn asked(url: &Url, headers: &HeaderMap, at: DateTime<Utc>, at_ms: Millis) -> Exchange {
    Exchange {
        by: Client::Walk,
        url: url.as_str().to_owned(),
        method: "GET".to_owned(),
        kind: "document".to_owned(),
        at,
        at_ms,
        request_headers: told(headers),
        request_body: None,
        answer: None,
        error: None,
    }
}

/// The body as it comes, and whether there was more of it than is taken, or it broke off.
pub(super) async fn body(answer: &mut Response) -> (Vec<u8>, bool) {
    let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let most = if kind.contains("html") { MOST_DOCUMENT } else { MOST_OTHER };
    let until = Instant::now() + PATIENCE;
    let mut bytes = Vec::new();
    loop {
        match timeout_at(until, answer.chunk()).await {
            Ok(Ok(Some(chunk))) if bytes.len() + chunk.len() <= most => bytes.extend_from_slice(&chunk),
            Ok(Ok(Some(chunk))) => {
                bytes.extend_from_slice(&chunk[..most - bytes.len()]);
                return (bytes, true);
            }
            Ok(Ok(None)) => return (bytes, false),
            Ok(Err(_)) | Err(_) => return (bytes, true),
        }
    }
}

pub(super) fn answered(answer: &Response, body: Vec<u8>, cut: bool, at: DateTime<Utc>) -> (Answer, Option<Evidence>) {
    let headers = told(answer.headers());
    let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let media_type = kind.split(';').next().unwrap_or_default().trim().to_owned();
    let what = format!("response body {}", answer.url().as_str().split(['?', '#']).next().unwrap_or_default());
    // Packed bytes are no HTML, whatever their server calls them.
    let shown =
        if answer.headers().contains_key("content-encoding") { "application/octet-stream" } else { &media_type };
    let shown = if shown.is_empty() { "application/octet-stream" } else { shown };
    let kept = (!body.is_empty()).then(|| Evidence::new(what, shown, body, at));
    let body = kept.as_ref().map(|kept| Body {
        evidence: kept.id(),
        bytes: kept.bytes().len() as u64,
        as_received: true,
        cut,
    });
    let answer = Answer {
        protocol: protocol(answer.version()).to_owned(),
        status: answer.status().as_u16(),
        reason: answer.status().canonical_reason().unwrap_or_default().to_owned(),
        media_type,
        headers,
        body,
        remote: None,
        service_worker: false,
    };
    (answer, kept)
}

fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_2 => "h2",
        Version::HTTP_3 => "h3",
        Version::HTTP_10 => "http/1.0",
        _ => "http/1.1",
    }
}

/// Headers are bytes; those of old servers are read as Latin-1, which loses none of them.
fn told(headers: &HeaderMap) -> Headers {
    let text = |value: &[u8]| match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => value.iter().map(|&byte| char::from(byte)).collect(),
    };
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))).collect()
}
