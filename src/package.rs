//! The package of a case: what was fetched, seen and found, as one file that strangers can open and verify.

use std::collections::BTreeMap;
use std::io::Cursor;

use chrono::{DateTime, Utc};
use model::case::Case;
use model::evidence::{Evidence, EvidenceId};
use model::snapshot::{Picture, Provenance};
use serde::{Deserialize, Serialize};
use storage::evidence::PACKAGE;
use storage::package::{About, Closed, Package, PackageError};
use storage::store::CaseId;

mod artefacts;
mod pages;
mod provenance;
mod sheets;
mod way;

const MEDIA_TYPE: &str = "application/wacz";

/// A package on its way.
type Draft = Package<Cursor<Vec<u8>>>;

/// Everything that a package is made of.
pub(crate) struct Contents<'a> {
    pub(crate) case_id: &'a CaseId,
    pub(crate) case: &'a Case,
    /// The case's line of `cases.jsonl`: it stands in the package byte by byte.
    pub(crate) line: &'a str,
    pub(crate) evidence: &'a BTreeMap<EvidenceId, Evidence>,
    /// Names and versions of what was used.
    pub(crate) tools: &'a BTreeMap<String, String>,
    /// What the crawler and the reader were told.
    pub(crate) options: &'a serde_json::Value,
}

/// Makes the package, up to the signature that it may be given.
pub(crate) fn draft(contents: &Contents<'_>) -> Result<Closed<Cursor<Vec<u8>>>, PackageError> {
    let version = contents.tools.get("postlink").map_or("", String::as_str);
    let about = About {
        title: format!("postlink case {}: ad {}", contents.case_id, contents.case.ad.ad_id),
        software: format!("postlink {version}"),
        created: contents.last(),
        notes: contents
            .tools
            .iter()
            .map(|(name, version)| (format!("tool {name}").replace(' ', "-"), version.clone()))
            .collect(),
    };
    let mut package = Package::begin(Cursor::new(Vec::new()), about)?;
    let visits = way::put(contents, &mut package)?;
    let files = artefacts::put(contents, &visits, &mut package)?;
    pages::put(contents, &visits, &mut package);
    package.file("evidence/case.json", contents.line.as_bytes().to_vec())?;
    package.file("evidence/transcript.json", json(&sheets::transcript(contents.case)))?;
    let sheet = provenance::of(contents, &visits);
    package.file("evidence/provenance.html", sheets::provenance(&sheet))?;
    package.file("evidence/provenance.json", json(&sheet))?;
    package.file("evidence/notes.html", sheets::notes(contents))?;
    package.file("evidence/files.json", json(&files))?;
    package.close()
}

/// The package as an artefact to keep.
pub(crate) fn sealed(
    closed: Closed<Cursor<Vec<u8>>>,
    signed: Option<serde_json::Value>,
) -> Result<Evidence, PackageError> {
    let made_at = closed.created.parse().unwrap_or(DateTime::UNIX_EPOCH);
    let bytes = closed.seal(signed)?.into_inner();
    Ok(Evidence::new(PACKAGE, MEDIA_TYPE, bytes, made_at))
}

impl Contents<'_> {
    /// When the last of its artefacts came to be: a package made again later has the same date.
    fn last(&self) -> DateTime<Utc> {
        self.evidence.values().map(|one| one.captured_at).fold(self.case.opened_at, DateTime::max)
    }

    fn bytes(&self, id: EvidenceId) -> Option<&[u8]> {
        self.evidence.get(&id).map(Evidence::bytes)
    }

    /// An artefact that is JSON of ours; none when it is not there, or not of this version.
    fn read<'b, T: Deserialize<'b>>(&'b self, id: EvidenceId) -> Option<T> {
        serde_json::from_slice(self.bytes(id)?).ok()
    }
}

/// What the package tells of a snapshot; its layout stands in the archive.
#[derive(Clone, Debug, Deserialize)]
struct Snapshot {
    title: String,
    captured_at: DateTime<Utc>,
    html: EvidenceId,
    picture: Option<Picture>,
    provenance: Provenance,
}

fn json(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("internal error: what is told is plain data");
    text.push(b'\n');
    text
}
