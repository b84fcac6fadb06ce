//! The first page of a bundle.

use console::documents::{Index, IndexCase, Part};

use super::certificate::refused;
use super::redact::RELATION;
use super::{Made, Taken};
use console::told::local;

/// What a bundle holds beside its cases, and in which order that is told.
const PARTS: [(&str, &str); 7] = [
    ("VERIFY.md", "verify"),
    ("SHA256SUMS", "sums"),
    ("ledger.html", "ledger"),
    ("dossier.html", "dossier"),
    ("extraction.html", "extraction"),
    ("cases/", "cases"),
    ("bundle.json", "head"),
];

/// `files` are those that are in the bundle already.
pub(super) fn index(cases: &[Taken], made: &Made<'_>, files: &[&str]) -> anyhow::Result<Index> {
    let has = |ending: &str| files.iter().any(|name| name.ends_with(ending));
    Ok(Index {
        head: made.head("index", "I")?,
        language: made.language.to_owned(),
        cases: cases.iter().map(case).collect(),
        parts: parts(files),
        packages: has(".wacz"),
        stamps: has(".tsr"),
        proofs: has(".leaf"),
        signed: made.seals.key().is_some(),
        stamped: made.seals.stamps(),
    })
}

fn parts(files: &[&str]) -> Vec<Part> {
    let there = |name: &str| files.iter().any(|file| file.starts_with(name));
    let more = [("transfer.html", "transfer"), ("proof/", "proof"), ("certs/", "certs"), (RELATION, "relation")];
    let part = |(name, what): (&str, &str)| Part { name: name.to_owned(), what: what.to_owned() };
    PARTS.into_iter().chain(more.into_iter().filter(|(name, _)| there(name))).map(part).collect()
}

fn case(case: &Taken) -> IndexCase {
    let refused = refused(case);
    IndexCase {
        case_id: case.stored.case_id.to_string(),
        ad_id: case.line.ad_id.clone(),
        title: case.title(),
        advertiser: case.advertiser(),
        opened_at: local(case.line.opened_at),
        verdict: case.line.verdict.clone(),
        violations: case.line.violations.len(),
        gaps: case.line.gaps.len(),
        manifest: case.stored.manifest.to_string(),
        certificate: refused.is_none(),
        no_certificate: refused.unwrap_or_default().to_owned(),
    }
}
