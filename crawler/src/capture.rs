//! One page as it is before the visitor's eyes: its HTML, its layout, its picture, and what it was built from.

mod colour;
mod dom_snapshot;
pub(crate) mod film;
mod layout;
mod likeness;
mod look;
pub(crate) mod obstacle;
mod picture;
pub(crate) mod responses;
mod scroll;
pub(crate) mod settle;
pub(crate) mod words;

use std::collections::HashMap;
use std::time::Duration;

use model::evidence::Evidence;
use model::snapshot::{Node, Part, Picture, Provenance, Snapshot};
use model::units::Level;
use serde_json::{Value, json};

use crate::seat::Seat;
use crate::traffic::worth_a_look;

const BOUND: Duration = Duration::from_secs(5);
/// A page of this many elements for each node that is kept is not laid out: the answer alone would fill the memory.
const TOO_MANY: u64 = 8;

/// A captured page and all that its snapshot names.
pub(crate) struct Captured {
    pub(crate) snapshot: Snapshot,
    /// The browser's own number of each node, to find it again in the living page.
    pub(crate) handles: Vec<i64>,
    /// Of the page's document.
    pub(crate) headers: HashMap<String, String>,
    pub(crate) html: String,
    pub(crate) evidence: Vec<Evidence>,
    /// What could not be had of it: reason and words.
    pub(crate) missing: Vec<(&'static str, String)>,
}

/// Captures the page that the visit rests on; none when it answers nothing at all.
pub(crate) async fn page(seat: &Seat<'_>, settled: bool, level: Level, part: Part) -> Option<Captured> {
    let (hop, status, url, headers) = {
        let watch = seat.watch();
        let last = watch.trail.hops().last()?;
        let document = watch.page.request.as_deref().and_then(|request| watch.traffic.of(request));
        let status = document.and_then(|document| document.status).or(last.status);
        (last.index, status, watch.page.url.clone(), document.map(|d| worth_a_look(&d.headers)).unwrap_or_default())
    };
    let at_ms = seat.since_click();
    let said = seat.evaluate(&html_script(seat.options.capture.max_body_bytes), BOUND).await.ok()?;
    let html = said["html"].as_str().unwrap_or_default().to_owned();
    let mut missing = Vec::new();
    let sizes = picture::sizes(seat, said["width"].as_f64()).await;
    let captured_at = (seat.clock)();
    // The bodies lie with the browser, layout and picture with the page: neither has to wait for the other.
    let as_it_stands = async {
        let nodes = nodes(seat, &said, sizes.page, &mut missing).await;
        (nodes, picture::take(seat, &sizes).await)
    };
    let (((mut nodes, handles), shot), responses) = tokio::join!(as_it_stands, responses::take(seat));
    seat.watch().page.words.date(&mut nodes, part, at_ms);
    if shot.is_none() {
        missing.push(("no-picture", "The page could not be drawn; try again.".to_owned()));
    }
    let page = Evidence::new("page html", "text/html; charset=utf-8", html.clone().into_bytes(), captured_at);
    let page_id = page.id();
    let mut evidence = vec![page];
    let picture = shot.map(|shot| {
        let kept = Evidence::new("page picture", "image/jpeg", shot.jpeg, captured_at);
        let picture = Picture { evidence: kept.id(), scale: shot.scale, height: shot.height };
        evidence.push(kept);
        picture
    });
    let console = seat.watch().console.clone();
    let snapshot = Snapshot {
        visitor: seat.name.to_owned(),
        hop,
        level,
        part,
        url: said["url"].as_str().map_or(url, str::to_owned),
        title: said["title"].as_str().unwrap_or_default().chars().take(500).collect(),
        status,
        at_ms,
        captured_at,
        settled,
        html: page_id,
        picture,
        viewport: sizes.screen,
        page_size: sizes.page,
        nodes,
        responses,
        console,
        provenance: provenance(seat),
    };
    Some(Captured { snapshot, handles, headers, html, evidence, missing })
}

/// The layout alone, as it is by now, of a page that was captured before.
pub(crate) async fn layout_now(seat: &Seat<'_>, captured: &Captured) -> Option<Snapshot> {
    let before = &captured.snapshot;
    let (nodes, _) = layout::nodes(&dom_snapshot::take(seat).await?, before.page_size, before.nodes.len() * 2);
    Some(Snapshot { nodes, ..before.clone() })
}

async fn nodes(
    seat: &Seat<'_>,
    said: &Value,
    page_size: (u32, u32),
    missing: &mut Vec<(&'static str, String)>,
) -> (Vec<Node>, Vec<i64>) {
    let most = seat.options.capture.max_nodes;
    let elements = said["elements"].as_f64().unwrap_or_default() as u64;
    if elements > u64::from(most) * TOO_MANY {
        missing.push((
            "page-too-large",
            format!("The page has {elements} elements, its layout was not read; raise `capture.max_nodes`."),
        ));
        return (Vec::new(), Vec::new());
    }
    let Some(taken) = dom_snapshot::take(seat).await else {
        missing.push(("no-layout", "The page gave no layout in time; try again.".to_owned()));
        return (Vec::new(), Vec::new());
    };
    let (nodes, handles) = layout::nodes(&taken, page_size, most as usize);
    if nodes.len() >= most as usize {
        missing.push((
            "page-too-large",
            format!("Only the first {most} elements and texts were read; raise `capture.max_nodes`."),
        ));
    }
    (nodes, handles)
}

/// The page serialised, no longer than the bound, and what it calls itself.
fn html_script(bound: u64) -> String {
    format!(
        "(() => {{ const d = document.doctype; const head = d ? new XMLSerializer().serializeToString(d) + '\\n' : ''; \
         const e = document.documentElement; return {{html: (head + (e ? e.outerHTML : '')).slice(0, {bound}), \
         title: document.title, width: e ? e.clientWidth : 0, url: location.href.slice(0, 8192), elements: document.getElementsByTagName('*').length}}; }})()"
    )
}

fn provenance(seat: &Seat<'_>) -> Provenance {
    let mut blocked = seat.watch().blocked.clone();
    blocked.extend(seat.refusals());
    Provenance {
        crawler_version: concat!("postlink ", env!("CARGO_PKG_VERSION")).to_owned(),
        browser_version: seat.browser.version.clone(),
        user_agent: seat.visitor.agent(),
        language: seat.visitor.languages.join(","),
        time_zone: seat.visitor.time_zone.clone(),
        egress: seat.options.guard.egress.clone(),
        health: seat.browser.health.clone(),
        blocked,
    }
}

/// The record of a chain: what the report cites where a hop has no page of its own.
pub(crate) fn record(parts: Value) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(&json!({"record": "chain", "chain": parts})).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
