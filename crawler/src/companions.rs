//! Who comes uninvited: windows that pages open, and workers.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::browser::{Attached, Context, Event, Other};
use crate::watch::Watch;

/// Windows of one tab whose address is waited for; further ones are closed unseen.
const MOST_WINDOWS: usize = 8;
/// How long a window may take to say where it leads: scripts open it empty and send it on afterwards.
const WINDOW_BOUND: Duration = Duration::from_millis(2_500);

/// The tabs of a visit, by their target, the latest last.
pub(crate) type Tabs = Arc<Mutex<Vec<(String, Arc<Mutex<Watch>>)>>>;

/// Calls that make a worker the visitor's.
pub(crate) type Calls = Arc<Vec<(&'static str, Value)>>;

/// Receives them for as long as the visit lasts.
pub(crate) async fn receive(
    context: Arc<Context>,
    mut uninvited: mpsc::UnboundedReceiver<Attached>,
    tabs: Tabs,
    dress: Calls,
) {
    let mut guests = JoinSet::new();
    while let Some(attached) = uninvited.recv().await {
        while guests.try_join_next().is_some() {}
        let other = context.other(attached);
        let Some(watch) = host_of(&other, &tabs) else {
            other.intercepted(&[]);
            other.close();
            continue;
        };
        if other.is_worker {
            guests.spawn(attend(other, watch, Arc::clone(&dress)));
            continue;
        }
        let events = other.intercepted(&[]);
        let count = {
            let mut watch = lock(&watch);
            watch.popups += 1;
            watch.popups
        };
        if count > MOST_WINDOWS {
            other.close();
        } else {
            guests.spawn(see_off(other, events, watch));
        }
    }
}

/// The tab that opened it, or the latest one.
fn host_of(other: &Other, tabs: &Tabs) -> Option<Arc<Mutex<Watch>>> {
    let tabs = tabs.lock().unwrap_or_else(PoisonError::into_inner);
    let opener = tabs.iter().find(|(target, _)| other.opener.as_ref() == Some(target));
    opener.or(tabs.last()).map(|(_, watch)| Arc::clone(watch))
}

/// Waits until a window says where it leads, and closes it before it has gone there.
async fn see_off(other: Other, mut events: mpsc::Receiver<Event>, watch: Arc<Mutex<Watch>>) {
    let asked = async {
        while let Some(event) = events.recv().await {
            if event.method == "Fetch.requestPaused" && event.params["resourceType"] == "Document" {
                return Some(event.params["request"].clone());
            }
        }
        None
    };
    let asked = timeout(WINDOW_BOUND, asked).await.ok().flatten();
    other.close();
    let url = asked.as_ref().and_then(|asked| asked["url"].as_str()).map(str::to_owned);
    let method = asked.as_ref().and_then(|asked| asked["method"].as_str()).unwrap_or("GET");
    lock(&watch).popup(url, method);
}

/// The call by which the workers of a page, or of a worker, are heard of; each waits until it is the visitor's.
pub(crate) fn announced() -> (&'static str, Value) {
    let kinds = json!([{"type": "worker"}, {"exclude": true}]);
    let attach = json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": kinds});
    ("Target.setAutoAttach", attach)
}

/// Makes a worker the visitor's, and lets it ask for things and submit nothing.
pub(crate) fn attend(other: Other, watch: Arc<Mutex<Watch>>, dress: Calls) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    // Boxed, since workers of workers have workers.
    Box::pin(async move {
        let calls: Vec<_> = [announced()].into_iter().chain(dress.iter().cloned()).collect();
        let mut events = other.intercepted(&calls);
        let mut own = JoinSet::new();
        while let Some(event) = events.recv().await {
            if event.method == "Target.attachedToTarget" {
                let further = other.worker(text(&event.params["sessionId"]).to_owned());
                let (watch, dress) = (Arc::clone(&watch), Arc::clone(&dress));
                own.spawn(attend(further, watch, dress));
            }
            if event.method != "Fetch.requestPaused" {
                continue;
            }
            let request = &event.params["request"];
            let id = &event.params["requestId"];
            let (method, url) = (text(&request["method"]), text(&request["url"]));
            // It could pass on a form that the page sent: what the page itself may do, it may not do for the page.
            if matches!(method, "GET" | "HEAD") {
                other.tell("Fetch.continueRequest", json!({"requestId": id}));
            } else {
                lock(&watch).block(url, "a worker's request was held back: nothing is submitted");
                other.tell("Fetch.failRequest", json!({"requestId": id, "errorReason": "Aborted"}));
            }
        }
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
