//! `postlink verify`: does a folder still hold what was sealed in it?

use chrono::Utc;
use storage::keys::PublicKey;
use storage::stamp::Roots;
use storage::verify::{Trust, VerifyError};

use crate::cli::Verify;
use crate::exit::{Ended, Refused};

pub(crate) async fn run(verify: Verify) -> anyhow::Result<Ended> {
    let wrong = |error: &dyn std::fmt::Display| Refused::Usage(error.to_string());
    let roots = Roots::read(&verify.roots).map_err(|error| wrong(&error))?;
    let log_key = verify.log_key.as_deref().map(PublicKey::read).transpose().map_err(|error| wrong(&error))?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is read")]
    let trust = Trust { roots, log_key, now: Some(Utc::now()) };
    let found = storage::verify::verify_by(&verify.dir, &trust).await.map_err(|error| match error {
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
    let dir = verify.dir.display();
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
