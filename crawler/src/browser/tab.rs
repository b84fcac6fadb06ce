//! An isolated context of the browser, and the one tab a visit has in it.

use std::sync::PoisonError;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::browser::{Attached, BROWSER_BOUND, CallError, Connection, Contexts, Event};

/// Cookies, storage, cache and proxy of one visit. Dropping it closes all its pages.
pub(crate) struct Context {
    connection: Connection,
    id: String,
    attached: Option<mpsc::UnboundedReceiver<Attached>>,
    contexts: Contexts,
}

/// The one tab of a visit.
#[derive(Clone)]
pub(crate) struct Tab {
    connection: Connection,
    session: String,
    target: String,
}

impl Context {
    pub(super) fn new(
        connection: Connection,
        id: String,
        attached: mpsc::UnboundedReceiver<Attached>,
        contexts: Contexts,
    ) -> Self {
        Self { connection, id, attached: Some(attached), contexts }
    }

    /// Opens the tab, which waits to be told to go on; and gives who hears of every further page: those are pop-ups.
    pub(crate) async fn tab(&mut self) -> Result<(Tab, mpsc::UnboundedReceiver<Attached>), CallError> {
        let method = "Target.createTarget";
        let (Some(mut attached), connection) = (self.attached.take(), self.connection.clone()) else {
            return Err(CallError::Lost { method });
        };
        let opened = connection
            .call("", method, json!({"url": "about:blank", "browserContextId": self.id}), BROWSER_BOUND)
            .await?;
        let target = opened["targetId"].as_str().unwrap_or_default().to_owned();
        let first = timeout(BROWSER_BOUND, attached.recv()).await;
        let first = first
            .map_err(|_| CallError::TimedOut { method, bound: BROWSER_BOUND })?
            .ok_or(CallError::Lost { method })?;
        Ok((Tab { connection, session: first.session, target }, attached))
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

    /// Closes another page of the visit before it has asked for anything.
    ///
    /// A page that still waits cannot be closed, and holds up the one that opened it: it goes on, but each of its
    /// requests stops at an interception that nobody answers.
    pub(crate) fn close_other(&self, other: &Attached) {
        self.connection.tell(&other.session, "Fetch.enable", json!({"patterns": [{"urlPattern": "*"}]}));
        self.connection.tell(&other.session, "Runtime.runIfWaitingForDebugger", json!({}));
        self.connection.tell("", "Target.closeTarget", json!({"targetId": other.target}));
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
