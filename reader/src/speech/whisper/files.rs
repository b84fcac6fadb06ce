//! The model's files: where they are, and that they are the right ones.

use std::path::{Path, PathBuf};

use model::evidence::EvidenceId;

const WEIGHTS: (&str, &str) = ("whisper-base.bin", "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9");
const VOCABULARY: (&str, &str) =
    ("whisper-vocabulary.txt", "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913");

/// What is said cannot be turned into words.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("read the speech model {}: {source}; `scripts/setup` fetches it, name its folder as `reader.models`, give the video `subtitles`, or set `reader.speech` to \"off\"", .path.display())]
    Missing { path: PathBuf, source: std::io::Error },
    #[error("{} is not the file it should be (sha256 {found}, expected {expected}); `scripts/setup` fetches the right one", .path.display())]
    Changed { path: PathBuf, found: String, expected: &'static str },
    #[error("load the speech model {}: {reason}", .path.display())]
    Broken { path: PathBuf, reason: String },
}

pub(super) struct Files {
    pub(super) weights: Vec<u8>,
    pub(super) vocabulary: String,
    /// Of the weights, with `sha256:` in front.
    pub(super) sha256: String,
}

pub(super) fn load(folder: &Path) -> Result<Files, OpenError> {
    let weights = checked(folder, WEIGHTS)?;
    let vocabulary = String::from_utf8(checked(folder, VOCABULARY)?)
        .map_err(|error| OpenError::Broken { path: folder.join(VOCABULARY.0), reason: error.to_string() })?;
    Ok(Files { weights, vocabulary, sha256: format!("sha256:{}", WEIGHTS.1) })
}

/// The right file does not hold what it should: only a fault in this program makes it so.
pub(super) fn broken(folder: &Path, reason: String) -> OpenError {
    OpenError::Broken { path: folder.join(WEIGHTS.0), reason }
}

fn checked(folder: &Path, (name, expected): (&str, &'static str)) -> Result<Vec<u8>, OpenError> {
    let path = folder.join(name);
    let bytes = std::fs::read(&path).map_err(|source| OpenError::Missing { path: path.clone(), source })?;
    let found = EvidenceId::of(&bytes).hex();
    if found == expected { Ok(bytes) } else { Err(OpenError::Changed { path, found, expected }) }
}
