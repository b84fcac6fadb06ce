//! A world of `tests/sites` on a loopback server, whose answers can be changed while it is visited.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use model::ad::Ad;
use serde::Deserialize;

#[derive(Clone, Deserialize)]
struct Route {
    host: String,
    path: String,
    user_agent: Option<String>,
    file: Option<String>,
    redirect: Option<Redirect>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

#[derive(Clone, Deserialize)]
struct Redirect {
    status: u16,
    to: String,
}

#[derive(Deserialize)]
struct Written {
    routes: Vec<Route>,
    ads: Vec<Ad>,
}

/// What is answered in place of what the world says, by path.
type Changes = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

#[derive(Clone)]
struct Served {
    routes: Arc<Vec<Route>>,
    pages: PathBuf,
    changes: Changes,
}

pub(super) struct World {
    pub(super) ad: Ad,
    pub(super) folder: PathBuf,
    pub(super) at: SocketAddr,
    changes: Changes,
}

impl World {
    pub(super) async fn serve(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sites").join(name);
        let text = std::fs::read_to_string(folder.join("site.toml")).expect("a world");
        let Written { routes, mut ads } = toml::from_str(&text).expect("a world");
        let changes = Changes::default();
        let served = Served { routes: routes.into(), pages: folder.join("pages"), changes: Arc::clone(&changes) };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        let app = Router::new().fallback(answer).with_state(served);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { ad: ads.remove(0), folder, at, changes }
    }

    pub(super) fn page(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.join("pages").join(file)).expect("a page")
    }

    /// Answers otherwise from now on; an answer that is an address sends on to it.
    pub(super) fn change(&self, path: &str, body: impl Into<Vec<u8>>) {
        self.changes.lock().expect("a lock").insert(path.to_owned(), body.into());
    }

    pub(super) fn as_it_was(&self) {
        self.changes.lock().expect("a lock").clear();
    }
}

async fn answer(State(served): State<Served>, request: Request) -> Response<Body> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (host, agent) = (header("host").split(':').next().unwrap_or_default(), header("user-agent"));
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    let changed = served.changes.lock().expect("a lock").get(path).cloned();
    let fits = |route: &&Route| {
        let here = route.path.strip_suffix('*').map_or(route.path == path, |start| path.starts_with(start));
        route.host == host && here && route.user_agent.as_ref().is_none_or(|part| agent.contains(part.as_str()))
    };
    let mut answer = Response::builder();
    let Some(route) = served.routes.iter().find(fits) else {
        return answer.status(404).body(Body::empty()).expect("an answer");
    };
    for (name, value) in &route.headers {
        answer = answer.header(name, value);
    }
    let to = match (&changed, &route.redirect) {
        (Some(changed), _) if changed.starts_with(b"http:") => {
            Some((302, String::from_utf8_lossy(changed).into_owned()))
        }
        (None, Some(redirect)) => Some((redirect.status, redirect.to.replace("{query}", query))),
        _ => None,
    };
    if let Some((status, to)) = to {
        return answer.status(status).header("location", to).body(Body::empty()).expect("an answer");
    }
    let file = route.file.as_deref().unwrap_or_default();
    let kind = match file.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "jpg" => "image/jpeg",
        _ => "application/octet-stream",
    };
    let body = changed.unwrap_or_else(|| std::fs::read(served.pages.join(file)).unwrap_or_default());
    answer.header("content-type", kind).body(Body::from(body)).expect("an answer")
}
