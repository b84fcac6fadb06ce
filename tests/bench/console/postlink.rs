//! Measures what the console asks: `cargo run --release -p postlink-tests --example console -- [sqlite|postgres] [CASES] [ADVERTISERS]`
//! fills a store (seed.py), opens it, and prints the median and the 99th percentile of each question, alone and of 200 at once.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use chrono::{TimeDelta, Utc};
use model::account::Sight;
use storage::desk::{CaseRow, Decided, Desk, Wanted, WantedAds};
use storage::suite::postgres::Server;

const ASKED: usize = 100;
const USERS: usize = 200;
const EACH: usize = 10;
const PAGE: u64 = 50;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let kind = arguments.next().unwrap_or_else(|| "sqlite".to_owned());
    let cases = arguments.next().unwrap_or_else(|| "100000".to_owned());
    let advertisers = arguments.next().unwrap_or_else(|| "2000".to_owned());
    let folder = tempfile::tempdir()?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the bench's clock is made")]
    let clock = Arc::new(Utc::now);
    let seed = |kind: &str, place: &str| -> anyhow::Result<()> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/bench/console/seed.py");
        let done = Command::new("python3").args([script, kind, place, &cases, &advertisers]).status()?;
        ensure!(done.success(), "seed.py failed");
        Ok(())
    };
    if kind == "sqlite" {
        storage::sqlite::open(folder.path(), clock.clone()).await?.close().await;
        seed("sqlite", &folder.path().join("postlink.db").display().to_string())?;
        let begun = Instant::now();
        let store = storage::sqlite::open(folder.path(), clock).await?;
        println!("opened, with all facts told anew, in {:.1} s", begun.elapsed().as_secs_f64());
        measure(Arc::new(store)).await
    } else {
        let server = Server::start();
        storage::postgres::open(&server.url(), folder.path(), clock.clone()).await?.close().await;
        seed("postgres", &server.url())?;
        let begun = Instant::now();
        let store = storage::postgres::open(&server.url(), folder.path(), clock).await?;
        println!("opened, with all facts told anew, in {:.1} s", begun.elapsed().as_secs_f64());
        let analyzed = Command::new("psql").args(["-qX", &server.url(), "-c", "VACUUM ANALYZE"]).status()?;
        ensure!(analyzed.success(), "VACUUM ANALYZE failed");
        measure(Arc::new(store)).await
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// A list by its name: who asks, for what, behind which case.
type Question = (&'static str, Sight, Wanted, Option<u64>);

fn lists(middle: &CaseRow) -> Vec<Question> {
    let (all, w) = (Sight::default(), Wanted::default());
    let platform = Sight { platform: some("feed"), advertiser: None, region: None };
    let advertiser = Sight { platform: some("feed"), advertiser: some("adv-0040"), region: None };
    let month = middle.sealed_at - TimeDelta::days(30);
    vec![
        ("list", all.clone(), w.clone(), None),
        ("list, from the middle", all.clone(), w.clone(), Some(middle.number)),
        ("list, violating", all.clone(), Wanted { verdict: some("violating"), ..w.clone() }, None),
        ("list, S4", all.clone(), Wanted { severity: some("S4"), ..w.clone() }, None),
        ("list, platform", platform.clone(), w.clone(), None),
        ("list, platform, violating", platform.clone(), Wanted { verdict: some("violating"), ..w.clone() }, None),
        ("list, platform, S4, latest", platform, Wanted { severity: some("S4"), latest_only: true, ..w.clone() }, None),
        ("list, advertiser", advertiser.clone(), w.clone(), None),
        ("list, advertiser, S4", advertiser, Wanted { severity: some("S4"), ..w.clone() }, None),
        ("list, latest", all.clone(), Wanted { latest_only: true, ..w.clone() }, None),
        (
            "list, latest, violating",
            all.clone(),
            Wanted { latest_only: true, verdict: some("violating"), ..w.clone() },
            None,
        ),
        ("list, trade", all.clone(), Wanted { trade: some("loan"), ..w.clone() }, None),
        ("list, undecided", all.clone(), Wanted { decision: Some(Decided::Undecided), ..w.clone() }, None),
        ("list, confirmed (none)", all.clone(), Wanted { decision: Some(Decided::Confirm), ..w.clone() }, None),
        ("list, check", all.clone(), Wanted { check: some("price-mismatch"), ..w.clone() }, None),
        ("list, rare rule", all.clone(), Wanted { rule: some("hidden-terms-0"), ..w.clone() }, None),
        ("list, since", all.clone(), Wanted { since: Some(middle.sealed_at), ..w.clone() }, None),
        (
            "list, a month long ago",
            all.clone(),
            Wanted { since: Some(month), until: Some(middle.sealed_at), ..w.clone() },
            None,
        ),
        ("list, text", all.clone(), Wanted { text: some("公司77"), ..w.clone() }, None),
        ("list, text that is nowhere", all, Wanted { text: some("nowhere"), ..w }, None),
    ]
}

async fn measure<D: Desk + 'static>(desk: Arc<D>) -> anyhow::Result<()> {
    let (all, w) = (Sight::default(), Wanted::default());
    let platform = Sight { platform: some("feed"), advertiser: None, region: None };
    let newest = desk.list(&all, &w, None, 1).await?.pop().context("a case")?;
    let middle = desk.list(&all, &w, Some(newest.number / 2), 1).await?.pop().context("a case")?;
    println!("| question | median ms | p99 ms |\n|---|---|---|");
    let lists = Arc::new(lists(&middle));
    for (name, sight, wanted, behind) in lists.iter() {
        timed(name, async || desk.list(sight, wanted, *behind, PAGE).await.map(drop)).await?;
    }
    timed("counts", async || desk.counts(&all, &w).await.map(drop)).await?;
    timed("counts, platform", async || desk.counts(&platform, &w).await.map(drop)).await?;
    let latest = Wanted { latest_only: true, ..w.clone() };
    timed("counts, latest", async || desk.counts(&all, &latest).await.map(drop)).await?;
    timed("case_in_sight", async || desk.case_in_sight(&all, &middle.case_id).await.map(drop)).await?;
    timed("cases_of_ad", async || desk.cases_of_ad(&all, &middle.ad_id, PAGE).await.map(drop)).await?;
    let id = model::evidence::EvidenceId::of(format!("{} 5", middle.number).as_bytes());
    ensure!(desk.evidence_in_sight(&all, &middle.case_id, id).await?.is_some(), "the case rests on it");
    timed("evidence_in_sight", async || desk.evidence_in_sight(&all, &middle.case_id, id).await.map(drop)).await?;
    let first = desk.queue(&all, &w, None, 1_000).await?;
    let mark = first.last().context("a violation")?.mark();
    timed("queue", async || desk.queue(&all, &w, None, PAGE).await.map(drop)).await?;
    timed("queue, behind 1,000", async || desk.queue(&all, &w, Some(&mark), PAGE).await.map(drop)).await?;
    timed("queue, platform", async || desk.queue(&platform, &w, None, PAGE).await.map(drop)).await?;
    let one = &first[0];
    timed("like", async || desk.like(&all, &one.case.case_id, one.number, PAGE).await.map(drop)).await?;
    let ads = WantedAds::default();
    timed("ads", async || desk.ads(&all, &ads, Some("ad-020000"), PAGE).await.map(drop)).await?;
    timed("ads, platform", async || desk.ads(&platform, &ads, Some("ad-020000"), PAGE).await.map(drop)).await?;
    let violating = WantedAds { verdict: some("violating"), ..ads.clone() };
    timed("ads, violating", async || desk.ads(&all, &violating, None, PAGE).await.map(drop)).await?;
    timed("ad_in_sight", async || desk.ad_in_sight(&all, &middle.ad_id).await.map(drop)).await?;
    timed("coverage", async || desk.coverage(&all, Some(("adv-1000", "")), PAGE).await.map(drop)).await?;
    timed("coverage_total", async || desk.coverage_total(&all).await.map(drop)).await?;
    let since = newest.sealed_at - TimeDelta::days(30);
    timed("by_day, 30 days", async || desk.by_day(&all, since, newest.sealed_at, 480).await.map(drop)).await?;
    timed("agreement", async || desk.agreement(&all).await.map(drop)).await?;
    crowd(desk, lists).await
}

/// As many users as there are at once, who ask for one list after the other without a pause.
async fn crowd<D: Desk + 'static>(desk: Arc<D>, lists: Arc<Vec<Question>>) -> anyhow::Result<()> {
    let begun = Instant::now();
    let users = (0..USERS).map(|user| {
        let (desk, lists) = (desk.clone(), lists.clone());
        tokio::spawn(async move {
            let mut took = Vec::new();
            for at in 0..EACH {
                // The first ones are those that people ask for mostly.
                let (_, sight, wanted, behind) = &lists[(user + at) % 11];
                let asked = Instant::now();
                desk.list(sight, wanted, *behind, PAGE).await?;
                took.push(asked.elapsed());
            }
            anyhow::Ok(took)
        })
    });
    let mut took = Vec::new();
    for user in users.collect::<Vec<_>>() {
        took.extend(user.await??);
    }
    let each_second = (USERS * EACH) as f64 / begun.elapsed().as_secs_f64();
    row(&format!("list, {USERS} users at once ({each_second:.0}/s)"), took);
    Ok(())
}

async fn timed<E: std::error::Error + Send + Sync + 'static>(
    name: &str,
    ask: impl AsyncFn() -> Result<(), E>,
) -> anyhow::Result<()> {
    let mut took = Vec::new();
    for _ in 0..ASKED {
        let begun = Instant::now();
        ask().await.context(name.to_owned())?;
        took.push(begun.elapsed());
    }
    row(name, took);
    Ok(())
}

fn row(name: &str, mut took: Vec<Duration>) {
    took.sort();
    let ms = |part: f64| took[((took.len() - 1) as f64 * part).round() as usize].as_secs_f64() * 1e3;
    println!("| {name} | {:.1} | {:.1} |", ms(0.5), ms(0.99));
}
