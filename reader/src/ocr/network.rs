//! A network that reads, whatever runs it.

use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::OcrError;

/// What a network answers, as numbers.
pub(super) struct Answer {
    pub(super) shape: Vec<usize>,
    pub(super) numbers: Vec<f32>,
}

impl Answer {
    /// As a tensor of so many dimensions.
    pub(super) fn tensor<const N: usize>(self) -> Result<NdTensor<f32, N>, OcrError> {
        let wrong = || OcrError(format!("the model answers in another shape, {:?}", self.shape));
        let shape: [usize; N] = self.shape.as_slice().try_into().map_err(|_| wrong())?;
        NdTensor::try_from_data(shape, self.numbers).map_err(|error| OcrError(error.to_string()))
    }
}

/// Loaded once, and asked by all threads.
pub(super) trait Network: Send + Sync {
    /// `picture` is `[1, 3, height, width]`: blue, green, red, each -1 to 1.
    fn run(&self, picture: NdTensor<f32, 4>) -> Result<Answer, OcrError>;
}

/// In pure Rust.
impl Network for rten::Model {
    fn run(&self, picture: NdTensor<f32, 4>) -> Result<Answer, OcrError> {
        let output = self.run_one(picture.into(), None).map_err(|error| OcrError(error.to_string()))?;
        let output: rten_tensor::Tensor<f32> =
            output.try_into().map_err(|_| OcrError("the model answers with something other than numbers".into()))?;
        Ok(Answer { shape: output.shape().to_vec(), numbers: output.into_data() })
    }
}
