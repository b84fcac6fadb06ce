//! `postlink verify`: is a store, a package, or what was handed over as it was sealed?

mod bundle;
mod package;

use std::path::Path;
use std::time::Duration;

use chrono::Utc;
use storage::keys::PublicKey;
use storage::stamp::Roots;
use storage::verify::{Trust, VerifyError};

use crate::cli::Verify;
use crate::config;
use crate::exit::{Ended, Refused};

/// Of what is fetched to be verified.
const MOST_BYTES: u64 = 8 << 30;
const LONGEST: Duration = Duration::from_secs(1800);

pub(crate) async fn run(verify: Verify) -> anyhow::Result<Ended> {
    let wrong = |error: &dyn std::fmt::Display| Refused::Usage(error.to_string());
    let roots = Roots::read(&verify.roots).map_err(|error| wrong(&error))?;
    let log_key = verify.log_key.as_deref().map(PublicKey::read).transpose().map_err(|error| wrong(&error))?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is read")]
    let trust = Trust { roots, log_key, now: Some(Utc::now()) };
    if verify.what.starts_with("http://") || verify.what.starts_with("https://") {
        let config = config::load(verify.config.as_deref())?;
        let file = tempfile::Builder::new().prefix("postlink-").suffix(&ending(&verify.what)).tempfile()?;
        let bytes = crawler::fetch::fetch(&config.crawl.guard, &verify.what, file.path(), MOST_BYTES, LONGEST)
            .await
            .map_err(|error| wrong(&error))?;
        println!("fetched {} ({bytes} bytes)", verify.what);
        return one(file.path(), &trust).await;
    }
    one(Path::new(&verify.what), &trust).await
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

async fn one(what: &Path, trust: &Trust) -> anyhow::Result<Ended> {
    if !what.is_file() {
        return if bundle::is(what) { bundle::folder(what, trust) } else { store(what, trust).await };
    }
    match what.extension().and_then(|ending| ending.to_str()) {
        Some("zip") => bundle::archive(what, trust),
        Some("wacz") => package::file(what, &trust.roots),
        _ => {
            let told = format!(
                "{} is no package (.wacz) and no bundle (.zip): name one, or the folder that was given to `check --out`",
                what.display()
            );
            Err(Refused::Usage(told).into())
        }
    }
}

/// The folder of a store.
async fn store(dir: &Path, trust: &Trust) -> anyhow::Result<Ended> {
    let found = storage::verify::verify_by(dir, trust).await.map_err(|error| match error {
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
    for sentence in &found.said {
        println!("{sentence}");
    }
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
