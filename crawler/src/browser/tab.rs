//! An isolated context of the browser, and the tabs a visit has in it.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::browser::{Arrivals, Attached, BROWSER_BOUND, CallError, Connection, Contexts, Event};

/// Cookies, storage, cache and proxy of one visit. Dropping it closes all its pages.
pub(crate) struct Context {
    connection: Connection,
    id: String,
    uninvited: Option<mpsc::UnboundedReceiver<Attached>>,
    contexts: Contexts,
    /// One tab is opened at a time.
    opening: tokio::sync::Mutex<()>,
}

/// A tab of a visit.
#[derive(Clone)]
pub(crate) struct Tab {
    connection: Connection,
    session: String,
    pub(crate) target: String,
}

/// A page or worker that nobody here opened.
pub(crate) struct Other {
    tab: Tab,
    pub(crate) opener: Option<String>,
    pub(crate) is_worker: bool,
}

impl Context {
    pub(super) fn new(
        connection: Connection,
        id: String,
        uninvited: mpsc::UnboundedReceiver<Attached>,
        contexts: Contexts,
    ) -> Self {
        Self { connection, id, uninvited: Some(uninvited), contexts, opening: tokio::sync::Mutex::default() }
    }

    /// The pop-ups and service workers of this context, as they come; there is one listener.
    pub(crate) fn uninvited(&mut self) -> mpsc::UnboundedReceiver<Attached> {
        self.uninvited.take().unwrap_or_else(|| mpsc::unbounded_channel().1)
    }

    /// Somebody uninvited, to be spoken to.
    pub(crate) fn other(&self, attached: Attached) -> Other {
        let Attached { session, target, opener, is_worker } = attached;
        Other { tab: Tab { connection: self.connection.clone(), session, target }, opener, is_worker }
    }

    /// Opens a tab, which waits to be told to go on.
    pub(crate) async fn tab(&self) -> Result<Tab, CallError> {
        let method = "Target.createTarget";
        let _one = self.opening.lock().await;
        self.arrivals(|arrivals| arrivals.opening = true);
        let opened = self.open(method).await;
        self.arrivals(|arrivals| {
            arrivals.opening = false;
            for other in arrivals.waiting.drain(..) {
                arrivals.uninvited.send(other).ok();
            }
        });
        opened
    }

    async fn open(&self, method: &'static str) -> Result<Tab, CallError> {
        let asked = json!({"url": "about:blank", "browserContextId": self.id});
        let opened = self.connection.call("", method, asked, BROWSER_BOUND).await?;
        let target = opened["targetId"].as_str().unwrap_or_default().to_owned();
        let began = Instant::now();
        while began.elapsed() < BROWSER_BOUND {
            let ours = self.arrivals(|arrivals| {
                let at = arrivals.waiting.iter().position(|arrived| arrived.target == target)?;
                Some(arrivals.waiting.swap_remove(at))
            });
            if let Some(ours) = ours.flatten() {
                return Ok(Tab { connection: self.connection.clone(), session: ours.session, target });
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Err(CallError::TimedOut { method, bound: BROWSER_BOUND })
    }

    fn arrivals<T>(&self, change: impl FnOnce(&mut Arrivals) -> T) -> Option<T> {
        self.contexts.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&self.id).map(change)
    }

    /// Nothing is saved, nothing is permitted.
    pub(crate) async fn deny(&self) -> Result<(), CallError> {
        let here = &self.id;
        let downloads = json!({"behavior": "deny", "browserContextId": here});
        self.connection.call("", "Browser.setDownloadBehavior", downloads, BROWSER_BOUND).await?;
        let permissions = json!({"permissions": [], "browserContextId": here});
        self.connection.call("", "Browser.grantPermissions", permissions, BROWSER_BOUND).await?;
        Ok(())
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        self.contexts.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
        self.connection.tell("", "Target.disposeBrowserContext", json!({"browserContextId": self.id}));
    }
}

impl Tab {
    pub(crate) async fn call(&self, method: &'static str, params: Value, bound: Duration) -> Result<Value, CallError> {
        self.connection.call(&self.session, method, params, bound).await
    }

    pub(crate) fn tell(&self, method: &str, params: Value) {
        self.connection.tell(&self.session, method, params);
    }

    pub(crate) fn events(&self) -> mpsc::Receiver<Event> {
        self.connection.listen(&self.session)
    }

    /// A worker that its page started.
    pub(crate) fn worker(&self, session: String) -> Other {
        let tab = Self { connection: self.connection.clone(), session, target: String::new() };
        Other { tab, opener: None, is_worker: true }
    }

    /// Ends the tab, hung or not.
    pub(crate) fn close(&self) {
        self.connection.forget(&self.session);
        self.connection.tell("", "Target.closeTarget", json!({"targetId": self.target}));
    }

    pub(crate) fn is_lost(&self) -> bool {
        !self.connection.is_open()
    }
}

impl Other {
    /// Lets it go on, with each of its requests stopped at an interception, after these calls; and gives its events.
    ///
    /// A page that still waits cannot be closed, and holds up the one that opened it: so it must go on.
    pub(crate) fn intercepted(&self, before: &[(&'static str, Value)]) -> mpsc::Receiver<Event> {
        let events = self.tab.events();
        self.tab.tell("Fetch.enable", json!({"patterns": [{"urlPattern": "*"}]}));
        for (method, params) in before {
            self.tab.tell(method, params.clone());
        }
        self.tab.tell("Runtime.runIfWaitingForDebugger", json!({}));
        events
    }

    pub(crate) fn tell(&self, method: &str, params: Value) {
        self.tab.tell(method, params);
    }

    /// A worker that it started.
    pub(crate) fn worker(&self, session: String) -> Self {
        self.tab.worker(session)
    }

    pub(crate) fn close(&self) {
        self.tab.close();
    }
}
