//! `postlink verify`: is a store, or what was handed over, as it was sealed?

mod bundle;

use std::path::Path;
use std::time::Duration;

use storage::verify::VerifyError;

use crate::cli::Verify;
use crate::config;
use crate::exit::{Ended, Refused};

/// Of what is fetched to be verified.
const MOST_BYTES: u64 = 8 << 30;
const LONGEST: Duration = Duration::from_secs(1800);

pub(crate) async fn run(verify: Verify) -> anyhow::Result<Ended> {
    if verify.what.starts_with("http://") || verify.what.starts_with("https://") {
        let config = config::load(verify.config.as_deref())?;
        let file = tempfile::Builder::new().prefix("postlink-").suffix(&ending(&verify.what)).tempfile()?;
        let rules = &config.crawl.guard;
        let bytes = crawler::fetch::fetch(rules, &verify.what, file.path(), MOST_BYTES, LONGEST)
            .await
            .map_err(|error| Refused::Usage(error.to_string()))?;
        println!("fetched {} ({bytes} bytes)", verify.what);
        return one(file.path()).await;
    }
    one(Path::new(&verify.what)).await
}

/// `.zip` of `https://a.test/case.zip?token=…`
fn ending(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    match name.rsplit_once('.') {
        Some((_, ending)) if ending.chars().all(|c| c.is_ascii_alphanumeric()) => format!(".{ending}"),
        _ => String::new(),
    }
}

async fn one(what: &Path) -> anyhow::Result<Ended> {
    if what.is_file() {
        return bundle::archive(what);
    }
    if bundle::is(what) {
        return bundle::folder(what);
    }
    store(what).await
}

/// The folder of a store.
async fn store(dir: &Path) -> anyhow::Result<Ended> {
    let found = storage::verify::verify(dir).await.map_err(|error| match error {
        VerifyError::NoFolder(_) | VerifyError::NotOurs(_) | VerifyError::Busy(_) => {
            anyhow::Error::new(Refused::Usage(error.to_string()))
        }
        other => anyhow::Error::new(other),
    })?;
    for problem in &found.problems {
        println!("{problem}");
    }
    for file in &found.unknown {
        println!("{file}: not named by any case (left from an interrupted run; harmless)");
    }
    let dir = dir.display();
    println!("{} cases, {} artefacts, {} bytes in {dir}", found.cases, found.evidence, found.bytes);
    if let Some(head) = found.head {
        println!("head of the seal: {head}");
    }
    if found.holds() {
        println!("everything is as it was sealed");
        return Ok(Ended::Clean);
    }
    println!("{} problems: {dir} is not as it was sealed", found.problems.len());
    Ok(Ended::DoesNotHold)
}
