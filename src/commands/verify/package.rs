//! A package of one case, step by step, in words.

use std::path::Path;

use anyhow::Context as _;
use storage::package::verify::Report;
use storage::signature::{SignatureError, SignedData};
use storage::stamp::Roots;

use crate::exit::Ended;

/// Says of a package, step by step, what holds and what does not.
pub(super) fn file(path: &Path, roots: &Roots) -> anyhow::Result<Ended> {
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
