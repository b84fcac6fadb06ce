//! The networks that read, out of their files.

use std::path::Path;

use crate::models::{ModelError, broken, checked};

const DETECTOR: &str = "PP-OCRv6_det_small.onnx";
const RECOGNISER: &str = "PP-OCRv6_rec_small.onnx";
const ALPHABET: &str = "ppocrv6_dict.txt";

pub(super) struct Files {
    pub(super) detector: rten::Model,
    pub(super) recogniser: rten::Model,
    pub(super) alphabet: Vec<String>,
}

pub(super) fn load(folder: &Path) -> Result<Files, ModelError> {
    let alphabet = String::from_utf8(checked(folder, ALPHABET)?).map_err(|error| broken(folder, ALPHABET, error))?;
    // Class 0 is no character, the last one a space.
    let alphabet = std::iter::once("").chain(alphabet.lines()).chain(std::iter::once(" ")).map(str::to_owned).collect();
    Ok(Files { detector: network(folder, DETECTOR)?, recogniser: network(folder, RECOGNISER)?, alphabet })
}

fn network(folder: &Path, name: &'static str) -> Result<rten::Model, ModelError> {
    rten::Model::load(checked(folder, name)?).map_err(|error| broken(folder, name, error))
}
