//! A system that is told over webhooks, in a mood for each path.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

/// A message as it came.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
    pub(crate) at: Instant,
}

/// Listens until it is dropped.
#[derive(Clone)]
pub(crate) struct Listener {
    heard: Arc<Mutex<Vec<Heard>>>,
    /// Whether `/moody` answers well, and `/held` at all.
    well: Arc<AtomicBool>,
    address: String,
}

impl Listener {
    pub(crate) async fn start() -> Self {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", socket.local_addr().unwrap());
        let listener = Self { heard: Arc::default(), well: Arc::default(), address };
        let app = Router::new().fallback(answer).with_state(listener.clone());
        tokio::spawn(async move { axum::serve(socket, app).await });
        listener
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    pub(crate) fn be_well(&self) {
        self.well.store(true, Ordering::SeqCst);
    }

    /// What came to a path, in order.
    pub(crate) fn heard(&self, path: &str) -> Vec<Heard> {
        self.heard.lock().unwrap().iter().filter(|one| one.path == path).cloned().collect()
    }

    /// How many events came to a path, each counted once.
    pub(crate) fn events(&self, path: &str) -> usize {
        self.heard(path).into_iter().map(|one| one.id).collect::<std::collections::BTreeSet<_>>().len()
    }
}

async fn answer(State(listener): State<Listener>, uri: Uri, headers: HeaderMap, body: String) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let (path, id) = (uri.path().to_owned(), text("webhook-id"));
    let before = listener.heard(&path).iter().filter(|one| one.id == id).count();
    let headers = headers.keys().map(|name| (name.to_string(), text(name.as_str()))).collect();
    listener.heard.lock().unwrap().push(Heard { path: path.clone(), id, headers, body, at: Instant::now() });
    let well = listener.well.load(Ordering::SeqCst);
    match path.as_str() {
        "/busy" if before == 0 => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "4")]).into_response(),
        "/broken" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        "/gone" => StatusCode::GONE.into_response(),
        "/moody" if !well => StatusCode::BAD_GATEWAY.into_response(),
        "/held" if !well => std::future::pending().await,
        "/slow" => std::future::pending().await,
        _ => StatusCode::NO_CONTENT.into_response(),
    }
}
