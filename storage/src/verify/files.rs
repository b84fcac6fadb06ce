//! Manifests, the chain they make, and the blobs they name; and what lies beside these.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use futures_util::StreamExt as _;
use model::evidence::EvidenceId;

use super::{Doubt, Fault, Look, Sheet, VerifyError};
use crate::evidence::{ASKED_AT_ONCE, Blobs, PACKAGE, blob_path, manifest_path, package_path};
use crate::hash;
use crate::seal::{FORMAT, Manifest};
use crate::store::Kept;

const SUFFIX: &str = ".manifest.json";

/// Longer than any manifest: 64 MiB are some 200 000 pieces of evidence.
const LONGEST_MANIFEST: u64 = 64 << 20;

pub(super) async fn check(look: &mut Look, blobs: &Blobs) -> Result<(), VerifyError> {
    for one in names(blobs, "evidence/cases").await? {
        let file = format!("evidence/cases/{}", one.name);
        if file.ends_with(SUFFIX) { manifest(look, blobs, &file).await } else { look.report.unknown.push(file) }
    }
    chain(look);
    strays(look, blobs).await
}

async fn names(blobs: &Blobs, folder: &str) -> Result<Vec<crate::evidence::Name>, VerifyError> {
    blobs.names(folder).await.map_err(|(path, source)| VerifyError::Folder { path, source })
}

async fn manifest(look: &mut Look, blobs: &Blobs, file: &str) {
    look.report.cases += 1;
    let text = match blobs.text(file, LONGEST_MANIFEST).await {
        Ok(text) => text,
        Err(error) => return look.problem(file, Fault::Unreadable, format!("the manifest cannot be read: {error}")),
    };
    let hash = EvidenceId::of(&text);
    let manifest: Manifest = match serde_json::from_slice(&text) {
        Ok(manifest) => manifest,
        Err(error) => {
            look.differs(file, format!("the manifest is none any more: {error}"), "a manifest", hash);
            return;
        }
    };
    if manifest.format != FORMAT {
        return look.problem(
            file,
            Fault::Unreadable,
            format!("its format `{}` is not known here: use a newer postlink", manifest.format),
        );
    }
    if manifest_path(&manifest.case_id) != file {
        let name = manifest_path(&manifest.case_id);
        return look.differs(file, "the manifest is that of another case", file, name);
    }
    look.line_of(&manifest);
    // What a deleted case rested on may be gone, and may still lie there for a sweep to take.
    if !look.deleted.contains(manifest.case_id.as_str()) {
        artefacts(look, blobs, &manifest, file).await;
    }
    let Manifest { number, previous, .. } = manifest;
    let sheet = Sheet { number, hash, previous, has_row: false };
    look.manifests.insert(manifest.case_id.as_str().to_owned(), sheet);
}

/// What a case rests on, as far as it was not looked at for another case.
async fn artefacts(look: &mut Look, blobs: &Blobs, manifest: &Manifest, file: &str) {
    let new: Vec<_> = manifest.evidence.iter().filter(|kept| look.blobs.insert(kept.id)).collect();
    let mut hashed = futures_util::stream::iter(new)
        .map(|kept| async move { (kept, blobs.hashed(&blob_path(kept.id), kept.id).await) })
        .buffered(ASKED_AT_ONCE);
    while let Some((kept, found)) = hashed.next().await {
        blob(look, kept, found, file);
    }
    let package = manifest.evidence.iter().find(|kept| kept.what == PACKAGE);
    if let (Some(kept), Some(dir)) = (package, blobs.folder()) {
        second_name(look, dir, kept, package_path(&manifest.case_id)).await;
    }
}

fn blob(look: &mut Look, kept: &Kept, found: std::io::Result<(EvidenceId, u64)>, manifest: &str) {
    let path = blob_path(kept.id);
    match found {
        Ok((found, bytes)) => {
            look.report.evidence += 1;
            look.report.bytes += bytes;
            if found != kept.id {
                look.differs(path, format!("it is not what {manifest} names as `{}`", kept.what), kept.id, found);
            } else if bytes != kept.bytes {
                look.differs(manifest, format!("the length of `{}` is wrong in it", kept.what), bytes, kept.bytes);
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            look.in_doubt.push((look.report.problems.len(), Doubt::Blob(kept.id)));
            look.problem(path, Fault::Missing, format!("{manifest} names it as `{}`", kept.what));
        }
        Err(error) => look.problem(path, Fault::Unreadable, error.to_string()),
    }
}

/// The package of a case under its own name. As a rule that is the blob by another name, and what changed one changed both.
async fn second_name(look: &mut Look, dir: &Path, kept: &Kept, path: String) {
    let blob = blob_path(kept.id);
    let inode = |path: &str| std::fs::symlink_metadata(dir.join(path)).ok().map(|meta| (meta.dev(), meta.ino()));
    let whole = !look.report.problems.iter().any(|problem| problem.file == blob);
    if whole && inode(&path).is_some_and(|same| inode(&blob) == Some(same)) {
        look.packages.insert(path);
        return;
    }
    let file = dir.join(&path);
    let hashed = tokio::task::spawn_blocking(move || hash::of_file(&file)).await;
    match hashed.expect("internal error: hashing does not panic") {
        Ok((found, _)) if found != kept.id => {
            look.differs(&path, "it is not the package that was sealed, of which it is a second name", kept.id, found);
        }
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            look.problem(&path, Fault::Missing, format!("it is a second name of {blob}: link or copy that to it"));
        }
        Err(error) => look.problem(&path, Fault::Unreadable, error.to_string()),
    }
    look.packages.insert(path);
}

/// Each manifest names the one before by its hash; the first names none.
fn chain(look: &mut Look) {
    let mut sheets: Vec<_> =
        look.manifests.iter().map(|(case, sheet)| (sheet.number, sheet.hash, sheet.previous, case.clone())).collect();
    sheets.sort();
    let mut before = (0, None, String::new());
    for (number, hash, previous, case) in sheets {
        let file = format!("evidence/cases/{case}{SUFFIX}");
        let (last, expected, name) = &before;
        if number != last + 1 {
            let detail = format!(
                "it is number {number}, and the one before it here is number {last}: a case between was taken out or put in"
            );
            look.problem(file, Fault::ChainBroken, detail);
        } else if previous != *expected {
            let text = |id: Option<EvidenceId>| Some(id.map_or("none".to_owned(), |id| id.to_string()));
            let detail = if name.is_empty() {
                "it is the first and yet names one before".to_owned()
            } else {
                format!("it was not sealed after what evidence/cases/{name}{SUFFIX} is now")
            };
            look.problem(file, Fault::ChainBroken, detail);
            if let Some(problem) = look.report.problems.last_mut() {
                (problem.expected, problem.found) = (text(previous), text(*expected));
            }
        }
        look.report.head = Some(hash);
        before = (number, Some(hash), case);
    }
}

/// Collects what no manifest names. Folders that are none of ours are named, not entered.
async fn strays(look: &mut Look, blobs: &Blobs) -> Result<(), VerifyError> {
    for one in names(blobs, "evidence").await? {
        let file = format!("evidence/{}", one.name);
        let ours = one.is_folder && ["sha256", "cases"].contains(&one.name.as_str());
        if !ours && !look.packages.contains(&file) {
            look.report.unknown.push(file);
        }
    }
    for one in names(blobs, "evidence/sha256").await? {
        let ours = one.is_folder && one.name.len() == 2 && u8::from_str_radix(&one.name, 16).is_ok();
        if !ours {
            look.report.unknown.push(format!("evidence/sha256/{}", one.name));
        }
    }
    for first in 0..=u8::MAX {
        let mut lying = blobs.lying(first).await?;
        lying.retain(|one| one.id.is_none_or(|id| !look.blobs.contains(&id)));
        look.report.unknown.extend(lying.into_iter().map(|one| one.path));
    }
    Ok(())
}
