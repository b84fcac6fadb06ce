//! Writes a bundle: the evidence of each case, the documents, the sums.

use std::path::Path;

use anyhow::Context as _;
use console::documents::{self, Document};
use model::evidence::EvidenceId;
use reader::redact::Done;
use serde::Serialize;
use storage::bundle::{CHECKPOINT, Draft, HEAD, LOG_KEY, ROOTS};
use storage::decisions::Decisions;
use storage::store::{Kept, Store};
use tokio::task::spawn_blocking;

use super::certificate::certificate;
use super::dossier::dossier;
use super::extraction::extraction;
use super::index::index;
use super::ledger::ledger;
use super::redact::{RELATION, Redaction, withheld};
use super::select::Selected;
use super::transfer::transfer;
use super::{Made, Taken, proof};

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
    store: &(impl Store + Decisions),
    selected: &Selected,
    made: &Made<'_>,
    to: &Path,
) -> anyhow::Result<Written> {
    let mut out = Out {
        draft: Draft::begin(to)?.limited(made.most_bytes),
        redaction: made.reader.clone().map(Redaction::by),
        language: made.language,
    };
    let wanted: Vec<u64> = selected.wanted.iter().map(|case| case.number).collect();
    let (mut history, mut covered) = (Vec::new(), Vec::new());
    for case in &selected.history {
        let mut case = Taken::take(store, case).await?;
        covered.push(out.redaction.as_ref().map(|redaction| redaction.cover(&mut case)).transpose()?);
        history.push(case);
    }
    let mut certificates = 0;
    for (case, covered) in history.iter().zip(covered).filter(|(case, _)| wanted.contains(&case.stored.number)) {
        let place = format!("cases/{}", case.stored.case_id);
        match covered {
            Some(done) => out.redacted(store, case, &place, done).await?,
            None => out.evidence(store, case, &place).await?,
        }
        let (files, proven) = proof::of_case(store, &case.stored.case_id).await?;
        out.files(files)?;
        if proven.is_some() && !out.draft.files().contains_key(CHECKPOINT) {
            out.files(proof::of_log(store).await?)?;
        }
        if let Some(certificate) = certificate(case, made)? {
            certificates += 1;
            out.document(&certificate, &format!("{place}/certificate"))?;
        }
    }
    out.document(&dossier(&history, &proof::decisions(store, &history).await?, made)?, "dossier")?;
    let cases: Vec<Taken> = history.into_iter().filter(|case| wanted.contains(&case.stored.number)).collect();
    if let (Some(clue), [case]) = (&made.clue, cases.as_slice()) {
        let told = proof::decisions(store, &cases).await?.into_values().flatten().collect();
        let decided = store.decisions_of(&case.stored.case_id).await?;
        out.document(&transfer(case, clue, told, &decided, made)?, "transfer")?;
    }
    out.document(&ledger(&cases, made)?, "ledger")?;
    out.document(&extraction(&cases, made)?, "extraction")?;
    if let Some(redaction) = &out.redaction {
        let relation = json(redaction.relation())?;
        out.text(RELATION, relation)?;
    }
    out.files(proof::lists(store).await?)?;
    if let Some(pem) = made.seals.certificates() {
        out.draft.put(ROOTS, pem.as_bytes())?;
    }
    if let Some(pem) = made.seals.key().filter(|_| !out.draft.files().contains_key(LOG_KEY)) {
        out.draft.put(LOG_KEY, pem.as_bytes())?;
    }
    let files: Vec<_> = out.draft.files().keys().map(String::as_str).collect();
    let index = index(&cases, made, &files)?;
    out.text("index.html", documents::html(&index, made.language)?)?;
    out.text("VERIFY.md", documents::verify_md(&index)?)?;
    out.text(HEAD, json(&contents(&index, &cases))?)?;
    let seals = made.seals.seal(&out.draft.sums()).await?;
    let draft = out.draft;
    // It copies and packs all of it: nobody else is kept waiting.
    let sums = spawn_blocking(move || draft.publish(&seals)).await.context("write the bundle")??;
    Ok(Written { cases: cases.len(), certificates, sums })
}

/// Writes the due-diligence dossier of the ads of these cases alone, as one page.
pub(crate) async fn write_dossier(
    store: &(impl Store + Decisions),
    selected: &Selected,
    made: &Made<'_>,
    to: &Path,
) -> anyhow::Result<()> {
    let mut history = Vec::new();
    for case in &selected.history {
        history.push(Taken::take(store, case).await?);
    }
    let dossier = dossier(&history, &proof::decisions(store, &history).await?, made)?;
    let page = documents::html(&dossier, made.language)?;
    tokio::fs::write(to, page).await.with_context(|| format!("write {}", to.display()))
}

/// A bundle on its way.
struct Out<'a> {
    draft: Draft,
    redaction: Option<Redaction>,
    language: &'a str,
}

impl Out<'_> {
    /// A text; of a redacted copy, once more looked through: what was covered piece by piece may be personal as a whole.
    fn text(&mut self, name: &str, text: String) -> anyhow::Result<EvidenceId> {
        let text = match &self.redaction {
            Some(redaction) => redaction.text(text),
            None => text,
        };
        Ok(self.draft.put(name, text.as_bytes())?)
    }

    /// Files that say nothing of anybody: stamps and proofs are made of hashes.
    fn files(&mut self, files: Vec<proof::File>) -> anyhow::Result<()> {
        for (name, bytes) in files {
            self.draft.put(&name, &bytes)?;
        }
        Ok(())
    }

    /// A document as a page and as data.
    fn document<D: Document>(&mut self, document: &D, name: &str) -> anyhow::Result<()> {
        self.text(&format!("{name}.html"), documents::html(document, self.language)?)?;
        self.text(&format!("{name}.json"), json(document)?)?;
        Ok(())
    }

    /// The manifest, the line, and the package or else each piece of evidence.
    async fn evidence(&mut self, store: &impl Store, case: &Taken, place: &str) -> anyhow::Result<()> {
        self.draft.put(&format!("{place}/manifest.json"), case.manifest_text.as_bytes())?;
        self.draft.put(&format!("{place}/case.json"), case.text.as_bytes())?;
        if let Some(package) = case.manifest.evidence.iter().find(|kept| kept.what == PACKAGE) {
            let name = format!("{place}/{}.wacz", case.stored.case_id);
            self.draft.put(&name, &store.read(package.id).await?)?;
            return Ok(());
        }
        for kept in &case.manifest.evidence {
            let name = format!("{place}/evidence/{}.{}", kept.id.hex(), ending(kept));
            self.draft.put(&name, &store.read(kept.id).await?)?;
        }
        Ok(())
    }

    /// The line and the pictures without what is personal, and the manifest where it names nothing personal.
    async fn redacted(&mut self, store: &impl Store, case: &Taken, place: &str, done: Done) -> anyhow::Result<()> {
        let name = format!("{place}/case.json");
        let sum = self.text(&name, case.text.clone())?;
        let Some(redaction) = &mut self.redaction else { return Ok(()) };
        redaction.relate((name, sum), case, (case.manifest.line_sha256, "line of the case"), done);
        if redaction.text(case.manifest_text.clone()) == case.manifest_text {
            let name = format!("{place}/manifest.json");
            let sum = self.draft.put(&name, case.manifest_text.as_bytes())?;
            redaction.relate((name, sum), case, (case.stored.manifest, "manifest"), Done::new());
        }
        for kept in &case.manifest.evidence {
            if let Some(why) = withheld(kept) {
                redaction.withhold(case, kept, why);
                continue;
            }
            match redaction.picture(store, case, kept).await? {
                Ok(covered) => {
                    let name = format!("{place}/pictures/{}.jpg", kept.id.hex());
                    let sum = self.draft.put(&name, &covered.jpeg)?;
                    redaction.relate((name, sum), case, (kept.id, &kept.what), covered.done);
                }
                Err(error) => {
                    tracing::warn!("{} of case {} is not handed out: {error}", kept.what, case.stored.case_id);
                    redaction.withhold(
                        case,
                        kept,
                        "it could not be looked at, or what is personal in it could not be covered for sure",
                    );
                }
            }
        }
        Ok(())
    }
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

fn json(data: &impl Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(data)? + "\n")
}
