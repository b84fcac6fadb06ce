//! The plain-HTTP walk: what servers say to the same click before any script runs.

mod record;
mod unpack;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use model::chain::{Hop, HopKind};
use model::evidence::Evidence;
use model::traffic::{Answer, Exchange};
use model::units::{Clock, Millis};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, ClientBuilder, Proxy, Response};
use url::Url;

use crate::certificates;
use crate::follow::{Step, Trail, http, meta_refresh};
use crate::guard::Journal;
use crate::options::Follow;
use crate::visitor::Visitor;

/// A meta refresh further down than this is not looked for.
const MOST_HTML: usize = 256 << 10;
/// What decides about a refresh: the tags themselves, and what makes them count for nothing.
const TAGS: [&str; 9] = ["meta", "base", "noscript", "template", "script", "style", "textarea", "title", "!--"];
/// Tags of these names that are looked at.
const MOST_TAGS: usize = 500;

/// Makes rustls' ring provider the process's own; without one reqwest refuses to build a client.
pub(crate) fn choose_cryptography() {
    // An error says that somebody chose before, which is as good.
    rustls::crypto::ring::default_provider().install_default().ok();
}

/// What the walk met.
#[derive(Default)]
pub(crate) struct Walked {
    pub(crate) hops: Vec<Hop>,
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) bodies: Vec<Evidence>,
}

/// Walks from the click over HTTP answers and meta refreshes, as the visitor, through the guard.
///
/// This is a second request for the same click. Most servers do not mind, but some count it: where a platform gives
/// a preview URL that one is walked, and the walk comes after the browser, so that a click that works only once
/// works for the browser. Cookies are not kept between its hops.
pub(crate) async fn walk(
    click: &Url,
    visitor: &Visitor,
    proxy: SocketAddr,
    journal: &Journal,
    follow: &Follow,
    clock: &Clock,
) -> Walked {
    let began = Instant::now();
    let bound = Duration::from_secs(follow.page_timeout_secs);
    let mut trail = Trail::new(follow.max_hops);
    let (mut exchanges, mut bodies) = (Vec::new(), Vec::new());
    // What servers send is kept as they packed it: that is what their digests and signatures are over.
    let packed =
        builder(proxy, bound).map(|builder| builder.no_gzip().no_brotli().no_deflate().no_zstd().tls_info(true));
    let Ok(client) = packed.and_then(ClientBuilder::build) else { return Walked::default() };
    let mut next = Some((HopKind::Click, click.clone(), None));
    while let Some((kind, url, cause)) = next.take() {
        let at_ms = Millis(u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX));
        let step = Step { cause, ..Step::new(kind, url.as_str(), at_ms) };
        if !trail.step(step) {
            break;
        }
        let Some(left) = bound.checked_sub(began.elapsed()) else { break };
        let Some(hop) = trail.last_mut() else { break };
        let headers = headers(visitor, &url);
        let mut exchange = record::asked(&url, &headers, clock(), at_ms);
        match client.get(url.clone()).headers(headers).timeout(left).send().await {
            Ok(mut answer) => {
                hop.status = Some(answer.status().as_u16());
                hop.remote = journal.remote(url.as_str());
                let (body, cut) = record::body(&mut answer).await;
                next = sent_on(&url, &answer, &body).await;
                if let Some((id, shown)) = certificates::of_answer(&answer, clock()) {
                    hop.certificates = vec![id];
                    bodies.push(shown);
                }
                let kept = record::answered(&answer, body, cut, clock());
                exchange.answer = Some(Answer { remote: hop.remote.clone(), ..kept.0 });
                bodies.extend(kept.1);
            }
            Err(error) => {
                let why = why(&error, &url, journal);
                (hop.error, exchange.error) = (Some(why.clone()), Some(why));
            }
        }
        exchanges.push(exchange);
        if next.as_ref().is_some_and(|(_, url, _)| !matches!(url.scheme(), "http" | "https")) {
            // An app link: told by the browser's trail, not opened by anybody.
            break;
        }
    }
    Walked { hops: trail.take(), exchanges, bodies }
}

pub(crate) fn headers(visitor: &Visitor, url: &Url) -> HeaderMap {
    let mut headers = Vec::new();
    // Where nobody can choose HTTP/2 these two go first, as from a browser; HTTP/2 has no such headers.
    if let Some(host) = url.host_str().filter(|_| url.scheme() == "http") {
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        headers
            .extend([("host".to_owned(), format!("{host}{port}")), ("connection".to_owned(), "keep-alive".to_owned())]);
    }
    headers.extend(visitor.headers(url));
    headers
        .into_iter()
        .filter_map(|(name, value)| Some((HeaderName::try_from(name).ok()?, HeaderValue::from_str(&value).ok()?)))
        .collect()
}

pub(crate) fn client(proxy: SocketAddr, bound: Duration) -> Result<Client, reqwest::Error> {
    builder(proxy, bound)?.build()
}

#[expect(clippy::disallowed_methods, reason = "this is the one place: the client goes through the guard")]
fn builder(proxy: SocketAddr, bound: Duration) -> Result<ClientBuilder, reqwest::Error> {
    let builder = Client::builder()
        .proxy(Proxy::all(format!("socks5h://{proxy}"))?)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(bound)
        .timeout(bound)
        .pool_max_idle_per_host(0)
        .http1_title_case_headers();
    Ok(builder)
}

/// Where an answer sends its client: its status, its `Refresh` header, or its page.
async fn sent_on(url: &Url, answer: &Response, body: &[u8]) -> Option<(HopKind, Url, Option<String>)> {
    let status = answer.status().as_u16();
    let header = |name: &str| {
        answer.headers().get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok()).map(str::to_owned)
    };
    if http::is_redirect(status) {
        let next = http::location(url, &header("location")?)?;
        return Some((HopKind::Http, next, Some(http::cause(status))));
    }
    if let Some((_, next)) = header("refresh").and_then(|refresh| meta_refresh::parse(&refresh, url)) {
        return Some((HopKind::MetaRefresh, next, Some(meta_refresh::HEADER.to_owned())));
    }
    if !header("content-type").is_some_and(|kind| kind.contains("html")) {
        return None;
    }
    let html = unpack::beginning(body, &header("content-encoding").unwrap_or_default(), MOST_HTML).await;
    // What matters is ASCII in every encoding pages are written in.
    let (_, next) = meta_refresh::find(&skeleton(&String::from_utf8_lossy(&html)), url)?;
    (next != *url).then(|| (HopKind::MetaRefresh, next, Some(meta_refresh::META.to_owned())))
}

/// A page without what cannot hold a refresh: elements nested in their ten thousands take a parser minutes.
fn skeleton(html: &str) -> String {
    let mut skeleton = String::new();
    let mut tags = 0;
    let mut kept = false;
    for (at, part) in html.split('<').enumerate() {
        let name = part.strip_prefix('/').unwrap_or(part);
        let is_kept = TAGS.iter().any(|tag| name.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag)));
        tags += usize::from(is_kept);
        if tags > MOST_TAGS {
            break;
        }
        // What follows a kept tag, up to the next, may be its attributes, its text, or a comment's end.
        if is_kept && at > 0 {
            skeleton.push('<');
            skeleton.push_str(part);
        } else if kept && part.contains("-->") {
            skeleton.push_str(part);
        }
        kept = is_kept || (kept && !part.contains("-->"));
    }
    skeleton
}

/// The guard's word for it if it has one, else the last cause that reqwest names.
pub(crate) fn why(error: &reqwest::Error, url: &Url, journal: &Journal) -> String {
    if let Some(trouble) = journal.why_not(url.as_str()) {
        return trouble.to_string();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::extract::Request;
    use axum::http::{Response, StatusCode};

    use super::*;
    use crate::guard::{Gate, Guard, Rules};
    use crate::visitor::tests::visitors;

    /// Hosts of the table; `[` and `%` of some are no URL, which is as good as being refused.
    fn hosts() -> Vec<&'static str> {
        let lines = include_str!("../tests/guard/hosts.txt").lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.split_whitespace().next()).collect()
    }

    /// A server that sends its visitors to the host whose place in the table they name.
    async fn sends_on() -> SocketAddr {
        let app = Router::new().fallback(|request: Request| async move {
            let place: usize = request.uri().path().trim_start_matches('/').parse().expect("a place");
            // Latin-1 on the wire: what is beyond it comes as UTF-8, as servers send it.
            let location = format!("http://{}:7/", hosts()[place]).into_bytes();
            let answer = Response::builder().status(StatusCode::FOUND);
            answer.header("location", location).body(axum::body::Body::empty()).expect("an answer")
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.3:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, app).await });
        at
    }

    #[tokio::test]
    async fn the_walk_is_refused_private_addresses_at_once_and_after_a_redirect() {
        choose_cryptography();
        let jump = sends_on().await;
        let resolve = [("jump.test", jump.to_string()), ("inside.test", "127.0.0.1:7".to_owned())];
        let rules = Rules {
            allow: vec!["127.0.0.3".into()],
            resolve: resolve.into_iter().map(|(name, at)| (name.to_owned(), at)).collect(),
            ..Rules::default()
        };
        let gate = Gate::open(Arc::new(Guard::new(&rules).expect("rules")), None).await.expect("a gate");
        let config: toml::Table = include_str!("../../config.toml").parse().expect("the configuration");
        let follow: Follow = config["follow"].clone().try_into().expect("how far");
        let visitor = &visitors()["auditor"];
        let clock: Clock = Arc::new(|| chrono::DateTime::UNIX_EPOCH);
        for (place, host) in hosts().into_iter().enumerate() {
            let Ok(direct) = Url::parse(&format!("http://{host}:7/")) else {
                assert!(host.contains('%'), "{host}");
                continue;
            };
            let jump = Url::parse(&format!("http://jump.test/{place}")).expect("a url");
            for (click, hops) in [(direct, 1), (jump, 2)] {
                let walked = walk(&click, visitor, gate.at(), gate.journal(), &follow, &clock).await.hops;
                let why = walked.last().and_then(|hop| hop.error.clone()).unwrap_or_default();
                assert_eq!(walked.len(), hops, "{host}: {walked:?}");
                assert!(why.contains("the guard refused") || why.contains("there is no such name"), "{host}: {why}");
            }
        }
        let opened = gate.journal().all_opened();
        assert!(opened.iter().all(|(host, _, _)| host == "jump.test"), "{opened:?}");
    }

    #[test]
    fn a_refresh_is_found_however_deep_the_page_is() {
        let url = Url::parse("http://a.test/").expect("a url");
        let deep = "<b><div>".repeat(32 << 10);
        let began = Instant::now();
        let found = |html: &str| meta_refresh::find(&skeleton(html), &url).map(|(_, next)| next.to_string());
        let refresh = "<meta http-equiv=refresh content='0; url=/next'>";
        assert_eq!(found(&format!("<title>a</title>{deep}{refresh}")).as_deref(), Some("http://a.test/next"));
        assert_eq!(found(&format!("<p>a<noscript><b>{refresh}</b></noscript>")), None);
        assert_eq!(found(&format!("<p>a<!-- <b>old</b> {refresh} <i> --> <p>b")), None);
        let after = format!("<p><!-- <b>old</b> --><i>new</i>{refresh}");
        assert_eq!(found(&after).as_deref(), Some("http://a.test/next"));
        assert_eq!(found(&format!("<script>'{refresh}'</script>")), None);
        assert_eq!(found(&"<template>".repeat(25_000)), None);
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
}
