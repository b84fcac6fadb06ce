//! `postlink check`: examines ads now.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use crawler::source::{self, Ads};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use model::ad::Ad;
use model::case::Verdict;
use model::evidence::EvidenceId;
use model::units::Clock;
use storage::sqlite::{self, SqliteStore};
use storage::stamp::Which;
use storage::store::{Opening, Store as _, StoreError};
use tokio::runtime::Handle;
use tracing::info;

use crate::cases_file;
use crate::cli::Check;
use crate::closing::Closing;
use crate::config::{self, Config};
use crate::exit::{Ended, Refused};
use crate::memory::{Remembering, Shelf};
use crate::pipeline::{self, Asked};
use crate::progress::Progress;
use crate::report;
use crate::sealing::Sealing;
use crate::stores;
use crate::tools::Tools;

/// How often `cases.jsonl` is brought up to date while ads are examined.
const SAVED_EVERY: Duration = Duration::from_secs(5);

pub(crate) async fn run(check: Check) -> anyhow::Result<Ended> {
    let config = config::load(check.config.as_deref())?.judged_by(check.policies.clone());
    let visitors = visitors(&check.visitors, &config)?;
    let ads = source::read(&check.ads).map_err(|error| Refused::Usage(error.to_string()))?;
    for bad in &ads.bad {
        eprintln!("{}:{}: {}", check.ads.display(), bad.line, bad.reason);
    }
    if ads.ads.is_empty() {
        return Err(Refused::Usage(format!("no line of {} is an ad", check.ads.display())).into());
    }
    #[expect(clippy::disallowed_methods, reason = "the one place where the program's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let sealing = Sealing::ready(&config, clock.clone())?;
    let store = Arc::new(open(&check.out, clock.clone()).await?.limited(stores::limits(&config.evidence)));
    let memory = Remembering { shelf: Shelf::Store(Arc::clone(&store)), runtime: Handle::current(), anew: check.again };
    let tools = Tools::ready(&config, visitors, clock, memory).await?;
    let began = (tools.clock)();
    let run = Run {
        check: &check,
        config: &config,
        store: &store,
        tools: &tools,
        sealing: &sealing,
        began,
        full: OnceLock::new(),
        passed_over: AtomicUsize::new(0),
    };
    let examined = run.all(&ads).await;
    let ended = run.write_down(&ads).await;
    run.seal().await;
    // The browser is ended on every way out.
    if let Some(tools) = Arc::into_inner(tools) {
        info!(models_asked = tools.reader.asked(), "All ads are examined");
        tools.crawler.stop().await;
    }
    if let Some(store) = Arc::into_inner(store) {
        store.close().await;
    }
    examined?;
    ended
}

pub(crate) async fn open(out: &Path, clock: Clock) -> anyhow::Result<SqliteStore> {
    match sqlite::open(out, clock).await {
        Err(error @ (StoreError::Busy(_) | StoreError::Folder { .. })) => Err(Refused::Usage(error.to_string()).into()),
        other => other.with_context(|| format!("open {}", out.display())),
    }
}

/// That a folder was written by `check`: none is made by looking into it.
pub(crate) fn there(data: &Path) -> Result<(), Refused> {
    if data.join("postlink.db").is_file() {
        return Ok(());
    }
    let data = data.display();
    Err(Refused::Usage(format!("{data} holds no postlink.db: name the folder that was given to `check --out`")))
}

/// As whom to look: as the command line says, else as the configuration does.
pub(crate) fn visitors(named: &[String], config: &Config) -> anyhow::Result<Vec<String>> {
    let wanted = if named.is_empty() { &config.check.visitors } else { named };
    let known = &config.crawl.visitors;
    if let Some(unknown) = wanted.iter().find(|name| !known.contains_key(*name)) {
        let known = known.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let refusal = format!(
            "there is no visitor `{unknown}`: known are {known}; add [visitors.{unknown}] to the configuration"
        );
        return Err(if named.is_empty() { Refused::Configuration(refusal) } else { Refused::Usage(refusal) }.into());
    }
    if wanted.is_empty() {
        return Err(Refused::Configuration("[check] visitors is empty: name at least one".into()).into());
    }
    Ok(wanted.to_vec())
}

/// One run of the command.
struct Run<'a> {
    check: &'a Check,
    config: &'a Config,
    store: &'a SqliteStore,
    tools: &'a Arc<Tools>,
    sealing: &'a Sealing,
    /// What this run finds itself does not make a later ad of it graver: the order of the ads must not matter.
    began: DateTime<Utc>,
    /// Why no further case is begun: there is no room to keep it. Those that are on their way come to their end.
    full: OnceLock<StoreError>,
    /// Ads that were not examined because their advertiser uses as much room as it may.
    passed_over: AtomicUsize,
}

impl Run<'_> {
    /// Examines every ad that is not finished; stops early, and cleanly, at Ctrl-C.
    async fn all(&self, ads: &Ads) -> anyhow::Result<()> {
        let mut waiting = Vec::new();
        for (position, ad) in ads.ads.iter().enumerate() {
            let key = self.key(ad);
            if self.check.again || self.store.finished(&key).await?.is_none() {
                waiting.push((position as u64, key, ad.clone()));
            }
        }
        let progress = Progress::over(ads.ads.len(), ads.ads.len() - waiting.len());
        // What an earlier run left behind, perhaps cut off, is written out whole before anything is added.
        self.write_cases().await?;
        let work = stream::iter(waiting)
            .map(|(position, key, ad)| self.one(position, key, ad, &progress))
            .buffer_unordered(self.config.check.at_once.max(1))
            .try_collect::<()>();
        let work = with_saves(work, SAVED_EVERY, || self.write_cases());
        tokio::select! {
            done = work => {
                progress.end();
                match self.full.get() {
                    Some(error) => Err(anyhow::anyhow!("{error}; what is finished is kept: run it again to go on")),
                    None => done,
                }
            }
            _ = interrupted() => {
                progress.end();
                self.write_cases().await?;
                anyhow::bail!("interrupted; what is finished is kept in {}: run it again to go on", self.check.out.display())
            }
        }
    }

    async fn one(&self, position: u64, key: String, ad: Ad, progress: &Progress) -> anyhow::Result<()> {
        let began = Instant::now();
        let whose = ad.whose();
        let earlier = match &whose {
            Some(whose) => self.store.found_before(whose, &ad.ad_id, self.began).await?,
            None => Vec::new(),
        };
        let (platform, advertiser) = whose.map(|whose| (whose.platform, whose.advertiser)).unzip();
        let (ad_id, opened_at) = (ad.ad_id.clone(), (self.tools.clock)());
        let platform = platform.flatten();
        let opening = Opening { key, ad_id: ad_id.clone(), advertiser, platform, position, opened_at };
        let opened = match self.store.begin(opening).await {
            Err(error @ (StoreError::Full { .. } | StoreError::DiskFull { .. })) => {
                self.full.set(error).ok();
                return Ok(());
            }
            Err(error @ StoreError::AdvertiserFull { .. }) => {
                self.passed_over.fetch_add(1, Relaxed);
                progress.say(&format!("{}: not examined: {error}", ad_id));
                return Ok(());
            }
            other => other?,
        };
        let examined = pipeline::examine(Asked { ad, earlier: earlier.clone() }, &self.folder(), self.tools).await;
        let Self { config, tools, sealing, .. } = self;
        let closing = Closing { config, tools, looking: &tools.looking, sealing };
        let (case, outcome) = closing.close(examined, earlier, &opened.case_id, self.store).await?;
        self.store.finish(opened, outcome).await?;
        if case.verdict() == Verdict::Inconclusive {
            for gap in case.gaps.iter().filter(|gap| !gap.detail.is_empty()) {
                progress.say(&format!("{}: {}: {}", case.ad.ad_id, gap.reason, gap.detail));
            }
        }
        progress.finished(&case, began.elapsed());
        self.sealing.after_case(self.store).await;
        Ok(())
    }

    /// Makes a checkpoint, and sends what waits for a time stamp. No case is the worse for what does not succeed here.
    async fn seal(&self) {
        let warning = match self.sealing.close(self.store, Which::Due).await {
            Ok(told) => told.warning(),
            Err(error) => Some(format!("the log has no new checkpoint: {error}")),
        };
        if let Some(warning) = warning {
            eprintln!("{warning}");
        }
    }

    /// Two examinations with the same key would come to the same result, as far as we can know beforehand.
    fn key(&self, ad: &Ad) -> String {
        let creatives: Vec<_> = ad
            .creatives
            .iter()
            .flat_map(|creative| [&creative.path, &creative.subtitles])
            .flatten()
            .map(|path| creative_print(&self.folder().join(path)))
            .collect();
        let parts = serde_json::to_vec(&(ad, creatives, &self.tools.fingerprint));
        EvidenceId::of(&parts.expect("internal error: an ad is plain data")).hex()
    }

    /// Relative paths in the ads file are relative to it.
    fn folder(&self) -> PathBuf {
        self.check.ads.parent().map_or_else(PathBuf::new, Path::to_owned)
    }

    /// Writes `cases.jsonl` anew from the database, which is the truth.
    async fn write_cases(&self) -> anyhow::Result<()> {
        cases_file::write(self.store).await
    }

    /// Writes `cases.jsonl` and `report.html`, says what came out, and gives the exit code's reason.
    async fn write_down(&self, ads: &Ads) -> anyhow::Result<Ended> {
        self.write_cases().await?;
        let lines = report::lines(self.store).await?;
        report::write(&lines, self.store, self.tools, self.config.report.max_pictures).await?;
        let ours: std::collections::BTreeSet<_> = ads.ads.iter().map(|ad| ad.ad_id.as_str()).collect();
        let count =
            |word: &str| lines.iter().filter(|line| ours.contains(line.ad_id.as_str()) && line.verdict == word).count();
        let (violating, inconclusive, clean) = (count("violating"), count("inconclusive"), count("clean"));
        println!("{violating} violating, {inconclusive} inconclusive, {clean} clean");
        println!("report: {}", self.check.out.join("report.html").display());
        Ok(match (violating, inconclusive + ads.bad.len() + self.passed_over.load(Relaxed)) {
            (0, 0) => Ended::Clean,
            // A line that could not be read is an ad that was not seen, and so is one that was passed over.
            (0, _) => Ended::Inconclusive,
            _ => Ended::Violations,
        })
    }
}

/// Does the work, and saves again and again beside it.
///
/// Beside it, never between two steps of it: a case half written holds the database's one writer, and would wait for
/// the save to end while the save waits for the writer.
async fn with_saves<T, S>(
    work: impl Future<Output = anyhow::Result<T>>,
    every: Duration,
    mut save: impl FnMut() -> S,
) -> anyhow::Result<T>
where
    S: Future<Output = anyhow::Result<()>>,
{
    let saves = async {
        loop {
            tokio::time::sleep(every).await;
            if let Err(error) = save().await {
                return error;
            }
        }
    };
    tokio::select! {
        done = work => done,
        error = saves => Err(error),
    }
}

/// Length and hash of a creative; a file that cannot be read is the reader's to complain of.
pub(super) fn creative_print(path: &Path) -> Option<String> {
    /// A larger file is known by its length only: it is beyond what the reader takes.
    const LARGEST: u64 = 256 << 20;
    let length = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?.len();
    if length > LARGEST {
        return Some(format!("{length} bytes"));
    }
    Some(EvidenceId::of(&std::fs::read(path).ok()?).hex())
}

/// Waits for Ctrl-C.
pub(super) async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // No signal can be had here: then nothing ever interrupts.
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Mutex;

    use super::*;

    /// Work that holds the writer over a wait, as a transaction does, does not keep a save waiting for ever.
    #[tokio::test]
    async fn a_save_waits_for_no_work_that_waits_for_it() {
        let writer = Mutex::new(0);
        let step = |_| async {
            let mut held = writer.lock().await;
            tokio::time::sleep(Duration::from_millis(3)).await;
            *held += 1;
            anyhow::Ok(())
        };
        let work = stream::iter(0..40).map(step).buffer_unordered(2).try_collect::<()>();
        let saved = Mutex::new(0);
        let save = || async {
            let _held = writer.lock().await;
            *saved.lock().await += 1;
            Ok(())
        };
        let done = tokio::time::timeout(Duration::from_secs(20), with_saves(work, Duration::from_millis(5), save));
        done.await.expect("work and saves wait for each other").expect("both do");
        assert!(*saved.lock().await > 2);
        assert_eq!(*writer.lock().await, 40);
    }
}
