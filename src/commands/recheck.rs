//! `postlink recheck`: stored cases compared anew, without a visit.

use std::io::Write as _;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use model::units::Clock;
use storage::sqlite::SqliteStore;
use storage::store::{Store as _, StoredCase};
use tracing::info;

use super::check::{interrupted, open, there};
use crate::cli::Recheck;
use crate::config;
use crate::exit::Ended;
use crate::progress::Progress;
use crate::recheck::{self, Change, Law, Tally};

/// What is written to the folder.
const OUTPUT: &str = "recheck.jsonl";

pub(crate) async fn run(recheck: Recheck) -> anyhow::Result<Ended> {
    let config = config::load(recheck.config.as_deref())?;
    there(&recheck.data)?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let day = recheck.dry_run.then(|| recheck.as_of.unwrap_or_else(|| clock()));
    let law = Arc::new(Law::ready(&config, recheck.policies.as_deref(), day)?);
    let store = Arc::new(open(&recheck.data, clock).await?);
    let ended = tokio::select! {
        ended = all(&recheck, &store, &law) => ended,
        _ = interrupted() => Err(anyhow::anyhow!("interrupted; nothing was written to {}", recheck.data.display())),
    };
    if let Some(store) = Arc::into_inner(store) {
        store.close().await;
    }
    ended
}

async fn all(recheck: &Recheck, store: &Arc<SqliteStore>, law: &Arc<Law>) -> anyhow::Result<Ended> {
    let since = recheck.since.unwrap_or(DateTime::UNIX_EPOCH);
    let ads = recheck::by_ad(store.history(since).await?);
    let samples = if recheck.dry_run { recheck.samples } else { 0 };
    let mut written = (!recheck.dry_run).then(|| store.draft(OUTPUT)).transpose()?;
    let mut tally = Tally::default();
    let progress = Progress::over(ads.len(), 0);
    let mut changes = stream::iter(ads).map(|ad| apart(ad, store, law)).buffered(at_once());
    while let Some(of_ad) = changes.try_next().await? {
        for change in &of_ad {
            tally.add(change, samples);
            if written.is_some() || recheck.json {
                let line = serde_json::to_string(change)? + "\n";
                match &mut written {
                    Some(file) => file.write_all(line.as_bytes())?,
                    None => std::io::stdout().write_all(line.as_bytes())?,
                }
            }
        }
        progress.passed();
    }
    progress.end();
    info!(cases = tally.cases, "All cases are compared anew");
    if !recheck.json {
        if let Some(told) = law.told() {
            println!("{told}\n");
        }
        print!("{}", tally.text());
    }
    if let Some(file) = written {
        store.publish(file).await?;
        println!("written: {}", recheck.data.join(OUTPUT).display());
    }
    Ok(tally.ended())
}

/// Each ad on a thread of its own: a stream alone would wait for one after the other.
async fn apart(ad: Vec<StoredCase>, store: &Arc<SqliteStore>, law: &Arc<Law>) -> anyhow::Result<Vec<Change>> {
    tokio::spawn(recheck::recheck(ad, Arc::clone(store), Arc::clone(law))).await?
}

/// As many ads as there are processors, and as many again, so that none waits while a look is read.
fn at_once() -> usize {
    2 * std::thread::available_parallelism().map_or(1, usize::from)
}
