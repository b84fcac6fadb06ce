//! Tests: the ways on that real rendered pages offer, as people wrote them down beside each page.
//!
//! `crawler/fixtures/ways/<set>/*.html` begin with a comment of lines; `others.toml` has such lines for pages elsewhere:
//!
//!     first action link | 立即领取      the best of its kind, and how safe it is
//!     close press layer | ×            there is one, in a layer (`covered`: below one)
//!     submits | 获取验证码              there is one, and whatever says so is never pressed
//!     not | 备案                       nobody goes on by this
//!     none action                      there is none of the kind
//!     visitor desktop-chrome           who looks

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use chrono::DateTime;
use futures_util::stream::{self, StreamExt};
use model::chain::WayKind;
use model::snapshot::{Part, Snapshot};
use serde::Deserialize;

use super::candidates::{Candidate, candidates};
use super::safety::Safety;
use crate::{Crawler, Options};

struct Page {
    name: String,
    file: PathBuf,
    lines: Vec<String>,
}

#[derive(Deserialize)]
struct Others {
    page: Vec<Other>,
}

#[derive(Deserialize)]
struct Other {
    path: String,
    ways: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ways_on_are_found_as_people_see_them() {
    let mut pages = set("own");
    pages.extend(others());
    check(pages).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_orders_is_called_safe() {
    check(set("orders")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_that_were_written_last_come_out_as_well() {
    check(set("blind")).await;
}

async fn check(pages: Vec<Page>) {
    assert!(!pages.is_empty());
    let seen = render(&pages).await;
    let (mut told, mut lines, mut wrong, mut unsafe_lines) = (String::new(), 0, 0, 0);
    for (page, snapshot) in pages.iter().zip(&seen) {
        let found = candidates(snapshot);
        lines += page.lines.len();
        let faults: Vec<String> = page.lines.iter().filter_map(|line| fault(line, &found)).collect();
        wrong += faults.len();
        unsafe_lines += faults.iter().filter(|fault| fault.starts_with("UNSAFE")).count();
        if !faults.is_empty() {
            told += &format!("\n== {}\n  {}\n", page.name, faults.join("\n  "));
            told += &found.iter().take(40).map(|one| format!("      {}\n", shown(one))).collect::<String>();
        }
    }
    let count = pages.len();
    println!("{count} pages, {lines} lines, {wrong} wrong, {unsafe_lines} unsafe");
    assert!(told.is_empty(), "{count} pages, {lines} lines, {wrong} wrong, {unsafe_lines} unsafe\n{told}");
}

/// What is wrong about one line; nothing when it holds.
fn fault(line: &str, found: &[Candidate]) -> Option<String> {
    let (what, words) = line.split_once('|').map_or((line, None), |(what, words)| (what, Some(words.trim())));
    let what: Vec<&str> = what.split_whitespace().collect();
    let says = |one: &&Candidate| {
        words.is_some_and(|words| if words.is_empty() { one.words.is_empty() } else { one.words.contains(words) })
    };
    let safe = |name: &str| match name {
        "link" => Safety::Link,
        "press" => Safety::Press,
        "submits" => Safety::Submits,
        other => panic!("`{other}` is no safety in `{line}`"),
    };
    match what[..] {
        ["visitor", _] => None,
        ["none", kind] => found.iter().find(|one| one.kind == way(kind)).map(|one| format!("{line}: {}", shown(one))),
        ["not"] => found.iter().find(says).map(|one| format!("{line}: {}", shown(one))),
        ["submits"] => {
            let bad = found.iter().filter(says).find(|one| one.safe != Safety::Submits);
            match bad {
                Some(one) => Some(format!("UNSAFE {line}: {}", shown(one))),
                None => (!found.iter().any(|one| says(&one))).then(|| format!("{line}: not found")),
            }
        }
        ["first", kind, ref rest @ ..] | [kind, ref rest @ ..] if !rest.is_empty() => {
            let first = what[0] == "first";
            let mut of_kind = found.iter().filter(|one| one.kind == way(kind));
            let one = if first { of_kind.next().filter(says) } else { of_kind.find(says) };
            let Some(one) = one else { return Some(format!("{line}: not so")) };
            let wanted = safe(rest.first()?);
            let flags = rest[1..].iter().all(|flag| match *flag {
                "layer" => one.layer,
                "covered" => one.covered,
                "free" => !one.covered,
                other => panic!("`{other}` is no flag in `{line}`"),
            });
            let danger = if wanted == Safety::Submits && one.safe != wanted { "UNSAFE " } else { "" };
            (one.safe != wanted || !flags).then(|| format!("{danger}{line}: {}", shown(one)))
        }
        _ => panic!("cannot read `{line}`"),
    }
}

fn way(name: &str) -> WayKind {
    serde_json::from_value(name.into()).unwrap_or_else(|_| panic!("`{name}` is no kind"))
}

fn shown(one: &Candidate) -> String {
    let flags = [(one.layer, " layer"), (one.covered, " covered")]
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, name)| *name)
        .collect::<String>();
    let Candidate { kind, safe, rank, words, href, area, .. } = one;
    format!(
        "{kind:?} {safe:?}{flags} {rank:.0} 「{words}」 {} [{:.0} {:.0} {:.0} {:.0}]",
        href.as_deref().unwrap_or("-"),
        area.x,
        area.y,
        area.w,
        area.h
    )
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn set(name: &str) -> Vec<Page> {
    let folder = root().join("crawler/fixtures/ways").join(name);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder).expect("the set").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files.into_iter().filter(|file| file.extension().is_some_and(|end| end == "html")).map(own).collect()
}

fn own(file: PathBuf) -> Page {
    let text = std::fs::read_to_string(&file).expect("the page");
    let (_, rest) = text.split_once("<!-- ways").unwrap_or_else(|| panic!("{} says nothing", file.display()));
    let (lines, _) = rest.split_once("-->").expect("the comment ends");
    Page { name: file.display().to_string(), lines: read_lines(lines), file }
}

fn others() -> Vec<Page> {
    let text = std::fs::read_to_string(root().join("crawler/fixtures/ways/others.toml")).expect("the list");
    let others: Others = toml::from_str(&text).expect("reads");
    let page = |other: Other| Page {
        name: other.path.clone(),
        file: root().join(&other.path),
        lines: read_lines(&other.ways),
    };
    others.page.into_iter().map(page).collect()
}

fn read_lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Each page as the crawler captures it.
async fn render(pages: &[Page]) -> Vec<Snapshot> {
    let at = serve(pages).await;
    let clock: model::units::Clock = Arc::new(|| DateTime::from_timestamp(1_800_000_000, 0).expect("a time"));
    let crawler = Crawler::start(options(at), clock).await.expect("the crawler starts");
    let visits = stream::iter(pages.iter().enumerate()).map(|(index, page)| {
        let crawler = &crawler;
        async move {
            let who = page.lines.iter().find_map(|line| line.strip_prefix("visitor ")).unwrap_or("android-douyin");
            let ad = serde_json::json!({"ad_id": "w", "click_url": format!("http://pages.test/{index}/page.html")});
            let visit = crawler.visit(&serde_json::from_value(ad).expect("an ad"), who.trim()).await;
            let landing = visit.snapshots.into_iter().find(|snapshot| snapshot.part == Part::Landing);
            landing.unwrap_or_else(|| panic!("{} gives no page: {:?}", page.name, visit.gaps))
        }
    });
    let seen = visits.buffered(3).collect().await;
    crawler.stop().await;
    seen
}

/// The compiled-in configuration, with short waits: these pages load nothing.
fn options(at: std::net::SocketAddr) -> Options {
    let text = std::fs::read_to_string(root().join("config.toml")).expect("the configuration");
    let mut all: toml::Table = toml::from_str(&text).expect("reads");
    let mut set = |section: &str, key: &str, value: toml::Value| {
        if let Some(kept) =
            all.get_mut(section).and_then(toml::Value::as_table_mut).and_then(|table| table.get_mut(key))
        {
            *kept = value;
        }
    };
    set("guard", "allow", vec!["127.0.0.0/8"].into());
    set("guard", "resolve", toml::Table::from_iter([("*.test".to_owned(), at.to_string().into())]).into());
    set("follow", "watch_ms", 0.into());
    set("follow", "next_levels", 0.into());
    set("capture", "quiet_ms", 150.into());
    set("browser", "sandbox", false.into());
    all.retain(|section, _| matches!(section, "guard" | "follow" | "capture" | "browser" | "visitors" | "hosts"));
    toml::Value::Table(all).try_into().expect("the crawler's part of the configuration")
}

/// A server for the pages; a picture that is not there is drawn.
async fn serve(pages: &[Page]) -> std::net::SocketAddr {
    let files: HashMap<String, PathBuf> =
        pages.iter().enumerate().map(|(index, page)| (index.to_string(), page.file.clone())).collect();
    let app = Router::new().fallback(move |request: Request| {
        let answer = answer(&files, request.uri().path());
        async move { answer }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    at
}

fn answer(files: &HashMap<String, PathBuf>, path: &str) -> Response<Body> {
    const DRAWN: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='200'><rect width='300' height='200' fill='#c60'/></svg>";
    let mut parts = path.trim_start_matches('/').splitn(2, '/');
    let (page, rest) = (parts.next().and_then(|index| files.get(index)), parts.next().unwrap_or_default());
    let name = path.rsplit('/').next().unwrap_or_default();
    let found = match page {
        Some(file) if rest == "page.html" => std::fs::read(file).ok().map(|body| ("text/html; charset=utf-8", body)),
        Some(file) => std::fs::read(file.with_file_name(name))
            .ok()
            .filter(|_| !name.ends_with(".html"))
            .map(|body| ("image/jpeg", body)),
        None => None,
    };
    let picture = [".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"].iter().any(|end| name.ends_with(end));
    let (mime, body) =
        found.or(picture.then(|| ("image/svg+xml", DRAWN.into()))).unwrap_or(("text/html", b"<h1>404</h1>".to_vec()));
    Response::builder().header("content-type", mime).body(Body::from(body)).expect("an answer")
}
