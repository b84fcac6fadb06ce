//! One Chromium for all visits: started by headless_chrome, spoken to over our own connection.

mod connection;
mod program;
mod tab;

use std::collections::HashMap;
use std::ffi::OsStr;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use headless_chrome::LaunchOptions;
use serde_json::{Value, json};
use tokio::sync::mpsc;

pub(crate) use connection::{CallError, Connection, Event};
pub use program::NotFound;
pub(crate) use tab::{Context, Tab};

use crate::options;

/// How long the browser may take for what concerns no page: opening and closing contexts.
pub(crate) const BROWSER_BOUND: Duration = Duration::from_secs(10);

/// How long headless_chrome's own connection may be idle; then it falls asleep, ours stays. Awake, it would attach
/// itself to every page of every visit. Its first call must be answered within the same time, hence several tries.
const PATIENCE: [Duration; 3] = [Duration::from_millis(1_000), Duration::from_millis(3_000), Duration::from_millis(9_000)];

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
    contexts: Contexts,
    /// When headless_chrome's own connection is asleep.
    alone_at: Instant,
    process: Option<headless_chrome::Browser>,
}

/// Who hears of the pages that open in a context.
type Contexts = Arc<Mutex<HashMap<String, mpsc::UnboundedSender<Attached>>>>;

/// A page that has just been opened, and waits to be told to go on.
pub(crate) struct Attached {
    pub(crate) session: String,
    pub(crate) target: String,
    pub(crate) url: String,
}

impl Chromium {
    pub(crate) async fn launch(options: &options::Browser) -> Result<Self, LaunchError> {
        let program = program::find(&options.path)?;
        let sandbox = options.sandbox;
        let path = program.clone();
        let launched = tokio::task::spawn_blocking(move || start(&path, sandbox)).await;
        let (process, address, alone_at) = launched
            .unwrap_or_else(|panic| Err(panic.to_string()))
            .map_err(|why| LaunchError::Started { program: program.clone(), why })?;
        let unreachable = |why: String| LaunchError::Connected { program: program.clone(), why };
        let connection = Connection::open(&address).await.map_err(|error| unreachable(error.to_string()))?;
        let contexts = Contexts::default();
        tokio::spawn(hear(connection.listen(""), Arc::clone(&contexts)));
        let version = prepare(&connection).await.map_err(|error| unreachable(error.to_string()))?;
        Ok(Self { connection, version, contexts, alone_at, process: Some(process) })
    }

    /// Opens an isolated context (cookies, storage, cache of its own) whose only way out is this proxy.
    pub(crate) async fn context(&self, proxy: std::net::SocketAddr) -> Result<Context, CallError> {
        tokio::time::sleep_until(self.alone_at.into()).await;
        let asked = json!({
            "disposeOnDetach": true,
            "proxyServer": format!("socks5://{proxy}"),
            "proxyBypassList": "<-loopback>",
        });
        let opened = self.connection.call("", "Target.createBrowserContext", asked, BROWSER_BOUND).await?;
        let id = opened["browserContextId"].as_str().unwrap_or_default().to_owned();
        let (listener, attached) = mpsc::unbounded_channel();
        self.contexts.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), listener);
        let contexts = Arc::clone(&self.contexts);
        Ok(Context::new(self.connection.clone(), id, attached, contexts))
    }

    /// Ends the process; it takes a moment, so not on a thread that others wait for.
    pub(crate) async fn stop(mut self) {
        if let Some(process) = self.process.take() {
            tokio::task::spawn_blocking(move || drop(process)).await.ok();
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            // Not here: this may be a thread of the runtime, and the process takes a moment to end.
            std::thread::spawn(move || drop(process));
        }
    }
}

/// Starts the process (blocking) and gives the address of its WebSocket.
fn start(program: &Path, sandbox: bool) -> Result<(headless_chrome::Browser, String, Instant), String> {
    let headless_shell = program::is_headless_shell(program);
    let mut switches = program::switches();
    if !headless_shell {
        switches.push("--headless=new".to_owned());
    }
    let mut why = String::new();
    for patience in PATIENCE {
        // A port of our own choosing: with it headless_chrome gives up at the first failure, and says why.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr());
        let options = LaunchOptions {
            path: Some(program.to_owned()),
            sandbox,
            port: Some(free.map_err(|error| error.to_string())?.port()),
            headless: headless_shell,
            ignore_certificate_errors: false,
            disable_default_args: true,
            args: switches.iter().map(OsStr::new).collect(),
            idle_browser_timeout: patience,
            ..LaunchOptions::default()
        };
        match headless_chrome::Browser::new(options) {
            Ok(browser) => {
                let address = browser.get_ws_url();
                return Ok((browser, address, Instant::now() + patience + Duration::from_millis(300)));
            }
            Err(error) => why = error.to_string(),
        }
    }
    Err(why)
}

/// Every page that opens, a visit's own or a pop-up, is attached to before it may do anything.
async fn prepare(connection: &Connection) -> Result<String, CallError> {
    let pages = json!([{"type": "page", "exclude": false}, {"exclude": true}]);
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
        let attached = Attached { session: text(&event.params["sessionId"]), target: text(&info["targetId"]), url: text(&info["url"]) };
        // Pages of no visit are the browser's own first one, which stays as it is: empty, and waiting.
        let contexts = contexts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(visit) = contexts.get(info["browserContextId"].as_str().unwrap_or_default()) {
            visit.send(attached).ok();
        }
    }
}
