//! Says of a bundle, step by step, what holds, what does not, and what could not be checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use model::evidence::EvidenceId;

use super::{BundleError, HEAD, SIGNATURE, STAMP, SUM_OF_SUMS, SUMS, archive, cases, proof, sums};
use crate::hash;
use crate::verify::Trust;

/// Longer than any file of sums.
const LONGEST_SUMS: u64 = 64 << 20;

/// What a look at everything in a bundle found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    pub steps: Vec<Step>,
    /// The hash of `SHA256SUMS`, to be compared with the one that was noted when the bundle was handed over.
    pub head: Option<EvidenceId>,
}

/// One thing that was checked, or could not be.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// A sentence for people.
    pub what: String,
    pub outcome: Outcome,
    /// What is wrong, a file each; or why it could not be checked.
    pub told: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Holds,
    Fails,
    /// There is nothing to check it by: it is not proven, and not refuted.
    NotChecked,
}

impl Checked {
    /// Whether nothing fails. What could not be checked is told, and is no failure.
    pub fn holds(&self) -> bool {
        self.steps.iter().all(|step| step.outcome != Outcome::Fails)
    }

    /// Takes note of a step: without faults it holds.
    pub fn step(&mut self, what: impl Into<String>, faults: Vec<String>) {
        let outcome = if faults.is_empty() { Outcome::Holds } else { Outcome::Fails };
        self.steps.push(Step { what: what.into(), outcome, told: faults });
    }

    pub fn not_checked(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.steps.push(Step { what: what.into(), outcome: Outcome::NotChecked, told: vec![why.into()] });
    }
}

/// Checks every file of a bundle against its sums, every case against its manifest, and all that proves more.
pub fn verify(folder: &Path, trust: &Trust) -> Result<Checked, BundleError> {
    if !folder.join(HEAD).is_file() && !folder.join(SUMS).is_file() {
        return Err(BundleError::NotOurs(folder.to_owned()));
    }
    let mut checked = Checked::default();
    let listed = sealed(folder, &mut checked);
    files(folder, &listed, &mut checked)?;
    cases::check(folder, &mut checked);
    proof::check(folder, trust, &mut checked);
    Ok(checked)
}

/// The sums, which their own sum must fit. Each fault names both files: which of the two was changed cannot be told.
fn sealed(folder: &Path, checked: &mut Checked) -> BTreeMap<String, EvidenceId> {
    let mut faults = Vec::new();
    let listed = listed(folder, SUMS, &mut faults);
    let seals = listed_seals(folder, &mut faults);
    for (name, sum) in &seals {
        match hash::of_file(&folder.join(name)) {
            Ok((found, _)) if found == *sum => {}
            Ok((found, _)) => {
                faults.push(format!("{name}: it is {found}, and {SUM_OF_SUMS} says {sum}: one of the two was changed"));
            }
            Err(error) => faults.push(format!("{name}: {error}; {SUM_OF_SUMS} names it")),
        }
    }
    checked.head = hash::of_file(&folder.join(SUMS)).ok().map(|(id, _)| id);
    checked.step(format!("{SUMS}, and what seals it, are as {SUM_OF_SUMS} says"), faults);
    listed
}

fn listed_seals(folder: &Path, faults: &mut Vec<String>) -> BTreeMap<String, EvidenceId> {
    let mut seals = listed(folder, SUM_OF_SUMS, faults);
    let known = [SUMS, SIGNATURE, STAMP];
    for name in known {
        if !seals.contains_key(name) && (name == SUMS || folder.join(name).exists()) {
            faults.push(format!("{name}: {SUM_OF_SUMS} does not name it"));
        }
    }
    seals.retain(|name, _| {
        let ours = known.contains(&name.as_str());
        if !ours {
            faults.push(format!("{SUM_OF_SUMS}: it names `{name}`, which seals nothing"));
        }
        ours
    });
    seals
}

fn listed(folder: &Path, name: &str, faults: &mut Vec<String>) -> BTreeMap<String, EvidenceId> {
    let path = folder.join(name);
    let text = match path.metadata() {
        Ok(meta) if meta.len() > LONGEST_SUMS => Err(format!("it is longer than {LONGEST_SUMS} bytes")),
        _ => hash::open(&path)
            .and_then(|mut file| {
                let mut text = String::new();
                std::io::Read::read_to_string(&mut file, &mut text).map(|_| text)
            })
            .map_err(|error| error.to_string()),
    };
    match text.map(|text| sums::read(&text)) {
        Ok(Ok(files)) => files,
        Ok(Err(line)) => {
            faults.push(format!("{name}: line {line} names no file with its SHA-256"));
            BTreeMap::new()
        }
        Err(error) => {
            faults.push(format!("{name}: {error}"));
            BTreeMap::new()
        }
    }
}

/// Every file is named, and is as it is named.
fn files(folder: &Path, listed: &BTreeMap<String, EvidenceId>, checked: &mut Checked) -> Result<(), BundleError> {
    let read = |source| BundleError::Read { path: folder.to_owned(), source };
    let there: BTreeSet<String> = archive::files_below(folder).map_err(read)?.into_iter().collect();
    let mut faults = Vec::new();
    for (name, sum) in listed {
        if !there.contains(name) {
            faults.push(format!("{name}: missing"));
            continue;
        }
        let path = folder.join(name);
        let link = path.symlink_metadata().is_ok_and(|meta| meta.file_type().is_symlink());
        match hash::of_file(&path) {
            _ if link => faults.push(format!("{name}: it is a link, not a file")),
            Ok((found, _)) if found == *sum => {}
            Ok((found, _)) => faults.push(format!("{name}: changed; expected {sum}, found {found}")),
            Err(error) => faults.push(format!("{name}: {error}")),
        }
    }
    checked.step(format!("Each of {} files is as {SUMS} says", listed.len()), faults);
    let seals = [SUMS, SUM_OF_SUMS, SIGNATURE, STAMP];
    let strangers = there.iter().filter(|name| !listed.contains_key(*name) && !seals.contains(&name.as_str()));
    let strangers: Vec<String> =
        strangers.map(|name| format!("{name}: {SUMS} does not name it: it was added")).collect();
    checked.step("No file was added", strangers);
    Ok(())
}
