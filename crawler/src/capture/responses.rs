//! The answers a page was built from, and the bodies worth keeping.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::{StreamExt, stream};
use model::evidence::Evidence;
use model::snapshot::Response;
use serde_json::json;

use crate::seat::Seat;
use crate::traffic::Exchange;

const BOUND: Duration = Duration::from_secs(3);
/// Answers that a snapshot lists.
const MOST: usize = 1_000;
/// Bodies asked for at once.
const AT_ONCE: usize = 6;

/// Lists the answers and fetches bodies: documents, data, scripts and styles first, then pictures, as the bounds allow.
pub(crate) async fn take(seat: &Seat<'_>) -> (Vec<Response>, Vec<Evidence>) {
    let exchanges: &[Exchange] =
        &seat.watch().traffic.exchanges().iter().filter(|e| e.status.is_some()).take(MOST).cloned().collect::<Vec<_>>();
    let mut responses: Vec<Response> = exchanges.iter().map(|exchange| response(seat, exchange)).collect();
    let mut evidence = Vec::new();
    let most = seat.options.capture.max_body_bytes;
    let mut left = seat.options.capture.max_visit_bytes;
    let mut wanted: Vec<usize> = (0..exchanges.len()).filter(|&at| is_wanted(&exchanges[at])).collect();
    wanted.sort_by_key(|&at| rank(&exchanges[at]));
    let mut announced = 0;
    wanted.retain(|&at| {
        let fits = exchanges[at].decoded <= most.min(left.saturating_sub(announced));
        announced += if fits { exchanges[at].decoded } else { 0 };
        fits
    });
    // In their order, several under way: each is a way to the browser and back.
    let mut bodies =
        stream::iter(wanted).map(|at| async move { (at, body(seat, &exchanges[at]).await) }).buffered(AT_ONCE);
    while let Some((at, body)) = bodies.next().await {
        let Some(body) = body else { continue };
        let size = body.len() as u64;
        if size > most.min(left) {
            continue;
        }
        left -= size;
        let exchange = &exchanges[at];
        let media_type = if exchange.mime.is_empty() { "application/octet-stream" } else { &exchange.mime };
        let kept = Evidence::new(format!("response body {}", short(&exchange.url)), media_type, body, (seat.clock)());
        (responses[at].bytes, responses[at].body) = (Some(size), Some(kept.id()));
        evidence.push(kept);
    }
    drop(bodies);
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
    if seat.tab.is_lost() {
        return None;
    }
    // A body that is gone (another document came) is not worth a word: its hash is simply not there.
    let got = seat.tab.call("Network.getResponseBody", json!({"requestId": exchange.id}), BOUND).await.ok()?;
    let text = got["body"].as_str()?;
    if got["base64Encoded"] == true { STANDARD.decode(text).ok() } else { Some(text.as_bytes().to_vec()) }
}

fn short(url: &str) -> String {
    let plain = url.split(['?', '#']).next().unwrap_or(url);
    plain.chars().take(120).collect()
}
