//! One loopback server that is every host of the test worlds at once, and remembers what it was asked.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri, header};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::world::{Route, World};

/// A running server; it stops when dropped.
pub struct Site {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

/// One request as it came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    pub method: String,
    /// Without the port.
    pub host: String,
    /// With the query.
    pub path: String,
    pub user_agent: String,
    /// Bytes.
    pub body: usize,
    /// Whether some world had an answer.
    pub known: bool,
}

impl Request {
    /// Whether a form was sent or a text message asked for: what an examination must never do.
    pub fn submits(&self) -> bool {
        !matches!(self.method.as_str(), "GET" | "HEAD") || self.body > 0 || self.path.contains("/sms")
    }
}

impl Shared {
    /// How often this was asked for before.
    fn asked(&self, host: &str, path: &str) -> usize {
        let requests = self.requests.lock().expect("a request handler panicked");
        let same = |request: &&Request| request.host == host && request.path.split('?').next() == Some(path);
        requests.iter().filter(same).count()
    }
}

type Listener = Box<dyn Fn(&Request) + Send + Sync>;

struct Shared {
    worlds: Vec<World>,
    requests: Mutex<Vec<Request>>,
    heard: Option<Listener>,
}

impl Site {
    /// Serves these worlds on a free port.
    pub async fn start(worlds: Vec<World>) -> Result<Self> {
        Self::serve(worlds, SocketAddr::from(([127, 0, 0, 1], 0)), None).await
    }

    /// Serves these worlds on the given address; `heard` is told of every request.
    pub async fn serve(worlds: Vec<World>, listen: SocketAddr, heard: Option<Listener>) -> Result<Self> {
        let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { worlds, requests: Mutex::default(), heard });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move {
            // It ends only with the task itself: a listener that fails shows as refused connections.
            axum::serve(listener, app).await.ok();
        });
        Ok(Self { address, shared, serving })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Everything that was asked so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().expect("a request handler panicked").clone()
    }

    /// The requests by which something was submitted: there should be none.
    pub fn submissions(&self) -> Vec<Request> {
        self.requests().into_iter().filter(Request::submits).collect()
    }

    /// The part of a configuration that makes postlink find these hosts.
    pub fn guard(&self) -> String {
        let address = self.address;
        let allow = if address.ip().is_loopback() { "127.0.0.0/8".to_owned() } else { address.ip().to_string() };
        format!("[guard]\nallow = [\"{allow}\"]\nresolve = {{ \"*.test\" = \"{address}\" }}\n")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = text(header::HOST).split(':').next().unwrap_or_default().to_ascii_lowercase();
    let user_agent = text(header::USER_AGENT);
    let asked = shared.asked(&host, uri.path());
    let found = shared.worlds.iter().find_map(|world| {
        let is_left = |route: &&Route| route.first.is_none_or(|first| asked < first);
        let mut fitting = world.routes.iter().filter(|route| route.fits(&host, uri.path(), user_agent));
        Some((world, fitting.find(is_left)?))
    });
    let request = Request {
        method: method.to_string(),
        host,
        path: uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        user_agent: user_agent.to_owned(),
        body: body.len(),
        known: found.is_some(),
    };
    if let Some(heard) = &shared.heard {
        heard(&request);
    }
    shared.requests.lock().expect("a request handler panicked").push(request);
    match found {
        Some((world, route)) => {
            tokio::time::sleep(Duration::from_millis(route.delay_ms)).await;
            play(world, route, uri.query().unwrap_or_default())
        }
        None => plain(404, "no test world answers here\n"),
    }
}

/// Makes the answer that a route describes.
fn play(world: &World, route: &Route, query: &str) -> Response<Body> {
    let mut response = Response::builder().status(route.status.unwrap_or(200));
    for (name, value) in &route.headers {
        response = response.header(name, value);
    }
    let body = if let Some(redirect) = &route.redirect {
        response = response.status(redirect.status).header(header::LOCATION, redirect.to.replace("{query}", query));
        Body::empty()
    } else if let Some(file) = &route.file {
        response = response.header(header::CONTENT_TYPE, media_type(file));
        match std::fs::read(world.folder.join("pages").join(file)) {
            Ok(bytes) => Body::from(bytes),
            Err(error) => return plain(500, &format!("{}: {file}: {error}\n", world.name)),
        }
    } else if let Some(json) = &route.json {
        response = response.header(header::CONTENT_TYPE, "application/json; charset=utf-8");
        Body::from(serde_json::to_string(json).expect("TOML is less than JSON"))
    } else {
        Body::empty()
    };
    response.body(body).unwrap_or_else(|error| plain(500, &format!("{}: {}: {error}\n", world.name, route.path)))
}

fn plain(status: u16, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(text.to_owned()));
    *response.status_mut() = status.try_into().expect("a status of this file");
    response
}

pub(crate) fn media_type(file: &str) -> &'static str {
    match file.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json; charset=utf-8",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    async fn ask(site: &Site, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(site.address()).await.unwrap();
        let length = body.len();
        let request = format!("{head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn site() -> Site {
        Site::start(vec![World::read("game-gift-telecom").unwrap(), World::read("late-spa").unwrap()]).await.unwrap()
    }

    #[tokio::test]
    async fn a_host_of_a_world_answers_as_its_route_says() {
        let site = site().await;
        let answer = ask(&site, "GET /c?cid=7 HTTP/1.1\r\nHost: ad.lingdong-trk.test", "").await;
        assert!(answer.starts_with("HTTP/1.1 302"), "{answer}");
        assert!(answer.contains("location: http://s.dwz9.test/xk7Qe?cid=7"), "{answer}");
        let answer = ask(&site, "GET /xk7Qe HTTP/1.1\r\nHost: S.DWZ9.test:80", "").await;
        assert!(answer.contains("http-equiv=\"refresh\""), "{answer}");
    }

    #[tokio::test]
    async fn json_is_answered_after_its_delay() {
        let began = std::time::Instant::now();
        let answer = ask(&site().await, "GET /api/v3/sku HTTP/1.1\r\nHost: vip.xinglan-tv.test", "").await;
        assert!(answer.contains("\"first\":\"1\""), "{answer}");
        assert!(began.elapsed() >= Duration::from_millis(1500));
    }

    #[tokio::test]
    async fn what_no_world_knows_is_told_so_and_remembered() {
        let site = site().await;
        let answer = ask(&site, "GET / HTTP/1.1\r\nHost: nobody.test", "").await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
        assert!(!site.requests()[0].known);
        assert!(site.submissions().is_empty());
    }

    #[tokio::test]
    async fn a_form_that_is_sent_and_a_text_message_that_is_asked_for_are_remembered() {
        let site = site().await;
        ask(&site, "POST /api/order/submit HTTP/1.1\r\nHost: m.cj-liuliang.test", "mobile=1").await;
        ask(&site, "GET /api/sms/send HTTP/1.1\r\nHost: m.cj-liuliang.test", "").await;
        let sent: Vec<(String, usize)> = site.submissions().into_iter().map(|r| (r.method, r.body)).collect();
        assert_eq!(sent, [("POST".to_owned(), 8), ("GET".to_owned(), 0)]);
    }
}
