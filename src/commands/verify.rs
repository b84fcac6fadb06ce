//! `postlink verify`: does a folder, or a package, still hold what was sealed in it?

use std::path::Path;

use anyhow::Context as _;
use chrono::Utc;
use storage::keys::PublicKey;
use storage::package::verify::Report;
use storage::signature::{SignatureError, SignedData};
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
    // Named as a package it is looked at as one, whatever became of it.
    if verify.dir.is_file() && verify.dir.extension().is_some_and(|end| end == "wacz") {
        return package(&verify.dir, &trust.roots);
    }
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

/// Says of a package, step by step, what holds and what does not.
fn package(path: &Path, roots: &Roots) -> anyhow::Result<Ended> {
    let file = std::fs::File::open(path).with_context(|| format!("open {}", path.display()))?;
    let found = storage::package::verify::package(file).with_context(|| format!("read {}", path.display()))?;
    for step in &found.steps {
        println!("{}: {}", if step.faults.is_empty() { "holds" } else { "DOES NOT HOLD" }, step.claim);
        for fault in &step.faults {
            println!("    {fault}");
        }
    }
    let signature = signature(&found, roots);
    match &signature {
        Ok(sentence) => println!("{sentence}"),
        Err(why) => println!("DOES NOT HOLD: the signature in datapackage-digest.json: {why}"),
    }
    // What a package says of itself may hold anything, also what steers a terminal.
    println!("title: {:?}, made at {:?}, {} bytes, {}", found.title, found.created, found.bytes, found.sha256);
    if found.holds() && signature.is_ok() {
        println!("everything holds");
        return Ok(Ended::Clean);
    }
    println!("{} does not hold", path.display());
    Ok(Ended::DoesNotHold)
}

/// Whose signature it is, in a sentence.
fn signature(found: &Report, roots: &Roots) -> Result<String, SignatureError> {
    let Some(signed) = &found.signed else { return Ok("it is not signed: nothing says by whom it was made".into()) };
    let signed: SignedData =
        serde_json::from_value(signed.clone()).map_err(|_| SignatureError::Unreadable("signature"))?;
    let held = signed.check(&found.contents, roots, roots)?;
    let root = if held.to_root { "leads to a given root" } else { "is followed to no root, as none was given" };
    let stamp = held.stamp.map_or("without a time stamp".to_owned(), |stamp| format!("stamped at {}", stamp.at));
    Ok(format!("holds: it is signed for {:?} by a certificate that {root}, {stamp}", held.domain))
}
