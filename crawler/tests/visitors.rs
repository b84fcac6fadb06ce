//! Each visitor of the compiled-in configuration before a page that looks for contradictions in them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::DateTime;
use crawler::guard::Rules;
use crawler::{Browser, Capture, Crawler, Follow, Options, Visitor};
use futures_util::StreamExt;
use model::ad::Ad;
use serde_json::json;
use server::{Asked, Server};

#[path = "shared/server.rs"]
mod server;

/// The visitors of the compiled-in configuration.
fn visitors() -> BTreeMap<String, Visitor> {
    let config: toml::Table = include_str!("../../config.toml").parse().expect("the configuration");
    config["visitors"].clone().try_into().expect("visitors")
}

fn answer(visitor: &str, asked: &Asked, before: &[Asked]) -> (&'static str, String) {
    let script = |text: &str| ("text/javascript; charset=utf-8", text.to_owned());
    let html = |text: String| ("text/html; charset=utf-8", format!("<!doctype html><meta charset=utf-8>{text}"));
    match asked.path.split('?').next().unwrap_or_default() {
        "/facts.js" => script(include_str!("identity/facts.js")),
        "/questions.js" => script(include_str!("identity/questions.js")),
        "/page.js" => script(include_str!("identity/page.js")),
        "/worker.js" => script(include_str!("identity/worker.js")),
        "/module.js" => script(include_str!("identity/module.js")),
        "/nested.js" => script(include_str!("identity/nested.js")),
        "/shared.js" => script(include_str!("identity/shared.js")),
        "/service.js" => script(include_str!("identity/service.js")),
        "/said" => ("application/json", json!(asked.headers).to_string()),
        "/slow" => script(""),
        "/fetched" => {
            let workers = before.iter().filter(|one| one.path.ends_with(".js") && one.path != "/page.js");
            let fetched: BTreeMap<&str, _> = workers.map(|one| (one.path.as_str(), &one.headers)).collect();
            ("application/json", json!(fetched).to_string())
        }
        "/frame" => html(format!(
            "<script src=/facts.js></script><script>facts().then((facts) => parent.postMessage({{world: '{}', facts}}, '*'))</script>",
            asked.path.split('?').nth(1).unwrap_or_default()
        )),
        _ => html(format!(
            "<meta name=viewport content='width=device-width'><p id=asked>…</p><script>self.sent = {}; self.insecure = '{visitor}.test'</script>\
             <script src=/facts.js></script><script src=/questions.js></script><script src=/page.js></script>",
            json!(asked.headers)
        )),
    }
}

/// What the page said of a visitor.
#[derive(Debug)]
struct Told {
    asked: String,
    /// Names of contradictions with their detail.
    contradictions: BTreeMap<String, String>,
    /// The requests for the page: the browser's, and the walk's over plain HTTP.
    documents: Vec<Asked>,
}

/// Shows the page to visitors, to each on a server of its own.
async fn ask(visitors: BTreeMap<String, Visitor>) -> BTreeMap<String, Told> {
    let mut servers = BTreeMap::new();
    for name in visitors.keys() {
        let own = name.clone();
        servers.insert(name.clone(), Server::start(move |asked, before| answer(&own, asked, before)).await);
    }
    let options = Options {
        guard: Rules {
            allow: vec!["127.0.0.0/8".into()],
            resolve: servers.iter().map(|(name, server)| (format!("{name}.test"), server.at.to_string())).collect(),
            ..Rules::default()
        },
        follow: Follow {
            max_hops: 10,
            page_timeout_secs: 15,
            watch_ms: 100,
            next_levels: 0,
            max_pages: 0,
            max_presses: 0,
            next_secs: 0,
        },
        capture: Capture {
            quiet_ms: 500,
            max_body_bytes: 2 << 20,
            max_document_bytes: 16 << 20,
            max_visit_bytes: 20 << 20,
            max_page_height: 10_000,
            max_nodes: 5_000,
            picture_quality: 75,
            picture_scale: 1.0,
            film_frames: 4,
            film_bytes: 1 << 20,
        },
        browser: Browser { path: String::new(), sandbox: false, max_page_memory_mb: 1_024 },
        visitors,
    };
    let clock = Arc::new(|| DateTime::from_timestamp(1_800_000_000, 0).expect("a time"));
    let crawler = Crawler::start(options, clock).await.expect("the crawler starts");
    let visits = servers.iter().map(|(name, server)| visit(&crawler, name, server));
    let told = futures_util::stream::iter(visits).buffer_unordered(2).collect().await;
    crawler.stop().await;
    told
}

async fn visit(crawler: &Crawler, visitor: &str, server: &Server) -> (String, Told) {
    let click = format!("http://{}/", server.at);
    let ad: Ad = serde_json::from_value(json!({"ad_id": "g-1", "click_url": click})).expect("an ad");
    let visit = crawler.visit(&ad, visitor).await;
    let page = visit.snapshots.first().unwrap_or_else(|| panic!("no page: {:?} {:?}", visit.gaps, visit.chain));
    let texts: Vec<&str> = page.nodes.iter().filter_map(|node| node.text.as_deref()).collect();
    let asked = texts.iter().find(|text| text.starts_with("asked "));
    let asked = asked.unwrap_or_else(|| panic!("{visitor}: {texts:?} {:?}", page.console));
    let found = texts.iter().filter_map(|text| text.strip_prefix("contradiction ")?.split_once(" — "));
    let told = Told {
        asked: (*asked).to_owned(),
        contradictions: found.map(|(name, detail)| (name.to_owned(), detail.to_owned())).collect(),
        documents: server.asked().into_iter().filter(|asked| asked.path == "/").collect(),
    };
    (visitor.to_owned(), told)
}

/// What is known to contradict, of whom, and why it cannot be mended.
const KNOWN: [(&str, &str, &str); 7] = [
    (
        "",
        "agent-of-worker-scripts",
        "Chromium asks for a service worker's script, and a worker's worker's, in its own name",
    ),
    ("desktop-chrome", "card-can-less", "there is no graphics card here: what draws is a program, with its own limits"),
    ("desktop-chrome", "fonts-and-agent", "Windows' fonts may not be copied onto this machine"),
    ("desktop-chrome", "voices-missing", "a browser without windows has no voices"),
    ("ios-safari", "engine-by-stack", "errors are written by Chromium's engine; a faked one would be wrong elsewhere"),
    ("ios-safari", "engine-by-style", "Chromium's style engine knows no -webkit-touch-callout"),
    ("ios-safari", "fonts-and-agent", "Apple's fonts may not be copied onto this machine"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_visitor_contradicts_itself_but_as_is_known() {
    let told = ask(visitors()).await;
    assert_eq!(told.len(), 5);
    for (name, told) in &told {
        let known = KNOWN.iter().filter(|(of, _, _)| of.is_empty() || of == name);
        let known: BTreeSet<&str> = known.map(|(_, contradiction, _)| *contradiction).collect();
        let found: BTreeSet<&str> = told.contradictions.keys().map(String::as_str).collect();
        assert_eq!(found, known, "{name}: {:#?}", told.contradictions);
        assert_eq!(
            told.asked,
            format!("asked 122 in {} worlds", if name.starts_with("a") { 12 } else { 13 }),
            "{name}"
        );
        // The walk over plain HTTP says the same in the same order; of Safari's headers Chromium adds some of its own.
        let said = |asked: &Asked| -> Vec<String> {
            asked.headers.iter().map(|(name, value)| format!("{}: {value}", name.to_ascii_lowercase())).collect()
        };
        let [browser, walk] = &told.documents[..] else { panic!("{name}: {:?}", told.documents) };
        if name != "ios-safari" {
            assert_eq!(said(browser), said(walk), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_changed_in_one_field_contradicts_itself() {
    type Change = fn(&mut Visitor);
    let changes: [(&str, &str, Change); 9] = [
        ("android-douyin", "platform-and-agent", |visitor| visitor.navigator_platform = "Win32".into()),
        ("android-douyin", "touch-and-agent", |visitor| visitor.touch = false),
        ("android-douyin", "card-is-software", |visitor| visitor.gpu.1 = "SwiftShader".into()),
        ("android-douyin", "chrome-where-it-is-not", |visitor| visitor.engine = visitors()["auditor"].engine),
        ("android-wechat", "hints-model-and-agent", |visitor| visitor.hints.model = "Pixel 9".into()),
        ("android-wechat", "zone-and-language", |visitor| visitor.time_zone = "America/New_York".into()),
        ("android-wechat", "region-in-agent-and-language", |visitor| visitor.languages = vec!["en-US".into()]),
        ("desktop-chrome", "hints-version-and-agent", |visitor| visitor.hints.brands[1].version = "140.0.0.0".into()),
        ("ios-safari", "vendor", |visitor| visitor.engine = visitors()["auditor"].engine),
    ];
    let mut changed = BTreeMap::new();
    for (at, (name, _, change)) in changes.iter().enumerate() {
        let mut visitor = visitors()[*name].clone();
        change(&mut visitor);
        changed.insert(format!("v{at}"), visitor);
    }
    let told = ask(changed).await;
    for (at, (name, contradiction, _)) in changes.iter().enumerate() {
        let found = &told[&format!("v{at}")].contradictions;
        assert!(found.contains_key(*contradiction), "{name}: {contradiction} was not seen: {found:#?}");
    }
}
