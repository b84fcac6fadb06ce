//! The network log of one tab, and whether anything is still under way.

mod headers;
mod told;

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use model::chain::Tls;
use model::evidence::Evidence;
use model::traffic::{Body, Headers};
use model::units::Millis;
use serde_json::Value;

use crate::follow::tls;

pub(crate) use headers::{MOST_POSTED, worth_a_look};

/// What is under way longer than this is a stream or a long poll: nothing to wait for.
const LONG: Duration = Duration::from_secs(10);
/// Requests of one visit that are remembered.
const MOST: usize = 2_000;
/// Requests of which the wire may be told first.
const MOST_EARLY: usize = 200;
/// One request and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) method: String,
    /// `Document`, `Script`, `XHR`, `Fetch`, `Image`, …
    pub(crate) kind: String,
    pub(crate) status: Option<u16>,
    pub(crate) reason: String,
    /// `http/1.1`, `h2`, …
    pub(crate) protocol: String,
    pub(crate) mime: String,
    /// What was sent: first as the page asked, then, where the browser tells, as it went over the wire.
    pub(crate) asked: Headers,
    pub(crate) posted: Option<Vec<u8>>,
    pub(crate) headers: Headers,
    pub(crate) service_worker: bool,
    pub(crate) error: Option<String>,
    pub(crate) tls: Option<Tls>,
    /// The body, once it was fetched from the browser.
    pub(crate) body: Option<Body>,
    pub(crate) at_ms: Millis,
    /// Bytes of the decoded body so far.
    pub(crate) decoded: u64,
    /// Whether its body has come whole.
    pub(crate) finished: bool,
    /// A redirect shares its id with what it led to, and has no body.
    pub(crate) redirected: bool,
    pending: bool,
    began: Instant,
    /// Whether the browser has told what went over the wire, each way.
    wired: (bool, bool),
}

/// Everything a tab asked for.
#[derive(Debug)]
pub(crate) struct Traffic {
    exchanges: Vec<Exchange>,
    /// The latest of those that share an id: a redirect and what it led to.
    by_id: HashMap<String, usize>,
    bodies: Vec<Evidence>,
    /// Requests beyond the bound.
    dropped: u64,
    /// What was told of the wire before the request itself was, by its id: sent, and answered.
    early: HashMap<String, (VecDeque<Headers>, VecDeque<Headers>)>,
    /// The browser's clock when this tab was first sent somewhere, seconds; and ours.
    began: Option<(f64, Instant)>,
    /// How long after the click that was.
    offset: Millis,
    changed: Instant,
}

impl Traffic {
    pub(crate) fn new(offset: Millis) -> Self {
        Self {
            exchanges: Vec::new(),
            by_id: HashMap::new(),
            bodies: Vec::new(),
            dropped: 0,
            early: HashMap::new(),
            began: None,
            offset,
            changed: Instant::now(),
        }
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
        let request = &event["request"];
        let url = text(&request["url"]);
        if url.starts_with("data:") {
            return;
        }
        if self.exchanges.len() >= MOST {
            self.dropped += 1;
            return;
        }
        self.changed = Instant::now();
        let kind = text(&event["type"]);
        let (sent, answered) = match self.early.get_mut(&id) {
            Some((sent, answered)) => (sent.pop_front(), answered.pop_front()),
            None => (None, None),
        };
        let wired = (sent.is_some(), answered.is_some());
        self.by_id.insert(id.clone(), self.exchanges.len());
        self.exchanges.push(Exchange {
            id,
            url,
            method: text(&request["method"]),
            pending: !matches!(
                kind.as_str(),
                "Ping" | "EventSource" | "Media" | "WebSocket" | "CSPViolationReport" | "Prefetch"
            ),
            kind,
            status: None,
            reason: String::new(),
            protocol: String::new(),
            mime: String::new(),
            asked: sent.unwrap_or_else(|| headers::of(&request["headers"])),
            posted: headers::posted(request),
            headers: answered.unwrap_or_default(),
            service_worker: false,
            error: None,
            tls: None,
            body: None,
            at_ms,
            decoded: 0,
            finished: false,
            redirected: false,
            began: self.changed,
            wired,
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

    /// `Network.requestWillBeSentExtraInfo`: what went out, cookies and all.
    pub(crate) fn sent_on_the_wire(&mut self, event: &Value) {
        let told = headers::of(&event["headers"]);
        match self.oldest(event, |exchange| !exchange.wired.0) {
            Some(exchange) => (exchange.wired.0, exchange.asked) = (true, told),
            None => self.early(event, |(sent, _)| sent.push_back(told)),
        }
    }

    /// `Network.responseReceivedExtraInfo`: what came in, of each redirect as well.
    pub(crate) fn answered_on_the_wire(&mut self, event: &Value) {
        let told = headers::of(&event["headers"]);
        match self.oldest(event, |exchange| !exchange.wired.1) {
            Some(exchange) => (exchange.wired.1, exchange.headers) = (true, told),
            None => self.early(event, |(_, answered)| answered.push_back(told)),
        }
    }

    /// `Network.loadingFinished`, `Network.loadingFailed`
    pub(crate) fn ended(&mut self, event: &Value, finished: bool) {
        if let Some(exchange) = self.mine(event) {
            (exchange.pending, exchange.finished) = (false, finished);
            if !finished {
                exchange.error = Some(text(&event["errorText"]));
            }
            self.changed = Instant::now();
        }
    }

    /// Keeps the body of an exchange, unpacked by the browser, by its place among the exchanges.
    pub(crate) fn keep(&mut self, place: usize, kept: Evidence) {
        if let Some(exchange) = self.exchanges.get_mut(place) {
            let bytes = kept.bytes().len() as u64;
            exchange.body = Some(Body { evidence: kept.id(), bytes, as_received: false, cut: false });
            self.bodies.push(kept);
        }
    }

    /// How long nothing has been under way; none while something is.
    pub(crate) fn quiet_for(&self) -> Option<Duration> {
        let under_way = self.exchanges.iter().any(|exchange| exchange.pending && exchange.began.elapsed() < LONG);
        (!under_way).then(|| self.changed.elapsed())
    }

    /// Remembers what came before the request that it belongs to, within bounds.
    fn early(&mut self, event: &Value, note: impl FnOnce(&mut (VecDeque<Headers>, VecDeque<Headers>))) {
        if self.early.len() < MOST_EARLY {
            note(self.early.entry(text(&event["requestId"])).or_default());
        }
    }

    /// The oldest exchange of an id for which this holds: what the browser tells of the wire comes in the order of the
    /// redirects, but before or after the other events.
    fn oldest(&mut self, event: &Value, holds: impl Fn(&Exchange) -> bool) -> Option<&mut Exchange> {
        let id = event["requestId"].as_str()?;
        let last = *self.by_id.get(id)?;
        self.exchanges.get_mut(..=last)?.iter_mut().find(|exchange| exchange.id == id && holds(exchange))
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
        self.reason = text(&response["statusText"]);
        self.protocol = text(&response["protocol"]);
        self.service_worker = response["fromServiceWorker"] == true;
        if !self.wired.1 {
            self.headers = headers::of(&response["headers"]);
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
