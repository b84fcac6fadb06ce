//! What the tests borrow: a small server that answers every host, and a crawler that finds it.

#![allow(dead_code, reason = "each test file uses some of it")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Response, StatusCode};
use chrono::DateTime;
use crawler::guard::Rules;
use crawler::{Browser, Capture, Crawler, Follow, Options, Visit, Visitor};
use model::ad::Ad;
use model::snapshot::{Node, Snapshot};

/// The visitors of the compiled-in configuration.
pub(crate) fn visitors() -> BTreeMap<String, Visitor> {
    let config: toml::Table = include_str!("../../../config.toml").parse().expect("the configuration");
    config["visitors"].clone().try_into().expect("visitors")
}

/// A server that answers every host; requests are written down as `METHOD host/path`.
pub(crate) struct Site {
    pub(crate) at: SocketAddr,
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
}

pub(crate) type Answer = fn(host: &str, path: &str, headers: &HeaderMap) -> Response<Body>;

impl Site {
    pub(crate) async fn start(answer: Answer) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let app = Router::new().fallback(move |request: Request| {
            let log = Arc::clone(&log);
            async move {
                let host =
                    request.headers().get("host").and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
                let host = host.split(':').next().unwrap_or_default().to_owned();
                let path = request.uri().path().to_owned();
                log.lock().expect("log").push(format!("{} {host}{path}", request.method()));
                if path.starts_with("/slow") {
                    tokio::time::sleep(Duration::from_millis(1_200)).await;
                }
                answer(&host, &path, request.headers())
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { at, asked }
    }

    pub(crate) fn asked(&self, what: &str) -> usize {
        self.asked.lock().expect("log").iter().filter(|line| line.contains(what)).count()
    }
}

pub(crate) fn html(body: &str) -> Response<Body> {
    answer(200, body)
}

pub(crate) fn answer(status: u16, body: &str) -> Response<Body> {
    let page = format!("<!doctype html><meta name=viewport content='width=device-width'><title>a page</title>{body}");
    let builder = Response::builder().status(StatusCode::from_u16(status).expect("a status"));
    builder.header("content-type", "text/html; charset=utf-8").body(Body::from(page)).expect("an answer")
}

pub(crate) fn sent_to(location: &str) -> Response<Body> {
    Response::builder().status(302).header("location", location).body(Body::empty()).expect("an answer")
}

pub(crate) fn options(site: SocketAddr) -> Options {
    Options {
        guard: Rules {
            allow: vec!["127.0.0.0/8".into()],
            resolve: [("*.test".to_owned(), site.to_string())].into(),
            ..Rules::default()
        },
        follow: Follow {
            max_hops: 10,
            page_timeout_secs: 6,
            watch_ms: 700,
            next_levels: 0,
            max_pages: 4,
            max_presses: 6,
            next_secs: 20,
        },
        capture: Capture {
            quiet_ms: 300,
            max_body_bytes: 2 << 20,
            max_document_bytes: 16 << 20,
            max_visit_bytes: 20 << 20,
            max_page_height: 10_000,
            max_nodes: 5_000,
            picture_quality: 75,
            picture_scale: 1.0,
            film_frames: 12,
            film_bytes: 1 << 20,
        },
        browser: Browser { path: String::new(), sandbox: false, max_page_memory_mb: 1_024 },
        visitors: visitors(),
    }
}

pub(crate) fn ad(click_url: &str) -> Ad {
    serde_json::from_value(serde_json::json!({"ad_id": "g-1", "click_url": click_url})).expect("an ad")
}

pub(crate) async fn crawler(options: Options) -> Crawler {
    Crawler::start(options, Arc::new(|| DateTime::from_timestamp(1_800_000_000, 0).expect("a time")))
        .await
        .expect("the crawler starts")
}

pub(crate) async fn visit_as(site: &Site, url: &str, visitor: &str) -> Visit {
    let crawler = crawler(options(site.at)).await;
    let visit = crawler.visit(&ad(url), visitor).await;
    crawler.stop().await;
    visit
}

pub(crate) async fn visit(site: &Site, url: &str) -> Visit {
    visit_as(site, url, "android-douyin").await
}

pub(crate) fn reasons(visit: &Visit) -> Vec<&str> {
    visit.gaps.iter().map(|gap| gap.reason.as_str()).collect()
}

pub(crate) fn page(visit: &Visit) -> &Snapshot {
    visit.snapshots.first().unwrap_or_else(|| panic!("no page: {:?} {:?}", visit.gaps, visit.chain))
}

pub(crate) fn text<'a>(snapshot: &'a Snapshot, words: &str) -> &'a Node {
    let found = snapshot.nodes.iter().find(|node| node.text.as_deref().is_some_and(|text| text.contains(words)));
    found.unwrap_or_else(|| {
        panic!(
            "「{words}」 is not on the page: {:?}",
            snapshot.nodes.iter().filter_map(|n| n.text.as_deref()).collect::<Vec<_>>()
        )
    })
}

pub(crate) fn parent<'a>(snapshot: &'a Snapshot, node: &Node) -> &'a Node {
    &snapshot.nodes[node.parent.expect("a parent") as usize]
}
