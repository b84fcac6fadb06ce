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

/// Lists the answers, and fetches what bodies have come since it was last asked.
pub(crate) async fn take(seat: &Seat<'_>) -> Vec<Response> {
    bodies(seat).await;
    let watch = seat.watch();
    let answered = watch.traffic.exchanges().iter().filter(|exchange| exchange.status.is_some()).take(MOST);
    answered.map(|exchange| response(seat, exchange)).collect()
}

/// Fetches bodies into the log of the tab: documents, data, scripts and styles first, then pictures, as the bounds allow.
/// Those of documents that were left are with the browser for as long as its memory for them lasts.
pub(crate) async fn bodies(seat: &Seat<'_>) {
    let most = seat.options.capture.max_body_bytes;
    let (mut wanted, mut left) = {
        let watch = seat.watch();
        let exchanges = watch.traffic.exchanges();
        let kept: u64 = exchanges.iter().filter_map(|exchange| exchange.body).map(|body| body.bytes).sum();
        let wanted = exchanges.iter().enumerate().filter(|(_, exchange)| is_wanted(exchange));
        let wanted: Vec<_> = wanted.map(|(place, exchange)| Wanted::of(place, exchange)).collect();
        (wanted, seat.options.capture.max_visit_bytes.saturating_sub(kept))
    };
    wanted.sort_by_key(|one| one.rank);
    let mut announced = 0;
    wanted.retain(|one| {
        let fits = one.decoded <= most.min(left.saturating_sub(announced));
        announced += if fits { one.decoded } else { 0 };
        fits
    });
    // In their order, several under way: each is a way to the browser and back.
    let mut coming = stream::iter(wanted)
        .map(|one| async move {
            let body = body(seat, &one.id).await;
            (one, body)
        })
        .buffered(AT_ONCE);
    while let Some((one, body)) = coming.next().await {
        let Some(body) = body else { continue };
        let bytes = body.len() as u64;
        if bytes > most.min(left) {
            continue;
        }
        left -= bytes;
        let media_type = if one.mime.is_empty() { "application/octet-stream" } else { &one.mime };
        let kept = Evidence::new(format!("response body {}", short(&one.url)), media_type, body, (seat.clock)());
        seat.watch().traffic.keep(one.place, kept);
    }
}

/// A body that is to be fetched.
struct Wanted {
    /// Among the exchanges of the tab.
    place: usize,
    id: String,
    url: String,
    mime: String,
    decoded: u64,
    rank: u8,
}

impl Wanted {
    fn of(place: usize, exchange: &Exchange) -> Self {
        let Exchange { id, url, mime, decoded, .. } = exchange;
        let (id, url, mime) = (id.clone(), url.clone(), mime.clone());
        Self { place, id, url, mime, decoded: *decoded, rank: rank(exchange) }
    }
}

fn response(seat: &Seat<'_>, exchange: &Exchange) -> Response {
    let decoded = (exchange.finished && !exchange.redirected).then_some(exchange.decoded);
    Response {
        url: exchange.url.clone(),
        method: exchange.method.clone(),
        status: exchange.status.unwrap_or_default(),
        mime: exchange.mime.clone(),
        bytes: exchange.body.map(|body| body.bytes).or(decoded),
        body: exchange.body.map(|body| body.evidence),
        remote: seat.journal.remote(&exchange.url),
        at_ms: exchange.at_ms,
    }
}

fn is_wanted(exchange: &Exchange) -> bool {
    exchange.finished && !exchange.redirected && exchange.body.is_none() && rank(exchange) < 5
}

fn rank(exchange: &Exchange) -> u8 {
    match exchange.kind.as_str() {
        "Document" => 0,
        "XHR" | "Fetch" => 1,
        "Script" | "Stylesheet" => 2,
        "Image" => 3,
        "Font" | "Other" | "Manifest" => 4,
        _ => 5,
    }
}

async fn body(seat: &Seat<'_>, id: &str) -> Option<Vec<u8>> {
    if seat.tab.is_lost() {
        return None;
    }
    // A body that is gone (another document came) is not worth a word: its hash is simply not there.
    let got = seat.tab.call("Network.getResponseBody", json!({"requestId": id}), BOUND).await.ok()?;
    let text = got["body"].as_str()?;
    if got["base64Encoded"] == true { STANDARD.decode(text).ok() } else { Some(text.as_bytes().to_vec()) }
}

fn short(url: &str) -> String {
    let plain = url.split(['?', '#']).next().unwrap_or(url);
    plain.chars().take(120).collect()
}
