//! Where a visitor sits while a page is before them: the tab, what is known of it, and the time that is left.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use model::snapshot::Blocked;
use model::units::{Clock, Millis};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use url::Url;

use crate::browser::{Attached, CallError, Chromium, Event, Tab};
use crate::guard::{Gate, Journal};
use crate::options::Options;
use crate::visit::Request;
use crate::visitor::Visitor;
use crate::watch::Watch;

const BOUND: Duration = Duration::from_secs(5);
/// All pages of a chain together may take this many times what one may.
const PAGES: u32 = 3;

/// A visit under way.
pub(crate) struct Seat<'a> {
    pub(crate) tab: Tab,
    pub(crate) options: &'a Options,
    pub(crate) name: &'a str,
    pub(crate) visitor: &'a Visitor,
    pub(crate) clock: &'a Clock,
    pub(crate) journal: &'a Journal,
    pub(crate) browser_version: &'a str,
    pub(crate) click: &'a Url,
    main_frame: String,
    watch: Arc<Mutex<Watch>>,
    time: Mutex<Time>,
    /// The isolated world of a document, by the count of moves it belongs to.
    world: Mutex<Option<(u64, u64)>>,
    listening: Vec<JoinHandle<()>>,
}

struct Time {
    clicked: Instant,
    page: Instant,
}

impl<'a> Seat<'a> {
    pub(crate) async fn take(
        tab: Tab,
        popups: mpsc::UnboundedReceiver<Attached>,
        browser: &'a Chromium,
        gate: &'a Gate,
        request: &'a Request<'a>,
    ) -> Result<Self, CallError> {
        let events = tab.events();
        tab.tell("Runtime.runIfWaitingForDebugger", json!({}));
        let frames = tab.call("Page.getFrameTree", json!({}), BOUND).await?;
        let main_frame = frames["frameTree"]["frame"]["id"].as_str().unwrap_or_default().to_owned();
        let watch = Arc::new(Mutex::new(Watch::new(main_frame.clone(), request.options.follow.max_hops)));
        let listening = vec![
            tokio::spawn(listen(tab.clone(), events, Arc::clone(&watch))),
            tokio::spawn(close_popups(tab.clone(), popups, Arc::clone(&watch))),
        ];
        let now = Instant::now();
        let seat = Self {
            tab,
            options: request.options,
            name: request.name,
            visitor: request.visitor,
            clock: request.clock,
            journal: gate.journal(),
            browser_version: &browser.version,
            click: &request.click,
            main_frame,
            watch,
            time: Mutex::new(Time { clicked: now, page: now }),
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
        });
        let mut calls = vec![
            ("Page.enable", json!({})),
            ("Network.enable", network),
            ("Runtime.enable", json!({})),
            ("Log.enable", json!({})),
            ("Inspector.enable", json!({})),
            ("Network.setBypassServiceWorker", json!({"bypass": true})),
            ("Fetch.enable", json!({"patterns": [{"resourceType": "Document", "requestStage": "Request"}]})),
        ];
        calls.extend(self.visitor.calls());
        for (method, params) in calls {
            self.tab.call(method, params, BOUND).await?;
        }
        Ok(())
    }

    /// The click; nobody waits for its answer, the events tell.
    pub(crate) fn click(&self) {
        let now = Instant::now();
        *lock(&self.time) = Time { clicked: now, page: now };
        self.tab.tell("Page.navigate", json!({"url": self.click.as_str(), "transitionType": "link"}));
    }

    pub(crate) fn watch(&self) -> MutexGuard<'_, Watch> {
        lock(&self.watch)
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
        page.saturating_sub(time.page.elapsed()).min((page * PAGES).saturating_sub(time.clicked.elapsed()))
    }

    pub(crate) fn since_click(&self) -> Millis {
        Millis(u64::try_from(lock(&self.time).clicked.elapsed().as_millis()).unwrap_or(u64::MAX))
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

    /// Evaluates in a world of its own, where the page's scripts cannot reach.
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
        let asked = json!({"expression": script, "contextId": world, "returnByValue": true, "silent": true});
        let mut answer = self.tab.call("Runtime.evaluate", asked, bound).await?;
        Ok(answer["result"]["value"].take())
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        for listening in &self.listening {
            listening.abort();
        }
    }
}

/// Takes the tab's events in, and answers those that wait.
async fn listen(tab: Tab, mut events: mpsc::Receiver<Event>, watch: Arc<Mutex<Watch>>) {
    while let Some(event) = events.recv().await {
        let replies = lock(&watch).take(&event);
        for (method, params) in replies {
            tab.tell(method, params);
        }
    }
}

/// Closes every further page of the visit before it has asked for anything.
async fn close_popups(tab: Tab, mut popups: mpsc::UnboundedReceiver<Attached>, watch: Arc<Mutex<Watch>>) {
    while let Some(popup) = popups.recv().await {
        tab.close_other(&popup);
        if !popup.url.is_empty() && popup.url != "about:blank" {
            lock(&watch).block(&popup.url, "a pop-up window was closed, not followed");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
