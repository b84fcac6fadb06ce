//! What a box says: the recogniser's best character at each step.

use image::RgbImage;
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

use super::{Asked, OcrError, Quad};

/// The recogniser's height in pixels.
const HEIGHT: usize = 48;
/// A wider line is squeezed; no real line is so long.
const MAX_WIDTH: usize = 3_200;

/// Text and mean probability of its characters; none when nothing is written there.
pub(super) fn text(
    model: &Asked,
    alphabet: &[String],
    picture: &RgbImage,
    quad: &Quad,
) -> Result<Option<(String, f64)>, OcrError> {
    let quad = if quad.is_vertical() { quad.turned() } else { *quad };
    if quad.height < 3.0 || quad.width < 3.0 {
        return Ok(None);
    }
    let width = ((HEIGHT as f32 * quad.width / quad.height).ceil() as usize).clamp(HEIGHT / 2, MAX_WIDTH);
    let pixels = quad.pixels(picture, width, HEIGHT);
    let mut input = vec![0.0; 3 * width * HEIGHT];
    for (at, pixel) in pixels.iter().enumerate() {
        for channel in 0..3 {
            // Blue first, as the model was trained.
            input[channel * width * HEIGHT + at] = pixel[2 - channel] / 127.5 - 1.0;
        }
    }
    let input = NdTensor::from_data([1, 3, HEIGHT, width], input);
    let steps: NdTensor<f32, 3> = model.run(input)?.tensor()?;
    if steps.size(2) != alphabet.len() {
        return Err(OcrError(format!(
            "the recogniser knows {} characters, the alphabet {}",
            steps.size(2),
            alphabet.len()
        )));
    }
    Ok(greedy(&steps, alphabet))
}

/// The best class at each step; repeats and class 0 say nothing new.
fn greedy(steps: &NdTensor<f32, 3>, alphabet: &[String]) -> Option<(String, f64)> {
    let (mut text, mut sum, mut count, mut last) = (String::new(), 0.0, 0u32, 0);
    for step in 0..steps.size(1) {
        let row = steps.slice((0, step));
        let (best, probability) =
            row.iter().enumerate().fold((0, f32::MIN), |best, (at, &p)| if p > best.1 { (at, p) } else { best });
        if best != last && best != 0 {
            text.push_str(&alphabet[best]);
            sum += f64::from(probability);
            count += 1;
        }
        last = best;
    }
    (count > 0).then(|| (text, sum / f64::from(count)))
}
