//! The encoder: thirty seconds of sound become 1 500 vectors.

use super::layers::{Columns, FeedForward, Linear, Norm, WIDTH, add, attention, gelu};
use super::mel::{BANDS, STEPS};
use super::weights::Weights;

/// Vectors of one window.
pub(super) const VECTORS: usize = STEPS / 2;
/// Layers of the encoder, and of the decoder.
pub(super) const LAYERS: usize = 6;
/// Steps that a convolution looks at.
const KERNEL: usize = 3;

pub(super) struct Encoder {
    convolutions: [Linear; 2],
    /// [VECTORS, WIDTH]
    positions: Vec<f32>,
    layers: Vec<Layer>,
    norm: Norm,
}

struct Layer {
    norm: Norm,
    /// Query, key and value.
    all: Linear,
    out: Linear,
    feed_forward: FeedForward,
}

impl Encoder {
    pub(super) fn new(weights: &mut Weights) -> Result<Self, String> {
        let layer = |weights: &mut Weights, number: usize| {
            let name = format!("encoder/layer_{number}");
            Ok(Layer {
                norm: Norm::new(weights, &format!("{name}/self_attention"))?,
                all: Linear::new(weights, &format!("{name}/self_attention/linear_0"), WIDTH, 3 * WIDTH)?,
                out: Linear::new(weights, &format!("{name}/self_attention/linear_1"), WIDTH, WIDTH)?,
                feed_forward: FeedForward::new(weights, &format!("{name}/ffn"))?,
            })
        };
        Ok(Self {
            convolutions: [
                Linear::new(weights, "encoder/conv1", BANDS * KERNEL, WIDTH)?,
                Linear::new(weights, "encoder/conv2", WIDTH * KERNEL, WIDTH)?,
            ],
            positions: weights.take("encoder/position_encodings/encodings", VECTORS * WIDTH)?,
            layers: (0..LAYERS).map(|number| layer(weights, number)).collect::<Result<_, String>>()?,
            norm: Norm::new(weights, "encoder")?,
        })
    }

    /// [VECTORS, WIDTH] of [BANDS, STEPS].
    pub(super) fn encode(&self, bands: &[f32]) -> Vec<f32> {
        let mut steps = vec![0.0; STEPS * BANDS];
        for (band, values) in bands.chunks_exact(STEPS).enumerate() {
            for (step, &value) in values.iter().enumerate() {
                steps[step * BANDS + band] = value;
            }
        }
        let x = convolved(&self.convolutions[0], &steps, BANDS, 1);
        let mut x = convolved(&self.convolutions[1], &x, WIDTH, 2);
        add(&mut x, &self.positions);
        for layer in &self.layers {
            let all = layer.all.of(&layer.norm.of(&x), VECTORS);
            let part = |number: usize| Columns { data: &all, width: 3 * WIDTH, offset: number * WIDTH };
            let mixed = attention(part(0), part(1), part(2));
            add(&mut x, &layer.out.of(&mixed, VECTORS));
            layer.feed_forward.add_to(&mut x);
        }
        self.norm.of(&x)
    }
}

/// A convolution over [steps, channels], every `stride` steps, as a product of matrices; nothing lies beyond the ends.
fn convolved(convolution: &Linear, x: &[f32], channels: usize, stride: usize) -> Vec<f32> {
    let steps = x.len() / channels;
    let mut around = vec![0.0; steps / stride * channels * KERNEL];
    for (step, row) in around.chunks_exact_mut(channels * KERNEL).enumerate() {
        for tap in 0..KERNEL {
            let Some(from) = (step * stride + tap).checked_sub(1).filter(|&from| from < steps) else { continue };
            for (channel, &value) in x[from * channels..(from + 1) * channels].iter().enumerate() {
                row[channel * KERNEL + tap] = value;
            }
        }
    }
    let mut out = convolution.of(&around, steps / stride);
    gelu(&mut out);
    out
}
