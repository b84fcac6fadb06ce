//! The network log of one visit, and whether anything is still under way.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use model::chain::Tls;
use model::units::Millis;
use serde_json::Value;

use crate::follow::tls;

/// What is under way longer than this is a stream or a long poll: nothing to wait for.
const LONG: Duration = Duration::from_secs(10);
/// Requests of one visit that are remembered.
const MOST: usize = 2_000;
/// Headers that say something about a challenge or about who answers; their values are cut to this many characters.
const HEADERS: [&str; 8] = [
    "cf-mitigated",
    "server",
    "x-datadome",
    "x-px",
    "retry-after",
    "content-type",
    "content-disposition",
    "set-cookie",
];
const MOST_HEADER: usize = 400;

/// One request and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) method: String,
    /// `Document`, `Script`, `XHR`, `Fetch`, `Image`, …
    pub(crate) kind: String,
    pub(crate) status: Option<u16>,
    pub(crate) mime: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) tls: Option<Tls>,
    pub(crate) at_ms: Millis,
    /// Bytes of the decoded body so far.
    pub(crate) decoded: u64,
    /// Whether its body has come whole.
    pub(crate) finished: bool,
    /// A redirect shares its id with what it led to, and has no body.
    pub(crate) redirected: bool,
    pending: bool,
    began: Instant,
}

/// Everything a visit asked for.
#[derive(Debug)]
pub(crate) struct Traffic {
    exchanges: Vec<Exchange>,
    by_id: HashMap<String, usize>,
    /// The browser's clock when this tab was first sent somewhere, seconds; and ours.
    began: Option<(f64, Instant)>,
    /// How long after the click that was.
    offset: Millis,
    changed: Instant,
}

impl Traffic {
    pub(crate) fn new(offset: Millis) -> Self {
        Self { exchanges: Vec::new(), by_id: HashMap::new(), began: None, offset, changed: Instant::now() }
    }

    pub(crate) fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    pub(crate) fn of(&self, id: &str) -> Option<&Exchange> {
        self.by_id.get(id).and_then(|&at| self.exchanges.get(at))
    }

    /// Milliseconds after the click, of an event that carries the browser's clock.
    pub(crate) fn at(&mut self, event: &Value) -> Millis {
        let now = event["timestamp"].as_f64().unwrap_or_default();
        let (began, _) = *self.began.get_or_insert((now, Instant::now()));
        Millis(self.offset.0 + ((now - began).max(0.0) * 1_000.0).round() as u64)
    }

    /// Milliseconds after the click, of an event that carries no clock.
    pub(crate) fn now(&self) -> Millis {
        let since = self.began.map_or(0, |(_, began)| began.elapsed().as_millis());
        Millis(self.offset.0 + u64::try_from(since).unwrap_or(u64::MAX))
    }

    /// `Network.requestWillBeSent`
    pub(crate) fn sent(&mut self, event: &Value) {
        let at_ms = self.at(event);
        let id = text(&event["requestId"]);
        let redirect = &event["redirectResponse"];
        if let Some(before) =
            self.by_id.get(&id).and_then(|&at| self.exchanges.get_mut(at)).filter(|_| redirect.is_object())
        {
            before.answered(redirect);
            (before.redirected, before.pending) = (true, false);
        }
        let url = text(&event["request"]["url"]);
        if self.exchanges.len() >= MOST || url.starts_with("data:") {
            return;
        }
        self.changed = Instant::now();
        let kind = text(&event["type"]);
        self.by_id.insert(id.clone(), self.exchanges.len());
        self.exchanges.push(Exchange {
            id,
            url,
            method: text(&event["request"]["method"]),
            pending: !matches!(
                kind.as_str(),
                "Ping" | "EventSource" | "Media" | "WebSocket" | "CSPViolationReport" | "Prefetch"
            ),
            kind,
            status: None,
            mime: String::new(),
            headers: HashMap::new(),
            tls: None,
            at_ms,
            decoded: 0,
            finished: false,
            redirected: false,
            began: self.changed,
        });
    }

    /// `Network.responseReceived`
    pub(crate) fn answered(&mut self, event: &Value) {
        if let Some(exchange) = self.mine(event) {
            exchange.answered(&event["response"]);
        }
    }

    /// `Network.dataReceived`
    pub(crate) fn received(&mut self, event: &Value) {
        if let Some(exchange) = self.mine(event) {
            exchange.decoded += event["dataLength"].as_u64().unwrap_or_default();
        }
    }

    /// `Network.loadingFinished`, `Network.loadingFailed`
    pub(crate) fn ended(&mut self, event: &Value, finished: bool) {
        if let Some(exchange) = self.mine(event) {
            (exchange.pending, exchange.finished) = (false, finished);
            self.changed = Instant::now();
        }
    }

    /// How long nothing has been under way; none while something is.
    pub(crate) fn quiet_for(&self) -> Option<Duration> {
        let under_way = self.exchanges.iter().any(|exchange| exchange.pending && exchange.began.elapsed() < LONG);
        (!under_way).then(|| self.changed.elapsed())
    }

    fn mine(&mut self, event: &Value) -> Option<&mut Exchange> {
        let at = *self.by_id.get(event["requestId"].as_str()?)?;
        self.exchanges.get_mut(at)
    }
}

impl Exchange {
    fn answered(&mut self, response: &Value) {
        self.status = response["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        self.tls = tls(response);
        self.mime = text(&response["mimeType"]);
        let Some(headers) = response["headers"].as_object() else { return };
        for (name, value) in headers {
            let name = name.to_ascii_lowercase();
            if HEADERS.contains(&name.as_str()) {
                let value = value.as_str().unwrap_or_default().chars().take(MOST_HEADER).collect();
                self.headers.insert(name, value);
            }
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
