//! One WebSocket to the browser: calls with a time limit, events by session.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// A message from the browser longer than this ends the connection: a page's layout can be some ten MB.
const MOST_BYTES: usize = 256 << 20;
/// Events waiting for one listener; what comes when they are this many is lost to it.
const MOST_WAITING: usize = 10_000;

/// How messages of a page's console begin, and how many of them are read in one session.
const CONSOLE: [&str; 3] = [
    "{\"method\":\"Runtime.consoleAPICalled\"",
    "{\"method\":\"Runtime.exceptionThrown\"",
    "{\"method\":\"Log.entryAdded\"",
];
const MOST_CHATTER: u32 = 500;

/// A connection to a running browser, shared by all visits.
///
/// headless_chrome's own calls wait as long as its connection may be idle, and an answer that comes after the
/// wait ends the connection for everybody. Here each call has its limit and a late answer is dropped.
#[derive(Clone)]
pub(crate) struct Connection(Arc<Inner>);

struct Inner {
    out: mpsc::UnboundedSender<Message>,
    next: AtomicU64,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Value>>>,
    /// By session; the browser's own events under the empty name.
    listeners: Mutex<HashMap<String, mpsc::Sender<Event>>>,
    /// Lines that each session's console has written.
    chatter: Mutex<HashMap<String, u32>>,
    open: AtomicBool,
}

/// Something the browser tells of its own accord.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) method: String,
    pub(crate) params: Value,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error("{method}: {message}")]
    Refused { method: &'static str, message: String },
    #[error("{method}: no answer within {} ms", bound.as_millis())]
    TimedOut { method: &'static str, bound: Duration },
    #[error("{method}: the connection to the browser is lost")]
    Lost { method: &'static str },
}

impl Connection {
    pub(crate) async fn open(address: &str) -> Result<Self, tokio_tungstenite::tungstenite::Error> {
        let limits = WebSocketConfig::default().max_message_size(Some(MOST_BYTES)).max_frame_size(Some(MOST_BYTES));
        let (socket, _) = tokio_tungstenite::connect_async_with_config(address, Some(limits), true).await?;
        let (mut sink, mut stream) = socket.split();
        let (out, mut to_send) = mpsc::unbounded_channel();
        let inner = Arc::new(Inner {
            out,
            next: AtomicU64::new(1),
            waiting: Mutex::default(),
            listeners: Mutex::default(),
            chatter: Mutex::default(),
            open: AtomicBool::new(true),
        });
        tokio::spawn(async move {
            while let Some(message) = to_send.recv().await {
                if sink.send(message).await.is_err() {
                    break;
                }
            }
        });
        // Weak, so that the connection ends when its last user lets go.
        let reading = Arc::downgrade(&inner);
        tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                let Some(inner) = reading.upgrade() else { return };
                if let Message::Text(text) = message {
                    inner.take(text.as_str());
                }
            }
            if let Some(inner) = reading.upgrade() {
                inner.close();
            }
        });
        Ok(Self(inner))
    }

    pub(crate) fn is_open(&self) -> bool {
        self.0.open.load(Ordering::Acquire)
    }

    /// Calls a method and waits for its answer, no longer than `bound`. An empty session is the browser itself.
    pub(crate) async fn call(
        &self,
        session: &str,
        method: &'static str,
        params: Value,
        bound: Duration,
    ) -> Result<Value, CallError> {
        let (answer_to, answer) = oneshot::channel();
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.0.waiting).insert(id, answer_to);
        // Checked after the insertion: whoever closes the connection empties the list afterwards.
        if !self.is_open() || !self.send(id, session, method, params) {
            lock(&self.0.waiting).remove(&id);
            return Err(CallError::Lost { method });
        }
        let answer = timeout(bound, answer).await;
        lock(&self.0.waiting).remove(&id);
        let mut answer =
            answer.map_err(|_| CallError::TimedOut { method, bound })?.map_err(|_| CallError::Lost { method })?;
        match answer.get("error") {
            Some(error) => {
                Err(CallError::Refused { method, message: error["message"].as_str().unwrap_or_default().to_owned() })
            }
            None => Ok(answer["result"].take()),
        }
    }

    /// Calls a method whose answer nobody needs.
    pub(crate) fn tell(&self, session: &str, method: &str, params: Value) {
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        self.send(id, session, method, params);
    }

    /// The events of a session from now on; listening twice ends the first.
    pub(crate) fn listen(&self, session: &str) -> mpsc::Receiver<Event> {
        let (listener, events) = mpsc::channel(MOST_WAITING);
        lock(&self.0.listeners).insert(session.to_owned(), listener);
        events
    }

    pub(crate) fn forget(&self, session: &str) {
        lock(&self.0.listeners).remove(session);
        lock(&self.0.chatter).remove(session);
    }

    fn send(&self, id: u64, session: &str, method: &str, params: Value) -> bool {
        let mut message = json!({"id": id, "method": method, "params": params});
        if !session.is_empty() {
            message["sessionId"] = session.into();
        }
        self.0.out.send(Message::text(message.to_string())).is_ok()
    }
}

impl Inner {
    fn take(&self, text: &str) {
        if self.is_chatter(text) {
            return;
        }
        let Ok(mut message) = serde_json::from_str::<Value>(text) else { return };
        if let Some(id) = message["id"].as_u64() {
            if let Some(answer_to) = lock(&self.waiting).remove(&id) {
                answer_to.send(message).ok();
            }
            return;
        }
        let session = message["sessionId"].as_str().unwrap_or_default();
        let listener = lock(&self.listeners).get(session).cloned();
        let Some(listener) = listener else { return };
        let Some(method) = message["method"].as_str().map(str::to_owned) else { return };
        // A page that tells more than can be heard loses what is over: nobody else may have to wait for it.
        listener.try_send(Event { method, params: message["params"].take() }).ok();
    }

    /// Whether this is a line of a console that has written more than anybody reads. A page can write without end, and
    /// all visits share this reader: such lines are not even parsed.
    fn is_chatter(&self, text: &str) -> bool {
        if !CONSOLE.iter().any(|start| text.starts_with(start)) {
            return false;
        }
        let session = text.rsplit_once("\"sessionId\":\"").and_then(|(_, rest)| rest.split('"').next());
        let mut chatter = lock(&self.chatter);
        let lines = chatter.entry(session.unwrap_or_default().to_owned()).or_default();
        *lines = lines.saturating_add(1);
        *lines > MOST_CHATTER
    }

    fn close(&self) {
        self.open.store(false, Ordering::Release);
        lock(&self.waiting).clear();
        lock(&self.listeners).clear();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
