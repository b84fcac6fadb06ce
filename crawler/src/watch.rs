//! What a tab tells while it is visited, and what it must be answered at once.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use model::chain::HopKind;
use model::snapshot::Blocked;
use serde_json::{Value, json};

use crate::browser::Event;
use crate::follow::{Announced, Trail, http};
use crate::traffic::Traffic;

/// Lines of the console, and things held back, that are kept; and characters of each.
const MOST_LINES: usize = 200;
const MOST_CHARS: usize = 500;
/// An announced refresh further away than this is no way of sending somebody on.
const FAR: Duration = Duration::from_secs(15);

/// A call that answers an event; nobody waits for what it returns.
pub(crate) type Reply = (&'static str, Value);

/// Everything known of a visit from the browser's events.
pub(crate) struct Watch {
    main: String,
    pub(crate) trail: Trail,
    pub(crate) traffic: Traffic,
    pub(crate) console: Vec<String>,
    pub(crate) blocked: Vec<Blocked>,
    pub(crate) page: Page,
    /// What the frames last announced, by frame.
    announced: HashMap<String, Announced>,
    /// When an announced refresh is due.
    due: Option<Instant>,
    /// Counts the documents asked for: whoever sees it change knows that the page has moved on.
    pub(crate) moves: u64,
    /// A form or a document that was held back, at the top of the page.
    pub(crate) held_back: Option<String>,
    pub(crate) download: Option<String>,
    pub(crate) app_link: Option<String>,
}

/// The document in the main frame.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// The request that has been sent and has not led to a document yet.
    asked: Option<String>,
    /// The request the present document came from.
    pub(crate) request: Option<String>,
    pub(crate) url: String,
    pub(crate) committed: bool,
    pub(crate) dom_ready: bool,
    pub(crate) loaded: bool,
    /// Chromium shows its own error page.
    pub(crate) failed: Option<String>,
    pub(crate) crashed: bool,
}

impl Watch {
    pub(crate) fn new(main_frame: String, max_hops: u16) -> Self {
        Self {
            main: main_frame,
            trail: Trail::new(max_hops),
            traffic: Traffic::new(),
            console: Vec::new(),
            blocked: Vec::new(),
            page: Page::default(),
            announced: HashMap::new(),
            due: None,
            moves: 0,
            held_back: None,
            download: None,
            app_link: None,
        }
    }

    /// Whether another document is on its way, or announced to come soon.
    pub(crate) fn is_moving(&self) -> bool {
        self.page.asked.is_some() || self.due.is_some_and(|due| due.saturating_duration_since(Instant::now()) < FAR)
    }

    /// Whether the click has been sent, or been kept from being sent.
    pub(crate) fn has_begun(&self) -> bool {
        !self.trail.hops().is_empty() || self.held_back.is_some() || self.app_link.is_some()
    }

    /// Takes an event in; the replies cannot wait.
    pub(crate) fn take(&mut self, event: &Event) -> Vec<Reply> {
        let p = &event.params;
        match event.method.as_str() {
            "Network.requestWillBeSent" => return self.sent(p),
            "Network.responseReceived" => self.answered(p),
            "Network.dataReceived" => self.traffic.received(p),
            "Network.loadingFinished" => self.traffic.ended(p, true),
            "Network.loadingFailed" => self.failed(p),
            "Page.frameNavigated" => self.committed(&p["frame"]),
            "Page.domContentEventFired" => self.page.dom_ready = self.page.committed,
            "Page.loadEventFired" => self.page.loaded = self.page.committed,
            // A document whose next one was held back fires neither of the two, but stops.
            "Page.frameStoppedLoading" if p["frameId"] == self.main.as_str() && self.page.asked.is_none() => {
                (self.page.dom_ready, self.page.loaded) = (self.page.committed, self.page.committed);
            }
            "Page.frameScheduledNavigation" => self.scheduled(p),
            "Page.frameClearedScheduledNavigation" if p["frameId"] == self.main.as_str() => self.due = None,
            "Page.frameRequestedNavigation" => self.requested(p),
            "Page.downloadWillBegin" => {
                let url = text(&p["url"]);
                self.block(&url, "a download was not accepted");
                self.download = Some(url);
                self.page.asked = None;
            }
            "Page.windowOpen" => self.block(&text(&p["url"]), "a pop-up window was closed, not followed"),
            "Page.javascriptDialogOpening" => return self.dialog(p),
            "Fetch.requestPaused" => return vec![self.paused(p)],
            "Runtime.consoleAPICalled" if matches!(p["type"].as_str(), Some("error" | "warning" | "assert")) => {
                self.said(p)
            }
            "Runtime.exceptionThrown" => {
                let details = &p["exceptionDetails"];
                let what =
                    details["exception"]["description"].as_str().or(details["text"].as_str()).unwrap_or_default();
                self.note(&format!("uncaught: {what}"));
            }
            "Log.entryAdded" if matches!(p["entry"]["level"].as_str(), Some("error" | "warning")) => {
                let entry = &p["entry"];
                self.note(&format!("{}: {} {}", text(&entry["level"]), text(&entry["text"]), text(&entry["url"])));
            }
            "Inspector.targetCrashed" => self.page.crashed = true,
            _ => {}
        }
        Vec::new()
    }

    /// A line for the snapshot's console, within bounds.
    pub(crate) fn note(&mut self, line: &str) {
        if self.console.len() < MOST_LINES {
            self.console.push(line.chars().take(MOST_CHARS).collect());
        }
    }

    pub(crate) fn block(&mut self, url: &str, reason: &str) {
        let blocked = Blocked { url: url.chars().take(MOST_CHARS).collect(), reason: reason.to_owned() };
        if self.blocked.len() < MOST_LINES && !self.blocked.contains(&blocked) {
            self.blocked.push(blocked);
        }
    }

    fn sent(&mut self, p: &Value) -> Vec<Reply> {
        let (id, url) = (text(&p["requestId"]), text(&p["request"]["url"]));
        let is_main = p["type"] == "Document" && p["frameId"] == self.main.as_str() && p["loaderId"] == id.as_str();
        self.traffic.sent(p);
        if !is_main || self.is_held_back(p) {
            return Vec::new();
        }
        if is_foreign(&url) {
            self.app_link(&url, p["redirectResponse"]["status"].as_u64());
            return Vec::new();
        }
        let at_ms = self.traffic.at(p);
        let redirect = &p["redirectResponse"];
        let (kind, cause) = if redirect.is_object() {
            let status = redirect["status"].as_u64().and_then(|status| u16::try_from(status).ok());
            if let Some(hop) = self.trail.last_mut() {
                hop.status = status;
            }
            (HopKind::Http, http::cause(status.unwrap_or_default()))
        } else {
            Announced::explain(self.announced.get(&self.main), &p["initiator"])
        };
        let cause = (!self.trail.hops().is_empty()).then_some(cause);
        self.announced.remove(&self.main);
        self.due = None;
        if !self.trail.step(kind, &url, at_ms, cause) {
            return vec![("Page.stopLoading", json!({}))];
        }
        self.page.asked = Some(id);
        self.page.failed = None;
        self.moves += 1;
        Vec::new()
    }

    fn answered(&mut self, p: &Value) {
        self.traffic.answered(p);
        let status = p["response"]["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        if self.page.asked.is_some()
            && p["requestId"].as_str() == self.page.asked.as_deref()
            && let Some(hop) = self.trail.last_mut()
        {
            hop.status = status;
        }
    }

    fn failed(&mut self, p: &Value) {
        self.traffic.ended(p, false);
        if self.page.asked.is_none() || p["requestId"].as_str() != self.page.asked.as_deref() {
            return;
        }
        self.page.asked = None;
        let why = text(&p["errorText"]);
        // An answer without content (204), a download, something held back: the old page stays.
        let stays = why == "net::ERR_ABORTED";
        if let Some(hop) = self.trail.last_mut() {
            hop.error = Some(why.clone());
        }
        if !stays {
            self.page.failed = Some(why);
        }
    }

    fn committed(&mut self, frame: &Value) {
        if frame["id"] != self.main.as_str() {
            return;
        }
        let url = text(&frame["url"]);
        let loader = text(&frame["loaderId"]);
        let error_page = frame["unreachableUrl"].is_string() || url.starts_with("chrome-error:");
        let failed =
            if error_page { Some(self.page.failed.take().unwrap_or_else(|| "net::ERR_FAILED".into())) } else { None };
        if self.page.asked.as_deref() != Some(&loader) && !error_page && url.starts_with("blob:") {
            // A document made by the page itself: nobody was asked for it.
            let (kind, cause) = Announced::explain(self.announced.get(&self.main), &Value::Null);
            let at_ms = self.trail.hops().last().map(|hop| hop.at_ms).unwrap_or_default();
            self.trail.step(kind, &url, at_ms, Some(cause));
            self.moves += 1;
        }
        self.page = Page { request: Some(loader), url, committed: !error_page, failed, ..Page::default() };
    }

    fn scheduled(&mut self, p: &Value) {
        if p["frameId"] != self.main.as_str() {
            return;
        }
        let url = text(&p["url"]);
        self.announced.insert(self.main.clone(), Announced { reason: text(&p["reason"]), url: url.clone() });
        let delay =
            Duration::try_from_secs_f64(p["delay"].as_f64().unwrap_or_default().max(0.0)).unwrap_or(Duration::MAX);
        // A page that reloads itself now and then is not on its way anywhere.
        let stays = (url == self.page.url && delay > Duration::ZERO) || is_foreign(&url);
        self.due = if stays { None } else { Instant::now().checked_add(delay) };
    }

    fn requested(&mut self, p: &Value) {
        let (frame, url) = (text(&p["frameId"]), text(&p["url"]));
        if self.announced.len() > MOST_LINES {
            self.announced.clear();
        }
        if is_foreign(&url) && frame == self.main {
            self.app_link(&url, None);
        }
        let reason = text(&p["reason"]);
        // A refresh is announced twice: when it is scheduled, and when it is due under a less telling name.
        let refresh =
            self.announced.get(&frame).is_some_and(|before| before.reason.ends_with("Refresh") && before.url == url);
        if !refresh || reason.ends_with("Refresh") {
            self.announced.insert(frame, Announced { reason, url });
        }
    }

    /// The way leads out of the browser, by a script or by an answer of this status.
    fn app_link(&mut self, url: &str, status: Option<u64>) {
        self.block(url, "an app link, or another scheme than http and https, was not opened");
        self.app_link = Some(url.to_owned());
        self.due = None;
        if status.is_some() {
            self.page.asked = None;
            if let Some(hop) = self.trail.last_mut() {
                hop.status = status.and_then(|status| u16::try_from(status).ok());
            }
        }
    }

    /// Nothing is submitted: no form, whatever its method, and no document by another method than GET.
    fn is_held_back(&self, p: &Value) -> bool {
        let method = p["request"]["method"].as_str().unwrap_or("GET");
        let announced = p["frameId"].as_str().and_then(|frame| self.announced.get(frame));
        let url = p["request"]["url"].as_str().unwrap_or_default();
        let form = announced.is_some_and(|a| a.is_form() && without_query(&a.url) == without_query(url));
        p["redirectResponse"].is_null() && (!matches!(method, "GET" | "HEAD") || form)
    }

    /// Documents wait here until it is known that asking for them submits nothing.
    fn paused(&mut self, p: &Value) -> Reply {
        let id = json!({"requestId": p["requestId"]});
        let is_main = p["frameId"] == self.main.as_str();
        let refuse = ("Fetch.failRequest", json!({"requestId": p["requestId"], "errorReason": "Aborted"}));
        if self.is_held_back(p) {
            let url = text(&p["request"]["url"]);
            let method = text(&p["request"]["method"]);
            self.block(&url, &format!("a form or document sent by {method} was held back: nothing is submitted"));
            if is_main {
                self.held_back = Some(url);
                self.due = None;
            }
            if let Some(frame) = p["frameId"].as_str() {
                self.announced.remove(frame);
            }
            return refuse;
        }
        if is_main && self.trail.ended.is_some() {
            return refuse;
        }
        ("Fetch.continueRequest", id)
    }

    fn dialog(&mut self, p: &Value) -> Vec<Reply> {
        let kind = text(&p["type"]);
        self.note(&format!("{kind}: {}", text(&p["message"])));
        // A page may not hold us back from leaving; everything else is declined.
        vec![("Page.handleJavaScriptDialog", json!({"accept": kind == "beforeunload"}))]
    }

    fn said(&mut self, p: &Value) {
        let words = p["args"].as_array().into_iter().flatten().take(10).map(|arg| match &arg["value"] {
            Value::String(text) => text.clone(),
            Value::Null => text(&arg["description"]),
            other => other.to_string(),
        });
        let words: Vec<String> = words.collect();
        self.note(&format!("{}: {}", text(&p["type"]), words.join(" ")));
    }
}

/// Whether an address leads out of the browser: into an app, to a telephone, to a file.
fn is_foreign(url: &str) -> bool {
    let scheme = url.split(':').next().unwrap_or_default().to_ascii_lowercase();
    !matches!(scheme.as_str(), "http" | "https" | "about" | "blob" | "data" | "javascript" | "")
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
