//! ONNX Runtime as an engine: twice as fast as the built-in one, where the operator has its library.

use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use ort::environment::Environment;
use ort::session::Session;
use ort::value::Tensor;
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::OcrError;
use super::network::{Answer, Network};

/// A network in sessions of ONNX Runtime. One session answers one thread at a time, so there are as many as threads have
/// asked at once.
pub(super) struct OnnxRuntime {
    model: Vec<u8>,
    idle: Mutex<Vec<Session>>,
}

impl OnnxRuntime {
    /// Loads the library at `path` if no other has been, and a first session; the problem is a sentence for people.
    pub(super) fn open(path: &Path, model: Vec<u8>) -> Result<Self, String> {
        library(path)?;
        let first = session(&model).map_err(|error| error.0)?;
        Ok(Self { model, idle: Mutex::new(vec![first]) })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Network for OnnxRuntime {
    fn run(&self, picture: NdTensor<f32, 4>) -> Result<Answer, OcrError> {
        let told = |error: ort::Error| OcrError(error.to_string());
        let waiting = self.idle().pop();
        let mut session = match waiting {
            Some(session) => session,
            None => session(&self.model)?,
        };
        let shape = picture.shape();
        let input = Tensor::from_array((shape, picture.into_data())).map_err(told)?;
        let answer = {
            let outputs = session.run(ort::inputs![input]).map_err(told)?;
            let (shape, numbers) = outputs[0].try_extract_tensor::<f32>().map_err(told)?;
            let shape = shape.iter().map(|&side| usize::try_from(side).unwrap_or_default()).collect();
            Answer { shape, numbers: numbers.to_vec() }
        };
        self.idle().push(session);
        Ok(answer)
    }
}

/// The library of this process: a second one cannot be loaded beside it.
fn library(path: &Path) -> Result<&'static Environment, String> {
    static LIBRARY: OnceLock<Result<Environment, String>> = OnceLock::new();
    let load = || {
        let path = std::path::absolute(path).map_err(|error| error.to_string())?;
        let builder = ort::init_from(path).map_err(|error| error.to_string())?;
        builder.with_telemetry(false).build().map_err(|error| error.to_string())
    };
    LIBRARY.get_or_init(load).as_ref().map_err(Clone::clone)
}

/// One thread each: postlink reads several pictures side by side.
fn session(model: &[u8]) -> Result<Session, OcrError> {
    let environment = library(Path::new("")).map_err(OcrError)?;
    let told = |error: &dyn std::fmt::Display| OcrError(error.to_string());
    let builder = Session::builder(environment).map_err(|error| told(&error))?;
    let builder = builder.with_intra_threads(1).map_err(|error| told(&error))?;
    // Pictures differ in size: what was planned for one is only memory held for the next.
    let mut builder = builder.with_memory_pattern(false).map_err(|error| told(&error))?;
    builder.commit_from_memory(model).map_err(|error| told(&error))
}
