//! `postlink verify`: is a store, a package, or what was handed over as it was sealed?

mod bundle;
mod package;

use std::path::Path;
use std::time::Duration;

use chrono::Utc;
use storage::keys::PublicKey;
use storage::stamp::Roots;
use storage::verify::{Trust, Verification, VerifyError};

use crate::cli::Verify;
use crate::config;
use crate::exit::{Ended, Refused};
use crate::stores;

/// Of what is fetched to be verified.
const MOST_BYTES: u64 = 8 << 30;
const LONGEST: Duration = Duration::from_secs(1800);

pub(crate) async fn run(verify: Verify) -> anyhow::Result<Ended> {
    let wrong = |error: &dyn std::fmt::Display| Refused::Usage(error.to_string());
    let roots = Roots::read(&verify.roots).map_err(|error| wrong(&error))?;
    let log_key = verify.log_key.as_deref().map(PublicKey::read).transpose().map_err(|error| wrong(&error))?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is read")]
    let trust = Trust { roots, log_key, now: Some(Utc::now()) };
    let config = config::load(verify.config.as_deref())?;
    if let Some(url) = &verify.database {
        stores::is_address(url)?;
        let place = stores::place(&config.evidence, verify.data.as_deref())?;
        return tell(storage::verify::verify_database(url, &place, &trust).await, "the database");
    }
    let what = verify.what.as_deref().unwrap_or_default();
    if what.starts_with("http://") || what.starts_with("https://") {
        let file = tempfile::Builder::new().prefix("postlink-").suffix(&ending(what)).tempfile()?;
        let bytes = crawler::fetch::fetch(&config.crawl.guard, what, file.path(), MOST_BYTES, LONGEST)
            .await
            .map_err(|error| wrong(&error))?;
        println!("fetched {what} ({bytes} bytes)");
        return one(file.path(), &trust).await;
    }
    one(Path::new(what), &trust).await
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
        return match bundle::is(what) {
            true => bundle::folder(what, trust),
            false => tell(storage::verify::verify_by(what, trust).await, &what.display().to_string()),
        };
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

/// Tells what was found in a store.
fn tell(found: Result<Verification, VerifyError>, place: &str) -> anyhow::Result<Ended> {
    let found = found.map_err(|error| match error {
        VerifyError::NoFolder(_) | VerifyError::NotOurs(_) | VerifyError::Busy(_) | VerifyError::NoDatabase(_) => {
            anyhow::Error::new(Refused::Usage(error.to_string()))
        }
        VerifyError::Store(error) => anyhow::Error::new(Refused::Configuration(error.to_string())),
        other => anyhow::Error::new(other),
    })?;
    for problem in &found.problems {
        println!("{problem}");
    }
    for file in &found.unknown {
        println!("{file}: not named by any case (left from an interrupted run; harmless)");
    }
    println!("{} cases, {} artefacts, {} bytes in {place}", found.cases, found.evidence, found.bytes);
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
    println!("{} problems: {place} is not as it was sealed", found.problems.len());
    Ok(Ended::DoesNotHold)
}
