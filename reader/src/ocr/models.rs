//! The model files: where they are, and that they are the right ones.

use std::path::{Path, PathBuf};

use model::evidence::EvidenceId;

use super::network::Network;
use super::onnx_runtime::OnnxRuntime;
use crate::options::{Engine, Options};

const DETECTOR: (&str, &str) =
    ("PP-OCRv6_det_small.onnx", "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f");
const RECOGNISER: (&str, &str) =
    ("PP-OCRv6_rec_small.onnx", "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884");
const ALPHABET: (&str, &str) = ("ppocrv6_dict.txt", "b5f2bfe2bdd9448429e3e82b51c789775d9b42f2403d082b00662eb77e401c5d");

/// The reader cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("read the OCR model {}: {source}; `scripts/setup` fetches it, or name its folder as `reader.models`", .path.display())]
    Missing { path: PathBuf, source: std::io::Error },
    #[error("{} is not the file it should be (sha256 {found}, expected {expected}); `scripts/setup` fetches the right one", .path.display())]
    Changed { path: PathBuf, found: String, expected: &'static str },
    #[error("load the OCR model {}: {reason}", .path.display())]
    Broken { path: PathBuf, reason: String },
    #[error(
        "read with ONNX Runtime: {reason}; name its library (1.23 or newer) as `reader.onnx_runtime`, or set `reader.engine` to \"rten\""
    )]
    Engine { reason: String },
}

/// The SHA-256 of each file that reads.
pub(super) const NAME: [&str; 3] = [DETECTOR.1, RECOGNISER.1, ALPHABET.1];

pub(super) struct Files {
    pub(super) detector: Box<dyn Network>,
    pub(super) recogniser: Box<dyn Network>,
    pub(super) alphabet: Vec<String>,
}

pub(super) fn load(options: &Options) -> Result<Files, OpenError> {
    let folder = Path::new(&options.models);
    let alphabet = String::from_utf8(checked(folder, ALPHABET)?)
        .map_err(|error| OpenError::Broken { path: folder.join(ALPHABET.0), reason: error.to_string() })?;
    // Class 0 is no character, the last one a space.
    let alphabet = std::iter::once("").chain(alphabet.lines()).chain(std::iter::once(" ")).map(str::to_owned).collect();
    Ok(Files { detector: network(options, DETECTOR)?, recogniser: network(options, RECOGNISER)?, alphabet })
}

fn network(options: &Options, file: (&str, &'static str)) -> Result<Box<dyn Network>, OpenError> {
    let folder = Path::new(&options.models);
    let bytes = checked(folder, file)?;
    match options.engine {
        Engine::Rten => match rten::Model::load(bytes) {
            Ok(model) => Ok(Box::new(model)),
            Err(error) => Err(OpenError::Broken { path: folder.join(file.0), reason: error.to_string() }),
        },
        Engine::OnnxRuntime => match OnnxRuntime::open(Path::new(&options.onnx_runtime), bytes) {
            Ok(network) => Ok(Box::new(network)),
            Err(reason) => Err(OpenError::Engine { reason }),
        },
    }
}

fn checked(folder: &Path, (name, expected): (&str, &'static str)) -> Result<Vec<u8>, OpenError> {
    let path = folder.join(name);
    let bytes = std::fs::read(&path).map_err(|source| OpenError::Missing { path: path.clone(), source })?;
    let found = EvidenceId::of(&bytes).hex();
    if found == expected { Ok(bytes) } else { Err(OpenError::Changed { path, found, expected }) }
}
