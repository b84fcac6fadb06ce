//! Validators of web archives that others made, as `scripts/archive-tools` installs them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::repository;

/// Where the tools lie.
pub fn folder() -> Result<PathBuf> {
    let folder = repository::root().join(".cache/archive-tools");
    ensure!(folder.join("versions").is_file(), "{} is missing: run scripts/setup", folder.display());
    Ok(folder)
}

/// Runs a tool of an environment, and gives back what it said.
pub fn run(tool: &str, arguments: &[&str]) -> Result<Output> {
    let path = folder()?.join(tool);
    Command::new(&path).args(arguments).output().with_context(|| format!("{}", path.display()))
}

/// What a tool said, and whether it was content.
fn said(tool: &str, arguments: &[&str]) -> Result<(bool, String)> {
    let output = run(&format!("validators/bin/{tool}"), arguments)?;
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    Ok((output.status.success(), said))
}

/// Every complaint that the validators of others have of a package; none when all of them are content.
pub fn complaints(package: &Path) -> Result<Vec<String>> {
    let unpacked = tempfile::tempdir()?;
    let package_path = path(package)?;
    let mut complaints = Vec::new();
    let unzip = Command::new("unzip").args(["-q", "-o", package_path, "-d", path(unpacked.path())?]).output()?;
    if !unzip.status.success() {
        return Ok(vec![format!("unzip: {}", String::from_utf8_lossy(&unzip.stderr))]);
    }
    let archive = unpacked.path().join("archive/data.warc.gz");
    let archive = path(&archive)?;
    for (tool, arguments) in [
        ("warcio", &["check", "-v", archive][..]),
        ("fastwarc", &["check", archive]),
        ("wacz", &["validate", "-f", package_path]),
    ] {
        let (content, said) = said(tool, arguments)?;
        // The last one says in words what it does not say by its exit code.
        let valid = tool != "wacz" || said.contains("the passed WACZ is valid");
        if !content || !valid || said.contains("digest failed") || said.contains("no digest to check") {
            complaints.push(format!("{tool} {}: {}", arguments[0], telling(&said)));
        }
    }
    if let Err(difference) = same_index(unpacked.path(), archive) {
        complaints.push(format!("cdxj-indexer: {difference}"));
    }
    Ok(complaints)
}

/// What is not content in what a tool said, with the line before; else the end of it.
fn telling(said: &str) -> String {
    let lines: Vec<&str> = said.lines().collect();
    let bad = |line: &str| line.contains("failed") || line.contains("no digest");
    let pairs = lines.windows(2).filter(|pair| bad(pair[1])).take(5).map(|pair| pair.join(" "));
    let told = pairs.collect::<Vec<_>>().join("\n");
    if told.is_empty() { lines[lines.len().saturating_sub(8)..].join("\n") } else { told }
}

/// Whether the indexer of others makes the same index of the archive.
fn same_index(unpacked: &Path, archive: &str) -> Result<()> {
    let (content, theirs) = said("cdxj-indexer", &["--sort", "--post-append", archive])?;
    ensure!(content, "{theirs}");
    let ours = std::fs::read_to_string(unpacked.join("indexes/index.cdx"))?;
    let (ours, theirs) = (lines(&ours)?, lines(&theirs)?);
    let odd: Vec<_> = ours.symmetric_difference(&theirs).take(6).collect();
    if odd.is_empty() { Ok(()) } else { bail!("the indexes differ in {odd:#?}") }
}

/// Each line of an index, its JSON in one order.
fn lines(index: &str) -> Result<BTreeSet<String>> {
    let line = |line: &str| -> Result<String> {
        let (key, entry) = line.split_once(" {").with_context(|| line.to_owned())?;
        let entry: std::collections::BTreeMap<String, Value> = serde_json::from_str(&format!("{{{entry}"))?;
        Ok(format!("{key} {}", serde_json::to_string(&entry)?))
    };
    index.lines().map(line).collect()
}

fn path(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is no text", path.display()))
}
