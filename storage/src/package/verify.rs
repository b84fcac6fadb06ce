//! Says whether a package is whole, unchanged and true to itself, step by step and in words.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::zip::{self, LOCAL, Member};
use super::{ARCHIVE, CONTENTS, DIGEST, INDEX, Listed, PAGES, is_plain, warc};

mod records;

/// Longer than any of the files that are read whole, save those of hostile makers.
const LONGEST: u64 = 256 << 20;

/// What a look at a package found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// In the order in which they were taken; the first that fails may be the last.
    pub steps: Vec<Step>,
    /// The whole file.
    pub sha256: String,
    pub bytes: u64,
    /// As the package says of itself.
    pub title: String,
    pub created: String,
    /// Of `datapackage.json`: what a signature is over.
    pub contents: String,
    /// What stands in the place of a signature (`signedData` of WACZ), unverified.
    pub signed: Option<Value>,
}

/// One question that was asked of the package.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// A sentence that is true when nothing is wrong.
    pub claim: String,
    /// What is wrong, each with the file that it is in; empty when the claim holds.
    pub faults: Vec<String>,
}

impl Report {
    pub fn holds(&self) -> bool {
        !self.steps.is_empty() && self.steps.iter().all(|step| step.faults.is_empty())
    }

    /// Takes note of a step, and says whether it holds.
    fn step(&mut self, claim: impl Into<String>, faults: Vec<String>) -> bool {
        let holds = faults.is_empty();
        self.steps.push(Step { claim: claim.into(), faults });
        holds
    }
}

/// Looks at a package. Fails only when the file cannot be read; whatever is wrong within it is a fault of a step.
///
/// What it takes in memory and time is bounded by the length of the file, whatever the file claims of itself.
pub fn package(file: impl Read + Seek) -> io::Result<Report> {
    let mut file = BufReader::new(file);
    let mut report = Report::default();
    let mut hasher = Sha256::new();
    report.bytes = io::copy(&mut file, &mut hasher)?;
    report.sha256 = format!("sha256:{}", warc::hex(&hasher.finalize()));

    let members = match zip::members(&mut file)? {
        Ok(members) => members,
        Err(fault) => {
            report.step("it is one whole ZIP file, every byte of which is accounted for", vec![fault]);
            return Ok(report);
        }
    };
    let sums = sums(&mut file, &members)?;
    let changed = members.iter().filter(|member| sums[&member.name].0 != member.crc);
    let faults = changed.map(|member| format!("{}: its bytes are not those of its checksum", member.name)).collect();
    report.step(
        format!("it is one whole ZIP file of {} files, every byte of which is accounted for", members.len()),
        faults,
    );
    let strange = members.iter().filter(|member| !is_ours(&member.name));
    let mut faults: Vec<String> =
        strange.map(|member| format!("{:?}: no file of a package is named so", member.name)).collect();
    let absent = [ARCHIVE, INDEX, PAGES, CONTENTS, DIGEST].into_iter().filter(|name| !sums.contains_key(*name));
    faults.extend(absent.map(|name| format!("{name}: it is missing")));
    if !report.step("it has the files of a WACZ package and no others", faults) {
        return Ok(report);
    }

    let text = whole(&mut file, &members, CONTENTS)?;
    let digest = whole(&mut file, &members, DIGEST)?;
    contents(&mut report, &text, &sums);
    the_digest(&mut report, &digest, &text);
    records::check(&mut report, &mut file, &members)?;
    Ok(report)
}

/// By name, checksum, hash and length of what is in it.
type Sums = BTreeMap<String, (u32, String, u64)>;

fn sums(file: &mut BufReader<impl Read + Seek>, members: &[Member]) -> io::Result<Sums> {
    let mut sums = Sums::new();
    for member in members {
        let mut contents = open(file, member)?;
        let (mut crc, mut hasher, mut bytes) = (crc32fast::Hasher::new(), Sha256::new(), 0);
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = contents.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            crc.update(&buffer[..read]);
            hasher.update(&buffer[..read]);
            bytes += read as u64;
        }
        sums.insert(member.name.clone(), (crc.finalize(), format!("sha256:{}", warc::hex(&hasher.finalize())), bytes));
    }
    Ok(sums)
}

/// What the list of contents says, against what is there.
fn contents(report: &mut Report, text: &[u8], sums: &Sums) {
    #[derive(Deserialize)]
    struct Contents {
        profile: String,
        wacz_version: String,
        #[serde(default)]
        title: String,
        created: String,
        resources: Vec<Listed>,
    }
    let claim = format!("{CONTENTS} lists every file with its length and SHA-256");
    let contents: Contents = match serde_json::from_slice(text) {
        Ok(contents) => contents,
        Err(error) => {
            report.step(claim, vec![format!("{CONTENTS}: it is no list of contents: {error}")]);
            return;
        }
    };
    let mut faults = Vec::new();
    if contents.profile != "data-package" || contents.wacz_version != "1.1.1" {
        faults.push(format!("{CONTENTS}: it is not that of WACZ 1.1.1"));
    }
    let mut listed = BTreeSet::new();
    for Listed { path, hash, bytes, .. } in &contents.resources {
        if !listed.insert(path.as_str()) {
            faults.push(format!("{CONTENTS}: it lists {path:?} twice"));
        }
        match sums.get(path) {
            None => faults.push(format!("{path:?}: it is listed and missing")),
            Some((_, found, _)) if found != hash => {
                faults.push(format!("{path}: it has changed; expected {hash}, found {found}"));
            }
            Some((_, _, found)) if found != bytes => {
                faults.push(format!("{path}: it is {found} bytes long, and listed with {bytes}"));
            }
            Some(_) => {}
        }
    }
    let unlisted =
        sums.keys().filter(|name| ![CONTENTS, DIGEST].contains(&name.as_str()) && !listed.contains(name.as_str()));
    faults.extend(unlisted.map(|name| format!("{name}: it is there and not listed")));
    (report.title, report.created) = (contents.title, contents.created);
    report.step(claim, faults);
}

/// The list of contents has a hash of its own.
fn the_digest(report: &mut Report, digest: &[u8], contents: &[u8]) {
    let claim = format!("{DIGEST} names the SHA-256 of {CONTENTS}");
    report.contents = warc::sha256(&[contents]);
    let digest: Value = serde_json::from_slice(digest).unwrap_or_default();
    let fault = match (digest["path"].as_str(), digest["hash"].as_str()) {
        (Some(CONTENTS), Some(hash)) if hash == report.contents => None,
        (Some(CONTENTS), Some(hash)) => {
            Some(format!("{CONTENTS}: it has changed; expected {hash}, found {}", report.contents))
        }
        _ => Some(format!("{DIGEST}: it names no hash of {CONTENTS}")),
    };
    report.signed = digest.get("signedData").cloned();
    report.step(claim, fault.into_iter().collect());
}

fn is_ours(name: &str) -> bool {
    let evidence = |name: &str| !name.is_empty() && !name.starts_with('.') && name.bytes().all(is_plain);
    [ARCHIVE, INDEX, PAGES, CONTENTS, DIGEST].contains(&name) || name.strip_prefix("evidence/").is_some_and(evidence)
}

/// The contents of a member, to be read.
fn open<'a, F: Read + Seek>(file: &'a mut BufReader<F>, member: &Member) -> io::Result<io::Take<&'a mut BufReader<F>>> {
    file.seek(SeekFrom::Start(u64::from(member.offset) + (LOCAL + member.name.len()) as u64))?;
    Ok(file.take(u64::from(member.bytes)))
}

/// A member that is read whole; one that is too long for that is cut, and is then not what it should be.
fn whole(file: &mut BufReader<impl Read + Seek>, members: &[Member], name: &str) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    if let Some(member) = members.iter().find(|member| member.name == name) {
        open(file, member)?.take(LONGEST).read_to_end(&mut text)?;
    }
    Ok(text)
}
