//! The networks that read, out of their files.

use std::path::Path;

use super::network::Network;
use super::onnx_runtime::OnnxRuntime;
use crate::models::{ModelError, broken, checked, sha256};
use crate::options::{Engine, Options};

const DETECTOR: &str = "PP-OCRv6_det_small.onnx";
const RECOGNISER: &str = "PP-OCRv6_rec_small.onnx";
const ALPHABET: &str = "ppocrv6_dict.txt";

/// The SHA-256 of each file that reads.
pub(super) fn name() -> String {
    [DETECTOR, RECOGNISER, ALPHABET].map(sha256).join(" ")
}

pub(super) struct Files {
    pub(super) detector: Box<dyn Network>,
    pub(super) recogniser: Box<dyn Network>,
    pub(super) alphabet: Vec<String>,
}

pub(super) fn load(options: &Options) -> Result<Files, ModelError> {
    let folder = Path::new(&options.models);
    let alphabet = String::from_utf8(checked(folder, ALPHABET)?).map_err(|error| broken(folder, ALPHABET, error))?;
    // Class 0 is no character, the last one a space.
    let alphabet = std::iter::once("").chain(alphabet.lines()).chain(std::iter::once(" ")).map(str::to_owned).collect();
    Ok(Files { detector: network(options, DETECTOR)?, recogniser: network(options, RECOGNISER)?, alphabet })
}

fn network(options: &Options, name: &'static str) -> Result<Box<dyn Network>, ModelError> {
    let folder = Path::new(&options.models);
    let bytes = checked(folder, name)?;
    match options.engine {
        Engine::Rten => match rten::Model::load(bytes) {
            Ok(model) => Ok(Box::new(model)),
            Err(error) => Err(broken(folder, name, error)),
        },
        Engine::OnnxRuntime => match OnnxRuntime::open(Path::new(&options.onnx_runtime), bytes) {
            Ok(network) => Ok(Box::new(network)),
            Err(reason) => Err(ModelError::Engine { reason }),
        },
    }
}
