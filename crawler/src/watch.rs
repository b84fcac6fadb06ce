//! What a tab tells while it is visited, and what it must be answered at once.

mod held;
mod moves;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use model::chain::{Act, ActKind, Way};
use model::snapshot::Blocked;
use model::units::Millis;
use serde_json::{Value, json};

use crate::browser::Event;
use crate::capture::words::Words;
use crate::certificates::Certificates;
use crate::follow::{Announced, Trail};
use crate::traffic::Traffic;

pub(crate) use held::Caught;
pub(crate) use moves::Moved;

/// Lines of the console, and things held back, that are kept; and characters of each.
const MOST_LINES: usize = 200;
const MOST_CHARS: usize = 500;
/// Ways on and acts that are kept of one tab.
const MOST_NOTED: usize = 60;
/// A page that was there for less, loaded, was a door to the next: its visitor saw nothing of it.
const A_DOOR: Duration = Duration::from_millis(400);
/// An announced refresh further away than this is no way of sending somebody on.
const FAR: Duration = Duration::from_secs(15);

/// What must be done about an event at once.
pub(crate) enum Reply {
    /// A call; nobody waits for what it returns.
    Call(&'static str, Value),
    /// The page says more than is kept: nothing more is to be heard of its console.
    StopListening,
    /// Another document may be asked for once the screen it replaces has been pictured.
    LeaveFor { request: String, from: u16 },
}

/// Everything known of a tab from the browser's events.
pub(crate) struct Watch {
    main: String,
    pub(crate) trail: Trail,
    pub(crate) traffic: Traffic,
    pub(crate) certificates: Certificates,
    pub(crate) console: Vec<String>,
    pub(crate) blocked: Vec<Blocked>,
    pub(crate) ways: Vec<Way>,
    pub(crate) acts: Vec<Act>,
    pub(crate) page: Page,
    /// What the frames last announced, by frame.
    announced: HashMap<String, Announced>,
    /// When an announced refresh is due.
    due: Option<Instant>,
    /// Counts the documents asked for: whoever sees it change knows that the page has moved on.
    pub(crate) moves: u64,
    /// How often the tab went from one entry of its history to another of the same document, or got a new one.
    pub(crate) within: u64,
    /// Changes of the address without a document, since they were last looked at.
    pub(crate) history: Vec<Moved>,
    /// A form or a document that was held back, at the top of the page.
    pub(crate) held_back: Option<String>,
    pub(crate) download: Option<String>,
    pub(crate) app_link: Option<String>,
    /// Whether a gesture of ours is what happens now comes from.
    pub(crate) gesture: bool,
    /// While buttons are pressed no document is left: those asked for are caught here.
    pub(crate) catching: bool,
    pub(crate) caught: Vec<Caught>,
    /// Bytes of a document beyond which it is not read on.
    most_document: u64,
    deaf: bool,
    pub(crate) popups: usize,
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
    /// Since when it is loaded.
    loaded_at: Option<Instant>,
    /// Chromium shows its own error page.
    pub(crate) failed: Option<String>,
    pub(crate) crashed: bool,
    /// Why the document is not all there.
    pub(crate) incomplete: Option<String>,
    /// What it has said so far, and since when.
    pub(crate) words: Words,
}

impl Watch {
    /// `offset` is how long after the click this tab began.
    pub(crate) fn new(main_frame: String, trail: Trail, offset: Millis, most_document: u64) -> Self {
        Self {
            main: main_frame,
            trail,
            traffic: Traffic::new(offset),
            certificates: Certificates::default(),
            console: Vec::new(),
            blocked: Vec::new(),
            ways: Vec::new(),
            acts: Vec::new(),
            page: Page::default(),
            announced: HashMap::new(),
            due: None,
            moves: 0,
            within: 0,
            history: Vec::new(),
            held_back: None,
            download: None,
            app_link: None,
            gesture: false,
            catching: false,
            caught: Vec::new(),
            most_document,
            deaf: false,
            popups: 0,
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
    pub(crate) fn take(&mut self, event: &Event) -> Option<Reply> {
        let p = &event.params;
        if self.console.len() >= MOST_LINES && !self.deaf {
            self.deaf = true;
            return Some(Reply::StopListening);
        }
        match event.method.as_str() {
            "Network.requestWillBeSent" => return self.sent(p),
            "Network.responseReceived" => self.answered(p),
            "Network.requestWillBeSentExtraInfo" => self.traffic.sent_on_the_wire(p),
            "Network.responseReceivedExtraInfo" => self.traffic.answered_on_the_wire(p),
            "Network.dataReceived" => return self.received(p),
            "Network.loadingFinished" => self.traffic.ended(p, true),
            "Network.loadingFailed" => self.failed(p),
            "Page.frameNavigated" => self.committed(&p["frame"]),
            "Page.navigatedWithinDocument" => self.moved_within(p),
            "Page.domContentEventFired" => self.page.dom_ready = self.page.committed,
            "Page.loadEventFired" => {
                self.page.loaded = self.page.committed;
                self.page.loaded_at = Some(Instant::now());
            }
            // A document whose next one was held back fires neither of the two, but stops.
            "Page.frameStoppedLoading" if p["frameId"] == self.main.as_str() && self.page.asked.is_none() => {
                (self.page.dom_ready, self.page.loaded) = (self.page.committed, self.page.committed);
            }
            "Page.frameScheduledNavigation" => self.scheduled(p),
            "Page.frameClearedScheduledNavigation" if p["frameId"] == self.main.as_str() => self.due = None,
            "Page.frameRequestedNavigation" => self.requested(p),
            "Page.downloadWillBegin" => self.downloads(p),
            "Page.windowOpen" => self.opens_window(p),
            "Page.javascriptDialogOpening" => return Some(self.dialog(p)),
            "Fetch.requestPaused" => return Some(self.paused(p)),
            "Runtime.bindingCalled" => self.told(p),
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
        None
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

    /// A way on, each address of a kind once.
    pub(crate) fn way(&mut self, way: Way) {
        let known = |other: &Way| (other.kind, &other.url, &other.words) == (way.kind, &way.url, &way.words);
        if self.ways.len() < MOST_NOTED && !self.ways.iter().any(known) {
            self.ways.push(way);
        }
    }

    /// Something the page did; of one sort only the first is told.
    pub(crate) fn act(&mut self, kind: ActKind, at_ms: Millis, detail: impl Into<String>) {
        if !self.acts.iter().any(|act| act.kind == kind && act.hop == self.hop()) {
            self.acts.push(Act { kind, hop: self.hop(), at_ms, detail: detail.into() });
        }
    }

    /// Whether the visitor had a page before them.
    fn shows_a_page(&self) -> bool {
        self.page.committed && self.page.loaded_at.is_some_and(|since| since.elapsed() >= A_DOOR)
    }

    /// The hop whose page is before the visitor.
    pub(crate) fn hop(&self) -> u16 {
        self.trail.hops().last().map_or(0, |hop| hop.index)
    }

    fn dialog(&mut self, p: &Value) -> Reply {
        let kind = text(&p["type"]);
        let message = text(&p["message"]);
        self.note(&format!("{kind}: {message}"));
        let at_ms = self.traffic.now();
        let shown: String = message.chars().take(MOST_CHARS).collect();
        self.act(ActKind::Dialog, at_ms, format!("{kind}: {shown}"));
        // A page may not hold us back from leaving; everything else is declined.
        Reply::Call("Page.handleJavaScriptDialog", json!({"accept": kind == "beforeunload"}))
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

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
