//! Where a visitor sits while a page is before them: one tab, what is known of it, and the time that is left.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::try_join_all;
use model::chain::HopKind;
use model::snapshot::{Blocked, Part};
use model::units::{Clock, Level, Millis};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use crate::browser::{CallError, Chromium, Event, Tab};
use crate::capture::film::Film;
use crate::companions;
use crate::follow::Trail;
use crate::guard::{Gate, Journal};
use crate::options::Options;
use crate::traffic;
use crate::visit::Request;
use crate::visitor::Visitor;
use crate::watch::{Reply, Watch};

const BOUND: Duration = Duration::from_secs(5);
/// How long a document may be kept waiting for a picture of the screen that it replaces.
const PICTURE_BOUND: Duration = Duration::from_millis(800);
/// All pages of a chain together may take this many times what one may.
const PAGES: u32 = 3;
/// By this name the page's world tells us things; the script that uses it takes the name away at once.
pub(crate) const TELL: &str = "cdc_tell";
const HOOKS: &str = include_str!("hooks.js");

/// Where a tab is sent, and as what.
#[derive(Clone, Debug)]
pub(crate) struct Errand {
    pub(crate) kind: HopKind,
    pub(crate) url: String,
    pub(crate) referrer: Option<String>,
    pub(crate) level: Level,
    pub(crate) part: Part,
}

/// A tab of a visit under way.
pub(crate) struct Seat<'a> {
    pub(crate) tab: Tab,
    pub(crate) options: &'a Options,
    pub(crate) name: &'a str,
    pub(crate) visitor: &'a Visitor,
    pub(crate) clock: &'a Clock,
    pub(crate) journal: &'a Journal,
    pub(crate) browser: &'a Chromium,
    pub(crate) errand: Errand,
    pub(crate) film: Arc<Film>,
    main_frame: String,
    pub(crate) events: Arc<Mutex<Watch>>,
    time: Mutex<Time>,
    /// The isolated world of a document, by the count of moves it belongs to.
    world: Mutex<Option<(u64, u64)>>,
    listening: JoinHandle<()>,
}

struct Time {
    /// The visit's click, which all times count from.
    clicked: Instant,
    /// When this tab was sent on its errand.
    sent: Instant,
    page: Instant,
}

impl<'a> Seat<'a> {
    /// Takes a fresh tab. `clicked` is the visit's click; none when this tab is to do it.
    pub(crate) async fn take(
        tab: Tab,
        browser: &'a Chromium,
        gate: &'a Gate,
        request: &'a Request<'a>,
        errand: Errand,
        clicked: Option<Instant>,
    ) -> Result<Self, CallError> {
        let events = tab.events();
        tab.tell("Runtime.runIfWaitingForDebugger", json!({}));
        let frames = tab.call("Page.getFrameTree", json!({}), BOUND).await?;
        let main_frame = frames["frameTree"]["frame"]["id"].as_str().unwrap_or_default().to_owned();
        let now = Instant::now();
        let clicked = clicked.unwrap_or(now);
        let trail = Trail::beginning_as(errand.kind, request.options.follow.max_hops);
        let watch = Watch::new(
            main_frame.clone(),
            trail,
            millis(clicked.elapsed()),
            request.options.capture.max_document_bytes,
        );
        let watch = Arc::new(Mutex::new(watch));
        let film = Arc::new(Film::new(&request.options.capture));
        let listening =
            tokio::spawn(listen(tab.clone(), events, Arc::clone(&watch), Arc::clone(&film), request.visitor.clone()));
        let seat = Self {
            tab,
            options: request.options,
            name: request.name,
            visitor: request.visitor,
            clock: request.clock,
            journal: gate.journal(),
            browser,
            errand,
            film,
            main_frame,
            events: watch,
            time: Mutex::new(Time { clicked, sent: now, page: now }),
            world: Mutex::new(None),
            listening,
        };
        seat.prepare().await?;
        Ok(seat)
    }

    /// Makes the tab the visitor's, and switches on what it is to tell.
    async fn prepare(&self) -> Result<(), CallError> {
        let bodies = self.options.capture.max_visit_bytes;
        let network = json!({
            "maxTotalBufferSize": bodies,
            "maxResourceBufferSize": self.options.capture.max_body_bytes,
            "enableDurableMessages": true,
            "maxPostDataSize": traffic::MOST_POSTED,
        });
        let mut calls = vec![
            ("Page.enable", json!({})),
            ("Network.enable", network),
            ("Runtime.enable", json!({})),
            ("Log.enable", json!({})),
            ("Inspector.enable", json!({})),
            ("Runtime.addBinding", json!({"name": TELL})),
            ("Page.addScriptToEvaluateOnNewDocument", json!({"source": HOOKS.replace("__TELL__", TELL)})),
            ("Fetch.enable", json!({"patterns": [{"resourceType": "Document", "requestStage": "Request"}]})),
        ];
        calls.extend(self.visitor.calls());
        calls.push(companions::announced());
        // They are sent in this order; nobody waits for one answer before the next question.
        try_join_all(calls.into_iter().map(|(method, params)| self.tab.call(method, params, BOUND))).await?;
        Ok(())
    }

    /// Sends the tab on its errand; nobody waits for the answer, the events tell.
    pub(crate) fn go(&self) {
        let now = Instant::now();
        {
            let mut time = lock(&self.time);
            if self.errand.kind == HopKind::Click {
                time.clicked = now;
            }
            (time.sent, time.page) = (now, now);
        }
        self.tab.tell("Page.navigate", self.visitor.click(&self.errand.url, self.errand.referrer.as_deref()));
    }

    /// From here on buttons are pressed: no document is left, and nothing that scripts send submits anything.
    pub(crate) async fn begin_pressing(&self) -> Result<(), CallError> {
        let kinds = ["Document", "XHR", "Fetch", "Ping", "EventSource", "Image", "Script", "Other"];
        let patterns: Vec<Value> =
            kinds.iter().map(|kind| json!({"resourceType": kind, "requestStage": "Request"})).collect();
        {
            let mut watch = self.watch();
            (watch.catching, watch.gesture) = (true, true);
        }
        self.tab.call("Network.setBypassServiceWorker", json!({"bypass": true}), BOUND).await?;
        self.tab.call("Network.setBlockedURLs", json!({"urls": ["ws://*", "wss://*"]}), BOUND).await.ok();
        self.tab.call("Fetch.enable", json!({"patterns": patterns}), BOUND).await?;
        Ok(())
    }

    pub(crate) fn clicked(&self) -> Instant {
        lock(&self.time).clicked
    }

    pub(crate) fn watch(&self) -> MutexGuard<'_, Watch> {
        lock(&self.events)
    }

    pub(crate) fn has_moved(&self, moves: u64) -> bool {
        let watch = self.watch();
        watch.moves != moves || watch.is_moving()
    }

    /// Gives a new document its own time.
    pub(crate) fn postpone(&self) {
        lock(&self.time).page = Instant::now();
    }

    pub(crate) fn left(&self) -> Duration {
        let page = Duration::from_secs(self.options.follow.page_timeout_secs);
        let time = lock(&self.time);
        page.saturating_sub(time.page.elapsed()).min((page * PAGES).saturating_sub(time.sent.elapsed()))
    }

    /// The wall clock's time of the visit's click.
    pub(crate) fn clicked_at(&self) -> DateTime<Utc> {
        let since = TimeDelta::from_std(lock(&self.time).clicked.elapsed()).unwrap_or_default();
        (self.clock)() - since
    }

    pub(crate) fn since_click(&self) -> Millis {
        millis(lock(&self.time).clicked.elapsed())
    }

    /// What the guard refused, as a snapshot tells it.
    pub(crate) fn refusals(&self) -> Vec<Blocked> {
        let refused = self.journal.refused().into_iter();
        refused
            .map(|(host, port, address, class)| Blocked {
                url: format!("{host}:{port}"),
                reason: format!("the guard refused {address} ({class})"),
            })
            .collect()
    }

    /// Evaluates in a world of its own, where the page's scripts cannot reach; what it promises is waited for.
    pub(crate) async fn evaluate(&self, script: &str, bound: Duration) -> Result<Value, CallError> {
        let moves = self.watch().moves;
        let known = lock(&self.world).filter(|(of, _)| *of == moves).map(|(_, world)| world);
        if let Some(world) = known {
            match self.evaluate_in(world, script, bound).await {
                Err(CallError::Refused { .. }) => {}
                answer => return answer,
            }
        }
        let made = self
            .tab
            .call("Page.createIsolatedWorld", json!({"frameId": self.main_frame, "worldName": "postlink"}), bound)
            .await?;
        let world = made["executionContextId"].as_u64().unwrap_or_default();
        *lock(&self.world) = Some((moves, world));
        self.evaluate_in(world, script, bound).await
    }

    async fn evaluate_in(&self, world: u64, script: &str, bound: Duration) -> Result<Value, CallError> {
        let asked = json!({"expression": script, "contextId": world, "returnByValue": true, "awaitPromise": true, "silent": true});
        let mut answer = self.tab.call("Runtime.evaluate", asked, bound).await?;
        Ok(answer["result"]["value"].take())
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.listening.abort();
        self.tab.close();
    }
}

/// Takes the tab's events in, and answers those that wait.
async fn listen(
    tab: Tab,
    mut events: mpsc::Receiver<Event>,
    watch: Arc<Mutex<Watch>>,
    film: Arc<Film>,
    visitor: Visitor,
) {
    let dress = Arc::new(visitor.worker_calls());
    let mut beside = JoinSet::new();
    while let Some(event) = events.recv().await {
        while beside.try_join_next().is_some() {}
        if event.method == "Target.attachedToTarget" {
            let session = event.params["sessionId"].as_str().unwrap_or_default().to_owned();
            beside.spawn(companions::attend(tab.worker(session), Arc::clone(&watch), Arc::clone(&dress)));
            continue;
        }
        if event.method == "Page.screencastFrame" {
            tab.tell("Page.screencastFrameAck", json!({"sessionId": event.params["sessionId"]}));
            film.hears(&event.params["data"]);
            continue;
        }
        let reply = lock(&watch).take(&event);
        // Documents are asked for with the headers of the visitor's browser, in its order.
        let headers = || visitor.document_headers(&event.params["request"]["headers"]);
        let go_on = |mut params: Value, document: bool| {
            if let Some(headers) = Some(()).filter(|()| document).and_then(|()| headers()) {
                params["headers"] = headers.into();
            }
            params
        };
        let document = event.params["resourceType"] == "Document";
        match reply {
            None => {}
            Some(Reply::Call("Fetch.continueRequest", params)) => {
                tab.tell("Fetch.continueRequest", go_on(params, document));
            }
            Some(Reply::Call(method, params)) => tab.tell(method, params),
            Some(Reply::StopListening) => {
                tab.tell("Runtime.disable", json!({}));
                tab.tell("Log.disable", json!({}));
            }
            Some(Reply::LeaveFor { request, from }) => {
                let params = go_on(json!({"requestId": request}), true);
                let (tab, watch, film) = (tab.clone(), Arc::clone(&watch), Arc::clone(&film));
                beside.spawn(async move {
                    leave(&tab, &watch, &film, from).await;
                    tab.tell("Fetch.continueRequest", params);
                });
            }
        }
    }
}

/// Pictures the screen that is about to be left.
async fn leave(tab: &Tab, watch: &Mutex<Watch>, film: &Film, from: u16) {
    let at_ms = lock(watch).traffic.now();
    if let Some(picture) = film.shoot(tab, at_ms, from, PICTURE_BOUND).await {
        lock(watch).trail.leave(from, picture);
    }
}

fn millis(time: Duration) -> Millis {
    Millis(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
