//! Manifests, the chain they make, and the blobs they name; and what lies beside these.

use std::io::{ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use model::evidence::EvidenceId;

use super::{Fault, Look, Sheet, VerifyError};
use crate::evidence::{PACKAGE, blob_path, manifest_path, package_path};
use crate::hash;
use crate::seal::{FORMAT, Manifest};
use crate::store::Kept;

const SUFFIX: &str = ".manifest.json";

/// Longer than any manifest: 64 MiB are some 200 000 pieces of evidence.
const LONGEST_MANIFEST: u64 = 64 << 20;

pub(super) fn check(look: &mut Look) -> Result<(), VerifyError> {
    let dir = look.dir.clone();
    for name in names(&dir.join("evidence/cases"))? {
        let file = format!("evidence/cases/{name}");
        if name.ends_with(SUFFIX) { manifest(look, &dir, &file) } else { look.report.unknown.push(file) }
    }
    chain(look);
    strays(look, &dir, "evidence", 0)?;
    Ok(())
}

fn manifest(look: &mut Look, dir: &Path, file: &str) {
    look.report.cases += 1;
    let text = match read(&dir.join(file)) {
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
    let here = if look.deleted.contains(manifest.case_id.as_str()) { &[][..] } else { &manifest.evidence };
    for kept in here {
        if look.blobs.insert(kept.id) {
            blob(look, dir, kept, file);
        }
        if kept.what == PACKAGE {
            package(look, dir, kept, package_path(&manifest.case_id));
        }
    }
    let sheet = Sheet { number: manifest.number, hash, previous: manifest.previous };
    look.manifests.insert(manifest.case_id.as_str().to_owned(), sheet);
}

fn blob(look: &mut Look, dir: &Path, kept: &Kept, manifest: &str) {
    let path = blob_path(kept.id);
    match hash::of_file(&dir.join(&path)) {
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
            look.problem(path, Fault::Missing, format!("{manifest} names it as `{}`", kept.what));
        }
        Err(error) => look.problem(path, Fault::Unreadable, error.to_string()),
    }
}

/// The package of a case under its own name. As a rule that is the blob by another name, and what changed one changed both.
fn package(look: &mut Look, dir: &Path, kept: &Kept, path: String) {
    let blob = blob_path(kept.id);
    let inode = |path: &str| std::fs::symlink_metadata(dir.join(path)).ok().map(|meta| (meta.dev(), meta.ino()));
    let whole = !look.report.problems.iter().any(|problem| problem.file == blob);
    if whole && inode(&path).is_some_and(|same| inode(&blob) == Some(same)) {
        look.packages.insert(path);
        return;
    }
    match hash::of_file(&dir.join(&path)) {
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

/// Collects what no manifest names. Folders deeper than ours are named, not entered.
fn strays(look: &mut Look, dir: &Path, folder: &str, depth: usize) -> Result<(), VerifyError> {
    if folder == "evidence/cases" {
        return Ok(());
    }
    for name in names(&dir.join(folder))? {
        let file = format!("{folder}/{name}");
        let is_folder = std::fs::symlink_metadata(dir.join(&file)).is_ok_and(|meta| meta.is_dir());
        if is_folder && depth < 3 {
            strays(look, dir, &file, depth + 1)?;
        } else {
            let id = format!("sha256:{name}").parse().ok();
            let ours = id.is_some_and(|id: EvidenceId| look.blobs.contains(&id) && blob_path(id) == file);
            if !ours && !look.packages.contains(&file) {
                look.report.unknown.push(file);
            }
        }
    }
    Ok(())
}

/// The names in a folder, sorted; none when it is not there.
fn names(folder: &Path) -> Result<Vec<String>, VerifyError> {
    let failed = |source| VerifyError::Folder { path: folder.to_owned(), source };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    hash::open(path)?.take(LONGEST_MANIFEST + 1).read_to_end(&mut text)?;
    if text.len() as u64 > LONGEST_MANIFEST {
        return Err(std::io::Error::new(ErrorKind::FileTooLarge, "it is longer than any manifest"));
    }
    Ok(text)
}
