//! postlink's side of the capture benchmark: full evidence of the pages of a plan, with one warm browser.
//!
//! Run by `tests/bench/capture/run`, which writes the plan. Says `ready`, waits for a line, then prints one line a page.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result};
use crawler::{Crawler, Options, Visit};
use model::ad::Ad;
use serde::Deserialize;
use serde_json::json;

const DEFAULTS: &str = include_str!("../../../config.toml");
/// Parts of the configuration that are not the crawler's.
const NOT_OURS: [&str; 3] = ["check", "reader", "report"];

/// What `run` wants done.
#[derive(Deserialize)]
struct Plan {
    urls: Vec<String>,
    /// A page to warm the browser up with.
    warm: String,
    at_once: usize,
    visitor: String,
    /// Changed keys of the configuration: `capture.picture_scale`.
    settings: BTreeMap<String, toml::Value>,
    /// Where to keep what was captured; nowhere when it is not said.
    keep: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let path = std::env::args().nth(1).context("usage: capture PLAN.json")?;
    let plan: Plan = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    #[expect(clippy::disallowed_methods, reason = "evidence is dated with the real clock")]
    let crawler = Crawler::start(options(&plan)?, Arc::new(chrono::Utc::now)).await?;
    crawler.visit(&ad(&plan.warm)?, &plan.visitor).await;
    println!("ready");
    std::io::stdin().lock().read_line(&mut String::new())?;

    let (plan, crawler, next) = (Arc::new(plan), Arc::new(crawler), Arc::new(AtomicUsize::new(0)));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..plan.at_once {
        let (plan, crawler, next) = (Arc::clone(&plan), Arc::clone(&crawler), Arc::clone(&next));
        workers.spawn(async move {
            while let Some(url) = plan.urls.get(next.fetch_add(1, Ordering::Relaxed)) {
                let began = Instant::now();
                let visit = crawler.visit(&ad(url)?, &plan.visitor).await;
                tell(url, &visit, began);
                if let Some(folder) = &plan.keep {
                    keep(folder, url, &visit)?;
                }
            }
            Ok(())
        });
    }
    let ended: Result<Vec<()>> = workers.join_all().await.into_iter().collect();
    if let Ok(crawler) = Arc::try_unwrap(crawler) {
        crawler.stop().await;
    }
    ended.map(|_| ())
}

fn options(plan: &Plan) -> Result<Options> {
    let mut table: toml::Table = DEFAULTS.parse()?;
    for part in NOT_OURS {
        table.remove(part);
    }
    for (key, value) in &plan.settings {
        let (part, name) = key.split_once('.').context("a setting is written `part.name`")?;
        let part =
            table.get_mut(part).and_then(toml::Value::as_table_mut).with_context(|| format!("no part {part}"))?;
        part.insert(name.to_owned(), value.clone());
    }
    Ok(table.try_into()?)
}

fn ad(url: &str) -> Result<Ad> {
    Ok(serde_json::from_value(json!({"ad_id": "bench", "click_url": url}))?)
}

fn tell(url: &str, visit: &Visit, began: Instant) {
    let size = |kind: &str| -> (usize, usize) {
        let pieces = visit.evidence.iter().filter(|piece| piece.what.starts_with(kind));
        pieces.fold((0, 0), |(count, bytes), piece| (count + 1, bytes + piece.bytes().len()))
    };
    let gaps: Vec<&str> = visit.gaps.iter().map(|gap| gap.reason.as_str()).collect();
    let (bodies, body_bytes) = size("response body");
    let (frames, film_bytes) = size("screen at");
    println!(
        "{}",
        json!({
            "url": url, "ms": began.elapsed().as_millis() as u64, "gaps": gaps,
            "bodies": bodies, "body_bytes": body_bytes, "picture_bytes": size("page picture").1,
            "frames": frames, "film_bytes": film_bytes,
            "nodes": visit.snapshots.first().map_or(0, |page| page.nodes.len()),
        })
    );
}

fn keep(folder: &std::path::Path, url: &str, visit: &Visit) -> Result<()> {
    let page = url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    for (at, piece) in visit.evidence.iter().enumerate() {
        let name = piece.what.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        std::fs::write(
            folder.join(format!("{page}-{at:03}-{}", name.chars().take(60).collect::<String>())),
            piece.bytes(),
        )?;
    }
    Ok(())
}
