//! What in a bundle proves more than that nothing changed since: packages, time stamps, the log, the signature.

use std::fs::File;
use std::path::Path;

use model::evidence::EvidenceId;

use super::verify::Checked;
use super::{SIGNATURE, STAMP, SUMS, archive};
use crate::keys::PublicKey;
use crate::log::checkpoint::Note;
use crate::log::entry::Entry;
use crate::log::proof::Inclusion;
use crate::package::verify::package;
use crate::stamp::{self, Roots};
use crate::verify::Trust;

/// Where proofs lie.
pub const CHECKPOINT: &str = "proof/checkpoint";
pub const LOG_KEY: &str = "proof/log.pub.pem";
/// The certificates to which the stamps of authorities should lead.
pub const ROOTS: &str = "certs/tsa.pem";
/// Longer than any stamp, proof or checkpoint.
const LONGEST: u64 = 1 << 20;

pub(super) fn check(folder: &Path, trust: &Trust, checked: &mut Checked) {
    // What cannot be listed was told before.
    let names = archive::files_below(folder).unwrap_or_default();
    packages(folder, &names, checked);
    signature(folder, trust, checked);
    stamps(folder, &names, trust, checked);
    log(folder, &names, trust, checked);
}

fn read(folder: &Path, name: &str) -> Result<Vec<u8>, String> {
    let path = folder.join(name);
    let long = path.metadata().is_ok_and(|meta| meta.len() > LONGEST);
    if long {
        return Err(format!("{name}: it is longer than {LONGEST} bytes"));
    }
    std::fs::read(&path).map_err(|error| format!("{name}: {error}"))
}

fn text(folder: &Path, name: &str) -> Result<String, String> {
    String::from_utf8(read(folder, name)?).map_err(|_| format!("{name}: it is no text"))
}

fn packages(folder: &Path, names: &[String], checked: &mut Checked) {
    for name in names.iter().filter(|name| name.starts_with("cases/") && name.ends_with(".wacz")) {
        let report = File::open(folder.join(name)).and_then(package);
        let faults = match report {
            Ok(report) => {
                report.steps.into_iter().flat_map(|step| step.faults).map(|fault| format!("{name}: {fault}")).collect()
            }
            Err(error) => vec![format!("{name}: {error}")],
        };
        checked.step(format!("{name} is a whole web archive, and every record in it has its digest"), faults);
    }
}

/// The key that its owner publishes, where the reader has it; else the enclosed one.
fn log_key(folder: &Path, trust: &Trust) -> Result<PublicKey, String> {
    if let Some(key) = &trust.log_key {
        return Ok(key.clone());
    }
    let pem = text(folder, LOG_KEY)?;
    PublicKey::of_pem(&pem).ok_or_else(|| format!("{LOG_KEY}: it is no public key"))
}

fn signature(folder: &Path, trust: &Trust, checked: &mut Checked) {
    if !folder.join(SIGNATURE).exists() {
        return checked.not_checked(
            "The bundle is signed",
            format!(
                "it is not signed: whoever can rewrite all of it can rewrite its sums; compare the hash of {SUMS} with the one \
                 that was noted when the bundle was handed over"
            ),
        );
    }
    let look = || -> Result<bool, String> {
        let signature = read(folder, SIGNATURE)?;
        let sums = std::fs::read(folder.join(SUMS)).map_err(|error| format!("{SUMS}: {error}"))?;
        Ok(log_key(folder, trust)?.has_signed(&sums, &signature))
    };
    let faults = match look() {
        Ok(true) => Vec::new(),
        Ok(false) => vec![format!("{SIGNATURE}: the key in {LOG_KEY} did not sign {SUMS}")],
        Err(error) => vec![error],
    };
    let whose = match trust.log_key {
        Some(_) => "the key that you named".to_owned(),
        None => format!("the key in {LOG_KEY}; compare it with one that you have otherwise"),
    };
    checked.step(format!("{SUMS} is signed by {whose}"), faults);
}

/// A stamp, and the hash of what it is of: the bytes of a file, or the hash that the stamp's own name gives.
fn stamps(folder: &Path, names: &[String], trust: &Trust, checked: &mut Checked) {
    let mut wanted = Vec::new();
    let mut faults = Vec::new();
    for name in names.iter().filter(|name| name.ends_with(".tsr")) {
        let digest = match name.strip_suffix(".tsr") {
            _ if name == STAMP => std::fs::read(folder.join(SUMS)).map(|bytes| EvidenceId::of(&bytes)).ok(),
            Some(CHECKPOINT) => read(folder, CHECKPOINT).map(|bytes| EvidenceId::of(&bytes)).ok(),
            _ => name.rsplit('/').next().and_then(|name| format!("sha256:{}", name.get(..64)?).parse().ok()),
        };
        match digest {
            Some(digest) => wanted.push((name, digest)),
            None => faults.push(format!("{name}: nothing says what it is a stamp of")),
        }
    }
    if wanted.is_empty() && faults.is_empty() {
        return checked.not_checked(
            "The evidence is time-stamped",
            "no time stamp is enclosed: that it existed at the times it names is its maker's word",
        );
    }
    let roots = match (trust.roots.is_empty(), folder.join(ROOTS).exists()) {
        (false, _) => Ok(trust.roots.clone()),
        (true, true) => Roots::read(&[folder.join(ROOTS)]),
        (true, false) => Ok(Roots::default()),
    };
    let roots = roots.unwrap_or_else(|error| {
        faults.push(format!("{ROOTS}: {error}"));
        Roots::default()
    });
    let mut times = Vec::new();
    for (name, digest) in &wanted {
        match read(folder, name).map(|answer| stamp::read(&answer, *digest, &roots)) {
            Ok(Ok(stamp)) => times.push(format!("{} by {}", stamp.at.to_rfc3339(), stamp.authority)),
            Ok(Err(error)) => faults.push(format!("{name}: {error}")),
            Err(error) => faults.push(error),
        }
    }
    times.sort();
    let told = match (times.first(), times.last()) {
        (Some(first), Some(last)) if first != last => format!(", the first at {first}, the last at {last}"),
        (Some(one), _) => format!(", at {one}"),
        _ => String::new(),
    };
    checked.step(format!("{} time stamps are of what they are named for{told}", wanted.len()), faults);
    if roots.is_empty() {
        checked.not_checked(
            "The time stamps are by an authority that you trust",
            format!("{ROOTS} is not enclosed, so nothing says which authorities they should lead to"),
        );
    }
}

fn log(folder: &Path, names: &[String], trust: &Trust, checked: &mut Checked) {
    let leaves: Vec<_> = names.iter().filter_map(|name| name.strip_prefix("proof/")?.strip_suffix(".leaf")).collect();
    if leaves.is_empty() {
        return checked.not_checked("The cases are in an append-only log", "no proof of a log is enclosed");
    }
    let note = match text(folder, CHECKPOINT)
        .and_then(|text| Note::parse(&text).map_err(|error| format!("{CHECKPOINT}: {error}")))
    {
        Ok(note) => note,
        Err(error) => return checked.step("The checkpoint of the log can be read", vec![error]),
    };
    match log_key(folder, trust) {
        Ok(key) => {
            let signed = note.is_signed_by(&key) == Some(true);
            let fault = format!("{CHECKPOINT}: the key in {LOG_KEY} did not sign it");
            checked.step("The checkpoint of the log is signed", if signed { Vec::new() } else { vec![fault] });
        }
        Err(_) if !folder.join(LOG_KEY).exists() && !note.is_signed() => checked.not_checked(
            "The checkpoint of the log is signed",
            "it is not signed: the log shows its order, and not whose it is",
        ),
        Err(error) => checked.step("The checkpoint of the log is signed", vec![error]),
    }
    let mut faults = Vec::new();
    for leaf in &leaves {
        faults.extend(in_the_log(folder, leaf, &note).err().map(|fault| format!("proof/{leaf}.leaf: {fault}")));
    }
    checked.step(format!("{} entries are in the log of {} entries", leaves.len(), note.checkpoint.size), faults);
}

fn in_the_log(folder: &Path, leaf: &str, note: &Note) -> Result<(), String> {
    let entry = text(folder, &format!("proof/{leaf}.leaf"))?;
    let proof = read(folder, &format!("proof/{leaf}.inclusion.json"))?;
    let proof: Inclusion = serde_json::from_slice(&proof).map_err(|error| format!("its proof is none: {error}"))?;
    if proof.size != note.checkpoint.size || proof.root != note.checkpoint.root.to_string() {
        return Err("its proof leads to another checkpoint".to_owned());
    }
    if !proof.holds_for(entry.as_bytes()) {
        return Err("its proof does not lead to the root of the log".to_owned());
    }
    let told: Entry = serde_json::from_str(&entry).map_err(|error| format!("it is no entry: {error}"))?;
    if let Entry::Case { case_id, manifest, .. } = told {
        let name = format!("cases/{case_id}/manifest.json");
        let enclosed = std::fs::read(folder.join(&name)).ok().map(|text| EvidenceId::of(&text));
        if enclosed.is_some_and(|found| found != manifest) {
            return Err(format!("it is of the manifest {manifest}, and {name} is another one"));
        }
    }
    Ok(())
}
