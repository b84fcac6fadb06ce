//! Every fixture of every check, a test for each check: what must be found is found, and nothing else is.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, ensure};

mod fixture;

use fixture::{Fixture, Kit};

/// Browsers side by side: most of a visit is waiting.
const BROWSERS: usize = 4;

/// `check` is the source file of a check; its fixtures lie in the folder of its name.
fn comes_out_as_expected(check: &Path) -> datatest_stable::Result<()> {
    let name = check.file_stem().context("a file has a name")?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../checker/fixtures").join(name);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(BROWSERS).enable_all().build()?;
    let faults = runtime.block_on(faults(&folder))?;
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

async fn faults(folder: &Path) -> Result<Vec<String>> {
    let fixtures = std::fs::read_dir(folder).with_context(|| format!("{} has no fixtures", folder.display()))?;
    let mut ads: Vec<PathBuf> = fixtures.map(|entry| Ok(entry?.path().join("ad.toml"))).collect::<Result<_>>()?;
    ads.sort();
    for kind in ["bad-", "ok-"] {
        let named = |ad: &PathBuf| {
            ad.parent().and_then(Path::file_name).is_some_and(|name| name.to_string_lossy().starts_with(kind))
        };
        ensure!(ads.iter().any(named), "{} has no fixture {kind}…", folder.display());
    }
    let kit = Kit::open()?;
    let waiting = Arc::new(Mutex::new(VecDeque::from(ads)));
    let workers: Vec<_> = (0..BROWSERS).map(|_| tokio::spawn(work(kit.clone(), waiting.clone()))).collect();
    let mut faults = Vec::new();
    for worker in workers {
        faults.extend(worker.await??);
    }
    faults.sort();
    Ok(faults)
}

/// Takes one fixture after the other until none is left.
async fn work(kit: Arc<Kit>, waiting: Arc<Mutex<VecDeque<PathBuf>>>) -> Result<Vec<String>> {
    let bench = kit.bench().await?;
    let next = || waiting.lock().expect("another worker panicked").pop_front();
    let mut faults = Vec::new();
    while let Some(ad) = next() {
        let fixture = Fixture::read(&ad)?;
        let (case, compared) = bench.run(&fixture).await?;
        let name = ad.parent().and_then(Path::file_name).unwrap_or_default().display().to_string();
        faults.extend(fixture.faults(&case, &compared, &bench).into_iter().map(|fault| format!("{name}: {fault}")));
    }
    bench.stop().await;
    Ok(faults)
}

datatest_stable::harness! {
    { test = comes_out_as_expected, root = concat!(env!("CARGO_MANIFEST_DIR"), "/../checker/src/checks"), pattern = r"\.rs$" },
}
