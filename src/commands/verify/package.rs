//! A package of one case, step by step, in words.

use std::fs::File;
use std::path::Path;

use anyhow::Context as _;
use storage::package::verify::package;

use crate::exit::Ended;

pub(super) fn file(path: &Path) -> anyhow::Result<Ended> {
    let report = File::open(path).and_then(package).with_context(|| format!("read {}", path.display()))?;
    for step in &report.steps {
        println!("{:<12} {}", if step.faults.is_empty() { "holds" } else { "FAILS" }, step.claim);
        for fault in &step.faults {
            println!("             {fault}");
        }
    }
    if report.signed.is_none() {
        println!("not checked  The package is signed\n             it carries no signature of a domain");
    }
    println!("{} ({} bytes)", report.sha256, report.bytes);
    if report.holds() {
        println!("everything in it is as it was packed");
        return Ok(Ended::Clean);
    }
    println!("it is not as it was packed");
    Ok(Ended::DoesNotHold)
}
