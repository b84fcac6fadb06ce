//! Pages that stand in for the landing page, and honest ones that look like it, visited with a real Chromium.
//!
//! A file in `obstacles/` is one page; its name begins with the reason expected of it, or with `none`. Comments in its
//! first lines say with which status it is answered, and at which path: `<!-- status: 403 -->`, `<!-- path: /login -->`.

#[path = "shared/setting.rs"]
mod setting;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use crawler::{Crawler, Options};
use futures_util::StreamExt;
use setting::ad;

/// Pages looked at side by side.
const AT_ONCE: usize = 3;
/// Every reason that a page of its own can be the cause of.
const REASONS: [&str; 12] = [
    "challenge-page",
    "app-only-page",
    "login-wall",
    "geo-blocked",
    "empty-page",
    "parked-domain",
    "error-page",
    "soft-404",
    "maintenance-page",
    "access-denied",
    "not-set-up",
    "browser-unsupported",
];

/// One file, as it is answered.
#[derive(Clone, Debug)]
struct Sample {
    name: String,
    html: String,
    status: u16,
    path: String,
}

impl Sample {
    fn read(file: &Path) -> Self {
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let html = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let said = |what: &str| {
            let line = html.lines().take(2).find_map(|line| line.strip_prefix(&format!("<!-- {what}: ")));
            line.and_then(|line| line.strip_suffix(" -->")).map(str::to_owned)
        };
        let status = said("status").map_or(200, |status| status.parse().expect("a status"));
        let path = said("path").unwrap_or_else(|| "/".to_owned());
        let shown = html.lines().filter(|line| !line.starts_with("<!-- status: ") && !line.starts_with("<!-- path: "));
        let html = shown.collect::<Vec<_>>().join("\n").replace("{{host}}", &format!("{name}.test"));
        Self { name, html, status, path }
    }

    /// What is expected of it; none for an honest page.
    fn expected(&self) -> Option<&'static str> {
        let reason = REASONS.into_iter().find(|reason| self.name.starts_with(&format!("{reason}-")));
        assert!(reason.is_some() || self.name.starts_with("none-"), "{} names no reason", self.name);
        reason
    }
}

fn samples() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/obstacles");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("the pages").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files.iter().map(|file| Sample::read(file)).collect()
}

/// A server that answers each host with the sample of its name.
async fn serve(samples: &[Sample]) -> SocketAddr {
    let by_host: BTreeMap<String, Sample> =
        samples.iter().map(|sample| (format!("{}.test", sample.name), sample.clone())).collect();
    let by_host = Arc::new(by_host);
    let answer = move |request: Request| {
        let host = request.headers().get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default();
        let asked = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let sample = by_host.get(host).filter(|sample| sample.path == asked);
        let (status, html) = sample.map_or((404, ""), |sample| (sample.status, sample.html.as_str()));
        let json = html.starts_with('{');
        let mime = if json { "application/json" } else { "text/html; charset=utf-8" };
        let built = Response::builder().status(status).header("content-type", mime);
        let response = built.body(Body::from(html.to_owned())).expect("an answer");
        async move { response }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    at
}

/// Nothing here happens late, and only the landing page is looked at.
fn quick(site: SocketAddr) -> Options {
    let mut options = setting::options(site);
    (options.follow.page_timeout_secs, options.follow.watch_ms, options.capture.quiet_ms) = (4, 50, 100);
    options.capture.film_frames = 0;
    options
}

/// What is wrong with how a sample was read; none when nothing is.
async fn fault(crawler: &Crawler, sample: &Sample) -> Option<String> {
    let click = format!("http://{}.test{}", sample.name, sample.path);
    let visit = crawler.visit(&ad(&click), "android-douyin").await;
    let found: Vec<_> =
        visit.gaps.iter().filter(|gap| !matches!(gap.reason.as_str(), "error-status" | "timeout")).collect();
    let reasons: Vec<&str> = found.iter().map(|gap| gap.reason.as_str()).collect();
    let expected: Vec<&str> = sample.expected().into_iter().collect();
    let details = || found.iter().map(|gap| gap.detail.as_str()).collect::<Vec<_>>().join(" / ");
    (reasons != expected).then(|| format!("{}: {reasons:?} {}", sample.name, details()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_told_from_its_look_alikes() {
    let samples = samples();
    let site = serve(&samples).await;
    let crawler = setting::crawler(quick(site)).await;
    let faults: Vec<Option<String>> = futures_util::stream::iter(&samples)
        .map(|sample| fault(&crawler, sample))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    crawler.stop().await;
    let faults: Vec<String> = faults.into_iter().flatten().collect();
    assert!(faults.is_empty(), "{} of {} pages:\n{}", faults.len(), samples.len(), faults.join("\n"));
}

#[test]
fn every_reason_has_pages_and_look_alikes() {
    let samples = samples();
    for reason in REASONS {
        let own = samples.iter().filter(|sample| sample.expected() == Some(reason)).count();
        assert!(own >= 4, "{reason} has {own} pages");
    }
    assert!(samples.iter().filter(|sample| sample.expected().is_none()).count() >= 30);
}
