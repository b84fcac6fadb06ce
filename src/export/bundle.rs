//! Writes a bundle: the evidence of each case, the documents, the sums.

use std::path::Path;

use console::documents::{self, Document};
use model::evidence::EvidenceId;
use serde::Serialize;
use storage::bundle::{Draft, HEAD};
use storage::store::{Kept, Store};

use super::certificate::certificate;
use super::dossier::dossier;
use super::extraction::extraction;
use super::index::index;
use super::ledger::ledger;
use super::select::Selected;
use super::{Made, Taken};

/// What stands first in `bundle.json`, so that a reader of the far future knows what it has.
const FORMAT: &str = "postlink-bundle/1";
/// How the package of a case is called among its evidence.
const PACKAGE: &str = "package";

/// What was written.
pub(crate) struct Written {
    pub(crate) cases: usize,
    pub(crate) certificates: usize,
    /// Of `SHA256SUMS`.
    pub(crate) sums: EvidenceId,
}

/// `bundle.json`
#[derive(Serialize)]
struct Contents<'a> {
    format: &'static str,
    /// As the first page shows it.
    index: &'a documents::Index,
    cases: Vec<CaseHead<'a>>,
    redacted: bool,
}

#[derive(Serialize)]
struct CaseHead<'a> {
    case_id: &'a str,
    ad_id: &'a str,
    number: u64,
    verdict: &'a str,
    manifest_sha256: EvidenceId,
    line_sha256: EvidenceId,
}

/// Writes the bundle of these cases; it stands there whole, or not at all.
pub(crate) async fn write(
    store: &impl Store,
    selected: &Selected,
    made: &Made<'_>,
    to: &Path,
) -> anyhow::Result<Written> {
    let mut draft = Draft::begin(to)?;
    let mut history = Vec::new();
    for case in &selected.history {
        history.push(Taken::take(store, case).await?);
    }
    let wanted: Vec<u64> = selected.wanted.iter().map(|case| case.number).collect();
    let dossier = dossier(&history, &[], made)?;
    let cases: Vec<Taken> = history.into_iter().filter(|case| wanted.contains(&case.stored.number)).collect();
    let mut certificates = 0;
    for case in &cases {
        let place = format!("cases/{}", case.stored.case_id);
        evidence(store, case, &place, &mut draft).await?;
        if let Some(certificate) = certificate(case, made)? {
            certificates += 1;
            document(&certificate, &format!("{place}/certificate"), made, &mut draft)?;
        }
    }
    document(&ledger(&cases, made)?, "ledger", made, &mut draft)?;
    document(&dossier, "dossier", made, &mut draft)?;
    document(&extraction(&cases, made)?, "extraction", made, &mut draft)?;
    let index = index(&cases, made)?;
    draft.put("index.html", documents::html(&index, made.language)?.as_bytes())?;
    draft.put("VERIFY.md", documents::verify_md(&index)?.as_bytes())?;
    draft.put(HEAD, &json(&contents(&index, &cases))?)?;
    let sums = draft.publish(&[])?;
    Ok(Written { cases: cases.len(), certificates, sums })
}

/// The manifest, the line, and the package or else each piece of evidence.
async fn evidence(store: &impl Store, case: &Taken, place: &str, draft: &mut Draft) -> anyhow::Result<()> {
    draft.put(&format!("{place}/manifest.json"), case.manifest_text.as_bytes())?;
    draft.put(&format!("{place}/case.json"), case.text.as_bytes())?;
    if let Some(package) = case.manifest.evidence.iter().find(|kept| kept.what == PACKAGE) {
        let name = format!("{place}/{}.wacz", case.stored.case_id);
        draft.put(&name, &store.read(package.id).await?)?;
        return Ok(());
    }
    for kept in &case.manifest.evidence {
        let name = format!("{place}/evidence/{}.{}", kept.id.hex(), ending(kept));
        draft.put(&name, &store.read(kept.id).await?)?;
    }
    Ok(())
}

/// By which ending people's programs know what a file is.
fn ending(kept: &Kept) -> &'static str {
    match kept.media_type.split(';').next().unwrap_or_default().trim() {
        "application/json" => "json",
        "text/html" => "html",
        "text/css" => "css",
        "text/javascript" | "application/javascript" => "js",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/webp" => "webp",
        "image/gif" => "gif",
        "image/svg+xml" => "svg",
        "video/mp4" => "mp4",
        kind if kind.starts_with("text/") => "txt",
        _ => "bin",
    }
}

/// A document as a page and as data.
fn document<D: Document>(document: &D, name: &str, made: &Made<'_>, draft: &mut Draft) -> anyhow::Result<()> {
    draft.put(&format!("{name}.html"), documents::html(document, made.language)?.as_bytes())?;
    draft.put(&format!("{name}.json"), &json(document)?)?;
    Ok(())
}

fn contents<'a>(index: &'a documents::Index, cases: &'a [Taken]) -> Contents<'a> {
    let head = |case: &'a Taken| CaseHead {
        case_id: case.stored.case_id.as_str(),
        ad_id: &case.line.ad_id,
        number: case.stored.number,
        verdict: &case.line.verdict,
        manifest_sha256: case.stored.manifest,
        line_sha256: case.manifest.line_sha256,
    };
    Contents { format: FORMAT, index, cases: cases.iter().map(head).collect(), redacted: index.head.redacted }
}

fn json(data: &impl Serialize) -> anyhow::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(data)?;
    text.push(b'\n');
    Ok(text)
}
