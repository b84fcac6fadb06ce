//! One Chromium for all visits: started by headless_chrome, spoken to over our own connection.

mod connection;
mod memory;
mod process;
mod program;
mod stale;
mod tab;

pub(crate) use program::ACCEPT_LANGUAGE;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::snapshot::Health;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub(crate) use connection::{CallError, Connection, Event};
use process::Process;
pub use program::{NotFound, find as find_program};
pub(crate) use tab::{Context, Other, Tab};

use crate::options;

/// How long the browser may take for what concerns no page: opening and closing contexts.
pub(crate) const BROWSER_BOUND: Duration = Duration::from_secs(10);

/// Why the browser did not start.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    #[error(transparent)]
    NotFound(#[from] NotFound),
    #[error("{program} did not start: {why}. As root, or in a container, Chromium needs `browser.sandbox = false`")]
    Started { program: PathBuf, why: String },
    #[error("{program} started, but could not be spoken to: {why}")]
    Connected { program: PathBuf, why: String },
}

/// A running browser. Dropping it kills the process and removes its profile.
pub(crate) struct Chromium {
    pub(crate) connection: Connection,
    /// `Chrome/156.0.8078.79`
    pub(crate) version: String,
    /// How it was found when it was started.
    pub(crate) health: Option<Health>,
    contexts: Contexts,
    bounding: JoinHandle<()>,
    process: Process,
}

/// What is known of each context.
type Contexts = Arc<Mutex<HashMap<String, Arrivals>>>;

/// The pages and workers that open in a context.
struct Arrivals {
    /// Who hears of those that nobody here asked for.
    uninvited: mpsc::UnboundedSender<Attached>,
    /// Those that came while a tab was being opened: one of them is that tab.
    waiting: Vec<Attached>,
    opening: bool,
}

/// A page, a shared or a service worker that has just been started, and waits to be told to go on.
#[derive(Debug)]
pub(crate) struct Attached {
    pub(crate) session: String,
    pub(crate) target: String,
    /// The tab that opened it, where the browser tells.
    pub(crate) opener: Option<String>,
    pub(crate) is_worker: bool,
}

impl Chromium {
    pub(crate) async fn launch(options: &options::Browser) -> Result<Self, LaunchError> {
        match Self::launched(options).await {
            // On a busy machine one that has started may not answer in time; another one may.
            Err(LaunchError::Connected { .. }) => Self::launched(options).await,
            launched => launched,
        }
    }

    async fn launched(options: &options::Browser) -> Result<Self, LaunchError> {
        let program = program::find(&options.path)?;
        let sandbox = options.sandbox;
        let path = program.clone();
        let launched = tokio::task::spawn_blocking(move || Process::start(&path, sandbox)).await;
        let process = launched
            .unwrap_or_else(|panic| Err(panic.to_string()))
            .map_err(|why| LaunchError::Started { program: program.clone(), why })?;
        let unreachable = |why: String| LaunchError::Connected { program: program.clone(), why };
        let connection = Connection::open(&process.address).await.map_err(|error| unreachable(error.to_string()))?;
        let contexts = Contexts::default();
        tokio::spawn(hear(connection.listen(""), Arc::clone(&contexts)));
        let version = prepare(&connection).await.map_err(|error| unreachable(error.to_string()))?;
        let bounding = tokio::spawn(memory::bound(process.profile.clone(), options.max_page_memory_mb << 20));
        Ok(Self { connection, version, health: None, contexts, bounding, process })
    }

    /// Opens an isolated context (cookies, storage, cache of its own) whose only way out is this proxy.
    pub(crate) async fn context(&self, proxy: std::net::SocketAddr) -> Result<Context, CallError> {
        tokio::time::sleep_until(self.process.alone_at.into()).await;
        let asked = json!({
            "disposeOnDetach": true,
            "proxyServer": format!("socks5://{proxy}"),
            "proxyBypassList": "<-loopback>",
        });
        let opened = self.connection.call("", "Target.createBrowserContext", asked, BROWSER_BOUND).await?;
        let id = opened["browserContextId"].as_str().unwrap_or_default().to_owned();
        let (uninvited, arrived) = mpsc::unbounded_channel();
        let arrivals = Arrivals { uninvited, waiting: Vec::new(), opening: false };
        self.contexts.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), arrivals);
        let contexts = Arc::clone(&self.contexts);
        Ok(Context::new(self.connection.clone(), id, arrived, contexts))
    }

    /// Ends the process; it takes a moment, so not on a thread that others wait for.
    pub(crate) async fn stop(self) {
        tokio::task::spawn_blocking(move || drop(self)).await.ok();
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        self.bounding.abort();
    }
}

/// Every page that opens, a visit's own or a pop-up, and every worker is attached to before it may do anything.
async fn prepare(connection: &Connection) -> Result<String, CallError> {
    let pages = json!([{"type": "page"}, {"type": "shared_worker"}, {"type": "service_worker"}, {"exclude": true}]);
    let attach = json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": pages});
    connection.call("", "Target.setAutoAttach", attach, BROWSER_BOUND).await?;
    let version = connection.call("", "Browser.getVersion", json!({}), BROWSER_BOUND).await?;
    Ok(version["product"].as_str().unwrap_or_default().to_owned())
}

/// Passes the browser's own events on to the visits they concern.
async fn hear(mut events: mpsc::Receiver<Event>, contexts: Contexts) {
    while let Some(event) = events.recv().await {
        if event.method != "Target.attachedToTarget" {
            continue;
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let info = &event.params["targetInfo"];
        let attached = Attached {
            session: text(&event.params["sessionId"]),
            target: text(&info["targetId"]),
            opener: info["openerId"].as_str().map(str::to_owned),
            is_worker: info["type"] != "page",
        };
        // Pages of no visit are the browser's own first one, which stays as it is: empty, and waiting.
        let mut contexts = contexts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(arrivals) = contexts.get_mut(info["browserContextId"].as_str().unwrap_or_default()) {
            if arrivals.opening {
                arrivals.waiting.push(attached);
            } else {
                arrivals.uninvited.send(attached).ok();
            }
        }
    }
}
