//! The packs that judge: the built-in ones, and a folder of the operator's laid over them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use model::evidence::EvidenceId;
use policies::{PackError, Packs, built_in_files};

/// A longer file is no rule and no note.
const LONGEST_FILE: u64 = 1 << 20;
/// Files of one folder.
const MOST_FILES: usize = 10_000;
/// `<pack>/rules/<id>.toml`
const DEEPEST: usize = 3;

/// Why packs cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadPacks {
    #[error("read {path}: {source}; `--policies` names a folder of packs, each a folder with a pack.toml")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{path} has {bytes} bytes: a file of a pack has at most {LONGEST_FILE}")]
    TooLong { path: PathBuf, bytes: u64 },
    #[error("{path} holds more than {MOST_FILES} files: name a folder of packs")]
    TooMany { path: PathBuf },
    #[error("{path} is not UTF-8: save it as UTF-8")]
    NoText { path: PathBuf },
    #[error(
        "{0} holds no pack: each is a folder with a pack.toml, or with files that replace those of a built-in pack"
    )]
    Empty(PathBuf),
    #[error("{0}")]
    Wrong(#[from] PackError),
}

/// The texts of all packs, by path.
pub(crate) type Files = BTreeMap<String, String>;

/// The ids of the checks, which rules may name.
pub(crate) fn checks() -> BTreeSet<&'static str> {
    checker::checks::ALL.iter().map(|check| check.id()).collect()
}

pub(crate) fn load(folder: Option<&Path>) -> Result<Packs, BadPacks> {
    Ok(Packs::from_files(&files(folder)?, &checks())?)
}

/// The built-in packs with a folder laid over them: a pack with a pack.toml of its own takes the place of the built-in one of
/// that name; files without one replace those of the built-in pack, whose version then says so.
pub(crate) fn files(folder: Option<&Path>) -> Result<Files, BadPacks> {
    let mut files = built_in_files();
    let Some(folder) = folder else { return Ok(files) };
    let mut over = Files::new();
    gather(folder, folder, 1, &mut over)?;
    let packs: BTreeSet<_> = over.keys().filter_map(|path| Some(path.split_once('/')?.0.to_owned())).collect();
    if packs.is_empty() {
        return Err(BadPacks::Empty(folder.to_owned()));
    }
    for pack in packs {
        let head = format!("{pack}/pack.toml");
        let inside = format!("{pack}/");
        if over.contains_key(&head) {
            files.retain(|path, _| !path.starts_with(&inside));
        } else if let Some(text) = files.get_mut(&head) {
            *text = with_print(text, &over, &inside);
        }
    }
    files.extend(over);
    Ok(files)
}

/// `version = "2026.11"` becomes `version = "2026.11+1a2b3c4d"`: a violation must say that other rules judged than the released ones.
fn with_print(head: &str, over: &Files, inside: &str) -> String {
    let changed: Vec<_> = over.iter().filter(|(path, _)| path.starts_with(inside)).collect();
    let print = EvidenceId::of(&serde_json::to_vec(&changed).expect("internal error: texts are plain data")).hex();
    let version = head.lines().find(|line| line.trim_start().starts_with("version")).unwrap_or_default();
    match version.match_indices('"').nth(1) {
        Some((end, _)) => {
            let (before, after) = version.split_at(end);
            head.replacen(version, &format!("{before}+{}{after}", &print[..8]), 1)
        }
        None => head.to_owned(),
    }
}

/// Reads the TOML files below a folder, by their path within the first one.
fn gather(top: &Path, folder: &Path, depth: usize, files: &mut Files) -> Result<(), BadPacks> {
    let unreadable = |source| BadPacks::Unreadable { path: folder.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() && depth < DEEPEST {
            gather(top, &path, depth + 1, files)?;
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "toml") {
            let bytes = entry.metadata().map_err(unreadable)?.len();
            if bytes > LONGEST_FILE {
                return Err(BadPacks::TooLong { path, bytes });
            }
            if files.len() >= MOST_FILES {
                return Err(BadPacks::TooMany { path: top.to_owned() });
            }
            let read = std::fs::read(&path).map_err(|source| BadPacks::Unreadable { path: path.clone(), source })?;
            let text = String::from_utf8(read).map_err(|_| BadPacks::NoText { path: path.clone() })?;
            let name = path.strip_prefix(top).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.insert(name, text);
        }
    }
    Ok(())
}
