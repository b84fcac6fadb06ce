//! The files of the models: which there are, and whether those of a folder are the right ones.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use model::evidence::EvidenceId;

/// The files and what they must be, as sha256sum writes it; `scripts/models` fetches them by it.
pub const SUMS: &str = include_str!("../models.sha256");

/// A file larger than this is none of the models. The largest is the speech model's with 145 MB.
const MAX_BYTES: u64 = 512 << 20;

/// A model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("read the model {}: {source}; `postlink models fetch` or `scripts/setup` fetches it, or name its folder as `reader.models`", .path.display())]
    Missing { path: PathBuf, source: std::io::Error },
    #[error("{} is not the file it should be (sha256 {found}, expected {expected}); `postlink models fetch` or `scripts/setup` fetches the right one", .path.display())]
    Changed { path: PathBuf, found: String, expected: &'static str },
    #[error("load the model {}: {reason}", .path.display())]
    Broken { path: PathBuf, reason: String },
    #[error(
        "read with ONNX Runtime: {reason}; name its library (1.23 or newer) as `reader.onnx_runtime`, or set `reader.engine` to \"rten\""
    )]
    Engine { reason: String },
}

/// One file, and whether it can be used.
#[derive(Debug)]
pub struct Looked {
    pub name: &'static str,
    pub found: Result<(), ModelError>,
}

/// Looks at all files of the models in a folder. Blocking: they are read to their ends.
pub fn look(folder: &Path) -> Vec<Looked> {
    sums().map(|(_, name)| Looked { name, found: checked(folder, name).map(drop) }).collect()
}

/// The bytes of a model's file, if it is the right one.
pub(crate) fn checked(folder: &Path, name: &'static str) -> Result<Vec<u8>, ModelError> {
    let path = folder.join(name);
    let mut bytes = Vec::new();
    let read = File::open(&path).and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes));
    if let Err(source) = read {
        return Err(ModelError::Missing { path, source });
    }
    let (found, expected) = (EvidenceId::of(&bytes).hex(), sha256(name));
    if found == expected { Ok(bytes) } else { Err(ModelError::Changed { path, found, expected }) }
}

/// The SHA-256 that a model's file must have, in hex.
pub(crate) fn sha256(name: &str) -> &'static str {
    sums().find(|(_, known)| *known == name).expect("internal error: a model stands in models.sha256").0
}

/// The file is the right one, and does not hold what it should: only a fault in this program makes it so.
pub(crate) fn broken(folder: &Path, name: &str, reason: impl ToString) -> ModelError {
    ModelError::Broken { path: folder.join(name), reason: reason.to_string() }
}

fn sums() -> impl Iterator<Item = (&'static str, &'static str)> {
    SUMS.lines().filter_map(|line| line.split_once("  "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_named_once_with_a_sum() {
        let names: std::collections::BTreeSet<&str> = sums().map(|(_, name)| name).collect();
        assert_eq!(names.len(), SUMS.lines().count());
        assert!(sums().all(|(sum, _)| sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit())), "{SUMS}");
    }

    #[test]
    fn what_is_missing_or_changed_is_told_with_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("ppocrv6_dict.txt"), "a\n").expect("writes");
        let looked = look(folder.path());
        assert_eq!(looked.len(), SUMS.lines().count());
        for Looked { name, found } in looked {
            let error = found.expect_err("neither is right");
            assert!(error.to_string().contains("postlink models fetch"), "{error}");
            assert_eq!(matches!(error, ModelError::Changed { .. }), name == "ppocrv6_dict.txt", "{error}");
        }
    }
}
