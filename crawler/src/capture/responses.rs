//! The answers a page was built from, and the bodies worth keeping.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::evidence::Evidence;
use model::snapshot::Response;
use serde_json::json;

use crate::seat::Seat;
use crate::traffic::Exchange;

const BOUND: Duration = Duration::from_secs(3);
/// Answers that a snapshot lists.
const MOST: usize = 1_000;

/// Lists the answers and fetches bodies: documents, data, scripts and styles first, then pictures, as the bounds allow.
pub(crate) async fn take(seat: &Seat<'_>) -> (Vec<Response>, Vec<Evidence>) {
    let exchanges: Vec<Exchange> =
        seat.watch().traffic.exchanges().iter().filter(|e| e.status.is_some()).take(MOST).cloned().collect();
    let mut responses: Vec<Response> = exchanges.iter().map(|exchange| response(seat, exchange)).collect();
    let mut evidence = Vec::new();
    let mut left = seat.options.capture.max_visit_bytes;
    let mut wanted: Vec<usize> = (0..exchanges.len()).filter(|&at| is_wanted(&exchanges[at])).collect();
    wanted.sort_by_key(|&at| rank(&exchanges[at]));
    for at in wanted {
        let exchange = &exchanges[at];
        if exchange.decoded > seat.options.capture.max_body_bytes.min(left) || seat.tab.is_lost() {
            continue;
        }
        let Some(body) = body(seat, exchange).await else { continue };
        let size = body.len() as u64;
        if size > seat.options.capture.max_body_bytes.min(left) {
            continue;
        }
        left -= size;
        let media_type = if exchange.mime.is_empty() { "application/octet-stream" } else { &exchange.mime };
        let kept = Evidence::new(format!("response body {}", short(&exchange.url)), media_type, body, (seat.clock)());
        (responses[at].bytes, responses[at].body) = (Some(size), Some(kept.id()));
        evidence.push(kept);
    }
    (responses, evidence)
}

fn response(seat: &Seat<'_>, exchange: &Exchange) -> Response {
    Response {
        url: exchange.url.clone(),
        method: exchange.method.clone(),
        status: exchange.status.unwrap_or_default(),
        mime: exchange.mime.clone(),
        bytes: (exchange.finished && !exchange.redirected).then_some(exchange.decoded),
        body: None,
        remote: seat.journal.remote(&exchange.url),
        at_ms: exchange.at_ms,
    }
}

fn is_wanted(exchange: &Exchange) -> bool {
    exchange.finished && !exchange.redirected && rank(exchange) < 4
}

fn rank(exchange: &Exchange) -> u8 {
    match exchange.kind.as_str() {
        "Document" => 0,
        "XHR" | "Fetch" => 1,
        "Script" | "Stylesheet" => 2,
        "Image" => 3,
        _ => 4,
    }
}

async fn body(seat: &Seat<'_>, exchange: &Exchange) -> Option<Vec<u8>> {
    // A body that is gone (another document came) is not worth a word: its hash is simply not there.
    let got = seat.tab.call("Network.getResponseBody", json!({"requestId": exchange.id}), BOUND).await.ok()?;
    let text = got["body"].as_str()?;
    if got["base64Encoded"] == true { STANDARD.decode(text).ok() } else { Some(text.as_bytes().to_vec()) }
}

fn short(url: &str) -> String {
    let plain = url.split(['?', '#']).next().unwrap_or(url);
    plain.chars().take(120).collect()
}
