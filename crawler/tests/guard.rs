//! The guard attacked from within Chromium: independent listeners count who gets through, and it must be nobody.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use chrono::DateTime;
use crawler::guard::Rules;
use crawler::{Crawler, Follow, Options, Visit};
use model::ad::Ad;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

#[path = "guard/sockets.rs"]
mod sockets;

const AS_VISITOR: &str = "desktop-chrome";

/// Services of somebody's house, on two addresses of IPv4 and one of IPv6, and over UDP.
struct House {
    at: SocketAddr,
    udp: SocketAddr,
    connections: Arc<AtomicUsize>,
    datagrams: Arc<AtomicUsize>,
    /// What was asked for, by the last part of its path.
    asked: Arc<Mutex<BTreeSet<String>>>,
}

impl House {
    async fn open() -> Self {
        let first = TcpListener::bind("127.0.0.2:0").await.expect("a port");
        let at = first.local_addr().expect("an address");
        let mut listeners = vec![first];
        // The same port wherever else it may be looked for.
        for other in ["127.0.0.1", "127.255.255.254", "::1"] {
            let other = SocketAddr::new(other.parse().expect("an address"), at.port());
            listeners.extend(TcpListener::bind(other).await.ok());
        }
        let udp = UdpSocket::bind((outward(), 0)).await.expect("a port");
        let house = Self {
            at,
            udp: udp.local_addr().expect("an address"),
            connections: Arc::default(),
            datagrams: Arc::default(),
            asked: Arc::default(),
        };
        for listener in listeners {
            let (connections, asked) = (Arc::clone(&house.connections), Arc::clone(&house.asked));
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    connections.fetch_add(1, Ordering::SeqCst);
                    tokio::spawn(answer(stream, Arc::clone(&asked)));
                }
            });
        }
        let datagrams = Arc::clone(&house.datagrams);
        tokio::spawn(async move {
            while udp.recv_from(&mut [0; 1500]).await.is_ok() {
                datagrams.fetch_add(1, Ordering::SeqCst);
            }
        });
        house
    }

    fn visited(&self) -> (usize, usize) {
        (self.connections.load(Ordering::SeqCst), self.datagrams.load(Ordering::SeqCst))
    }
}

/// This machine's address towards the outside, if it has one: WebRTC prefers it to loopback. Nothing is sent.
fn outward() -> IpAddr {
    let found = std::net::UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("8.8.8.8:53")?;
        socket.local_addr()
    });
    found.map_or(Ipv4Addr::LOCALHOST.into(), |address| address.ip())
}

async fn answer(mut stream: tokio::net::TcpStream, asked: Arc<Mutex<BTreeSet<String>>>) {
    let mut head = [0; 2048];
    let read = stream.read(&mut head).await.unwrap_or_default();
    let line = String::from_utf8_lossy(&head[..read]).lines().next().unwrap_or_default().to_owned();
    let what = match line.split(' ').nth(1).and_then(|path| path.strip_prefix("/v/")) {
        Some(what) => what.to_owned(),
        // 0x16 begins a TLS handshake; STUN and TURN begin with their type and length.
        None if head[0] == 0x16 => "TLS".to_owned(),
        None => format!("other: {line:.20}"),
    };
    asked.lock().expect("the list").insert(what);
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\naccess-control-allow-origin: *\r\nconnection: close\r\n\r\n";
    stream.write_all(answer.as_bytes()).await.ok();
}

/// The page that tries everything, and what it needs of its own server.
async fn page(house: &House, hosts: &[&str]) -> SocketAddr {
    let private = house.at;
    let fill = |page: &str| {
        page.replace("PRIVATE", &private.to_string())
            .replace("BY_NAME", "inside.test")
            .replace("UDP'", &format!("{}'", house.udp))
            .replace("HOSTS", &json!(hosts).to_string())
            .replace("PORT", &private.port().to_string())
    };
    let (vectors, hosts) = (fill(include_str!("guard/vectors.html")), fill(include_str!("guard/hosts.html")));
    let app = Router::new().fallback(move |request: Request| {
        let (vectors, hosts) = (vectors.clone(), hosts.clone());
        async move {
            let query = request.uri().query().unwrap_or_default().to_owned();
            let html = |page: String| Response::builder().header("content-type", "text/html; charset=utf-8").body(Body::from(page));
            match request.uri().path() {
                "/vectors" => Response::builder()
                    .header("content-type", "text/html; charset=utf-8")
                    .header("content-security-policy-report-only", format!("img-src 'none'; report-uri http://{private}/v/csp-report"))
                    .header("reporting-endpoints", format!("far=\"http://{private}/v/reporting-endpoint\""))
                    .header("report-to", format!("{{\"group\":\"far\",\"max_age\":9,\"endpoints\":[{{\"url\":\"http://{private}/v/report-to\"}}]}}"))
                    .header("nel", "{\"report_to\":\"far\",\"max_age\":9,\"success_fraction\":1.0}")
                    .header("link", format!("<http://{private}/v/link-header>; rel=preload; as=script"))
                    .header("link", format!("<http://{private}/>; rel=preconnect"))
                    .header("speculation-rules", format!("\"http://{private}/v/rules-header\""))
                    .header("alt-svc", format!("h2=\"{private}\"; ma=9, h3=\"{private}\"; ma=9"))
                    .header("sourcemap", format!("http://{private}/v/source-map"))
                    .body(Body::from(vectors)),
                "/hosts" => html(hosts),
                "/to-private" => Response::builder().status(302).header("location", format!("http://{private}/v/{query}")).body(Body::empty()),
                "/service.js" => Response::builder().header("content-type", "text/javascript").body(Body::from(
                    "oninstall = () => skipWaiting(); onactivate = (event) => event.waitUntil(clients.claim());\n\
                     onmessage = (event) => { fetch(`http://${event.data}/v/service-fetch`, { mode: 'no-cors' }).catch(() => 0); };",
                )),
                "/slow" => {
                    tokio::time::sleep(Duration::from_millis(250)).await;
                    html(String::new())
                }
                _ => html("<p>正文</p>".to_owned()),
            }
            .expect("an answer")
        }
    });
    let listener = TcpListener::bind("127.0.0.3:0").await.expect("a port");
    let at = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    at
}

/// Visits a page while only these ranges may be opened; gives the visit, and what the browser's processes connected to.
async fn visit(house: &House, allow: &[&str], click: String) -> (Visit, BTreeSet<String>) {
    let mut config: toml::Table = include_str!("../../config.toml").parse().expect("the configuration");
    config.retain(|part, _| ["guard", "follow", "capture", "browser", "visitors"].contains(&part));
    let mut options: Options = config.try_into().expect("the crawler's part of it");
    options.guard = Rules {
        allow: allow.iter().map(|&range| range.to_owned()).collect(),
        resolve: [("inside.test".to_owned(), house.at.to_string())].into(),
        ..Rules::default()
    };
    options.follow = Follow { page_timeout_secs: 15, watch_ms: 300, next_levels: 0, ..options.follow };
    options.browser.sandbox = false;
    let clock = Arc::new(|| DateTime::from_timestamp(1_800_000_000, 0).expect("a time"));
    let crawler = Crawler::start(options, clock).await.expect("the crawler starts");
    let over = Arc::new(AtomicBool::new(false));
    let ended = Arc::clone(&over);
    let watching = std::thread::spawn(move || {
        let mut strangers = BTreeSet::new();
        while !ended.load(Ordering::SeqCst) {
            strangers.extend(sockets::strangers());
            std::thread::sleep(Duration::from_millis(40));
        }
        strangers
    });
    let ad: Ad = serde_json::from_value(json!({"ad_id": "g-1", "click_url": click})).expect("an ad");
    let visit = crawler.visit(&ad, AS_VISITOR).await;
    over.store(true, Ordering::SeqCst);
    crawler.stop().await;
    (visit, watching.join().expect("watches"))
}

fn title(visit: &Visit) -> &str {
    &visit.snapshots.first().unwrap_or_else(|| panic!("no page: {:?} {:?}", visit.gaps, visit.chain)).title
}

/// The addresses that the guard opened.
fn opened(visit: &Visit) -> BTreeSet<String> {
    let record = visit.evidence.iter().find(|evidence| Some(evidence.id()) == visit.chain.record).expect("a record");
    let record: Value = serde_json::from_slice(record.bytes()).expect("JSON");
    let opened = record["chain"]["opened"].as_array().expect("a list").iter();
    opened.filter_map(|line| Some(line.as_str()?.split_once(' ')?.1.to_owned())).collect()
}

/// What the page asks for where it may: were one of them mistyped, its failing where it may not would mean nothing.
const ASKED: [&str; 56] = [
    "TLS",
    "audio",
    "base",
    "beacon",
    "body-background",
    "by-name",
    "csp-report",
    "css-background",
    "css-border",
    "css-content",
    "css-cursor",
    "css-image-set",
    "css-import",
    "css-mask",
    "embed",
    "event-source",
    "fetch",
    "fetch-redirected",
    "font",
    "font-face",
    "identity",
    "iframe",
    "iframe-redirected",
    "image",
    "img",
    "img-redirected",
    "import",
    "import-map",
    "import-scripts",
    "input",
    "keepalive",
    "link-header",
    "module",
    "modulepreload",
    "object",
    "paint-worklet",
    "picture",
    "ping",
    "poster",
    "prefetch",
    "preflight",
    "preload",
    "refresh-in-frame",
    "script",
    "script-in-frame",
    "service-fetch",
    "shared-fetch",
    "srcset",
    "stylesheet",
    "svg-image",
    "video",
    "websocket",
    "worker-fetch",
    "worker-import",
    "worker-websocket",
    "xhr",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_way_of_asking_leads_a_page_into_somebodys_house() {
    let house = House::open().await;
    let site = page(&house, &[]).await;
    let click = format!("http://{site}/vectors");
    let (closed, strangers) = visit(&house, &["127.0.0.3"], click.clone()).await;
    assert_eq!(title(&closed), "tried");
    assert_eq!(house.visited(), (0, 0), "{:?}", house.asked);
    assert_eq!(opened(&closed), BTreeSet::from([site.to_string()]));
    assert_eq!(strangers, BTreeSet::new());
    let blocked = &closed.snapshots[0].provenance.blocked;
    for refused in [house.at.to_string(), "inside.test:80".to_owned()] {
        assert!(blocked.iter().any(|blocked| blocked.url == refused), "{refused}: {blocked:?}");
    }
    // The same page where the house may be opened: what was counted above could have been another number.
    let (open, strangers) = visit(&house, &["127.0.0.0/8"], click).await;
    assert_eq!(title(&open), "tried");
    let asked = house.asked.lock().expect("the list").clone();
    let missing: Vec<_> = ASKED.iter().filter(|&&what| !asked.contains(what)).collect();
    // A busy browser does not come to each of them in time.
    assert!(missing.len() <= 3, "never asked for: {missing:?}");
    // TURN over TCP goes through the guard; no datagram goes anywhere. Without the browser's switches they are dozens.
    assert!(asked.iter().any(|what| what.starts_with("other: ")), "{asked:?}");
    assert_eq!((house.visited().1, strangers), (0, BTreeSet::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_way_of_writing_a_host_leads_a_page_into_somebodys_house() {
    let house = House::open().await;
    let lines = include_str!("guard/hosts.txt").lines().filter(|line| !line.starts_with('#'));
    let hosts: Vec<&str> = lines.filter_map(|line| line.split_whitespace().next()).collect();
    let site = page(&house, &hosts).await;
    let (visit, strangers) = visit(&house, &["127.0.0.3"], format!("http://{site}/hosts")).await;
    assert_eq!(house.visited(), (0, 0), "{:?}", house.asked);
    assert_eq!(opened(&visit), BTreeSet::from([site.to_string()]));
    assert_eq!(strangers, BTreeSet::new());
    let tried: usize = title(&visit).trim_start_matches("tried ").parse().expect("how many were tried");
    let refused =
        visit.snapshots[0].provenance.blocked.iter().filter(|blocked| blocked.reason.contains("guard refused"));
    let (tried_enough, refused) = (tried + 5 > hosts.len(), refused.count());
    assert!(tried_enough && refused > 50, "{tried} of {} tried, {refused} refused", hosts.len());
}
