//! All hostile pages again and again in one process: each ends in a page or a named gap, and nothing is left behind.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use crawler::{Crawler, Options, Visit};
use model::units::Clock;
use postlink_tests::hostile::Hostile;
use postlink_tests::pulse::Pulse;
use postlink_tests::repository;
use postlink_tests::world::{self, Entry, World};
use tokio::task::JoinSet;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A hostile page that keeps every other page of its browser from being drawn while it draws: beside it honest ones are
/// inconclusive, whatever else is done. That the next visit gets a fresh browser is a test of the crawler's own.
const DRAWS_FOR_EVER: &str = "webgl-hog";

/// Gaps in which any hostile page may end where the machine is slow or busy.
const BUSY: [&str; 7] =
    ["timeout", "no-layout", "no-picture", "browser-failed", "page-incomplete", "empty-page", "picture-unread"];

/// Whether an ad may end in this gap.
pub(crate) fn may_end_in(entry: &Entry, gap: &str) -> bool {
    BUSY.contains(&gap) || entry.expect.gaps.iter().any(|known| known == gap)
}

/// Visits side by side.
const AT_ONCE: usize = 4;
const VISITOR: &str = "android-douyin";
/// What a page may take in all: twice, in two browsers, its own time and the bounds of its layout and its picture (15 s
/// each), and the walk. Only one that none of the crawler's bounds holds takes longer.
const LONGEST: Duration = Duration::from_secs(90);
/// The browser tidies up behind the visit.
const TIDYING: Duration = Duration::from_secs(5);

/// The hostile worlds, but for the one page that none can be visited beside.
pub(crate) fn worlds() -> Result<Vec<World>> {
    let mut worlds = world::hostile()?;
    for world in &mut worlds {
        world.ads.retain(|entry| entry.ad.ad_id != DRAWS_FOR_EVER);
    }
    Ok(worlds)
}

/// A crawler and the server that wants to break it.
pub(crate) struct Soak {
    crawler: Arc<Crawler>,
    ads: Vec<Entry>,
    _site: Hostile,
}

/// One visit, and how it differs from what its world says. The visit itself is not kept: what one round holds would pass
/// for what the crawler does not let go of.
pub(crate) struct Outcome {
    pub(crate) id: String,
    /// The reasons of the gaps.
    pub(crate) gaps: Vec<String>,
    pub(crate) faults: Vec<String>,
    pub(crate) took: Duration,
}

impl Soak {
    /// Starts both; the time a page has is short, so that many rounds fit.
    pub(crate) async fn start(worlds: Vec<World>) -> Result<Self> {
        let ads = worlds.iter().flat_map(|world| world.ads.clone()).collect();
        let site = Hostile::start(worlds).await?;
        let crawler = Arc::new(Crawler::start(options(&site)?, clock()).await?);
        Ok(Self { crawler, ads, _site: site })
    }

    /// Visits every ad once, several side by side; `heard` is told of each visit as it ends.
    pub(crate) async fn round(&self, heard: fn(&Outcome)) -> Result<Vec<Outcome>> {
        let left = Arc::new(Mutex::new(VecDeque::from(self.ads.clone())));
        let mut visitors = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (left, crawler) = (Arc::clone(&left), Arc::clone(&self.crawler));
            visitors.spawn(async move {
                let mut outcomes = Vec::new();
                loop {
                    let Some(entry) = left.lock().expect("a visitor panicked").pop_front() else { return outcomes };
                    let began = Instant::now();
                    let visit = crawler.visit(&entry.ad, VISITOR).await;
                    let outcome = Outcome::of(&entry, &visit, began.elapsed());
                    heard(&outcome);
                    outcomes.push(outcome);
                }
            });
        }
        let mut outcomes = Vec::new();
        while let Some(visitor) = visitors.join_next().await {
            outcomes.extend(visitor?);
        }
        Ok(outcomes)
    }

    /// What is held when nobody visits anything, once the browser has tidied up.
    pub(crate) async fn pulse(&self) -> Result<Pulse> {
        let began = Instant::now();
        loop {
            let pulse = Pulse::take().await?;
            if (pulse.targets == 0 && pulse.contexts == 0) || began.elapsed() > TIDYING {
                // A renderer lives on a moment after its page.
                tokio::time::sleep(Duration::from_millis(500)).await;
                return Pulse::take().await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Ends the browser, and looks at what is left.
    pub(crate) async fn stop(self) -> Result<Pulse> {
        Arc::into_inner(self.crawler).context("all visits are over")?.stop().await;
        Pulse::take().await
    }
}

impl Outcome {
    fn of(entry: &Entry, visit: &Visit, took: Duration) -> Self {
        let gaps = visit.gaps.iter().map(|gap| gap.reason.clone()).collect();
        let outcome = Self { id: entry.ad.ad_id.clone(), gaps, faults: Vec::new(), took };
        Self { faults: outcome.differs(entry, visit), ..outcome }
    }

    fn differs(&self, entry: &Entry, visit: &Visit) -> Vec<String> {
        let (id, expect, gaps) = (&self.id, &entry.expect, &self.gaps);
        let mut faults = Vec::new();
        if gaps.is_empty() && visit.snapshots.is_empty() {
            faults.push(format!("{id}: neither a page nor a gap"));
        }
        if (expect.verdict == "inconclusive" && gaps.is_empty()) || gaps.iter().any(|gap| !may_end_in(entry, gap)) {
            let details: Vec<_> = visit.gaps.iter().map(|gap| gap.detail.as_str()).collect();
            faults.push(format!("{id}: gaps {gaps:?}, expected of {:?}: {details:?}", expect.gaps));
        }
        for words in &expect.reads {
            let texts = visit.snapshots.iter().flat_map(|snapshot| &snapshot.nodes);
            if !texts.filter_map(|node| node.text.as_deref()).any(|text| text.contains(words)) {
                faults.push(format!("{id}: 「{words}」 is not read"));
            }
        }
        if self.took > LONGEST {
            faults.push(format!("{id}: it took {:?}", self.took));
        }
        faults
    }
}

fn options(site: &Hostile) -> Result<Options> {
    let text = std::fs::read_to_string(repository::root().join("config.toml"))?;
    let mut config: toml::Table = toml::from_str(&text)?;
    config.retain(|key, _| ["guard", "follow", "capture", "browser", "visitors"].contains(&key));
    let mut options: Options = config.try_into()?;
    options.guard.allow = vec!["127.0.0.1/32".to_owned()];
    options.guard.resolve = site.names().map(|(name, at)| (name.to_owned(), at.to_string())).into();
    options.browser.sandbox = false;
    (options.follow.page_timeout_secs, options.follow.watch_ms) = (3, 300);
    options.capture.quiet_ms = 300;
    Ok(options)
}

#[expect(clippy::disallowed_methods, reason = "a soak is outside: it hands in the clock")]
fn clock() -> Clock {
    Arc::new(chrono::Utc::now)
}
