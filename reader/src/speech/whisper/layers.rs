//! The parts that encoder and decoder are made of. A matrix is a slice, one row after the other.

use rten_simd::{SimdOp, SimdUnaryOp};
use rten_tensor::{Matrix, NdTensorView};
use rten_vecmath::{Gelu, Normalize, NormalizeOptions, Softmax, Sum, SumSquareSub};

use super::weights::Weights;
use crate::speech::matrix::{matrix, product};

/// Numbers of one vector.
pub(super) const WIDTH: usize = 512;
/// Heads of attention, each with its part of the vector.
const HEADS: usize = 8;
const HEAD: usize = WIDTH / HEADS;
/// Numbers between the two layers of a feed-forward network.
const WIDE: usize = 2_048;
/// What PyTorch adds to a variance.
const EPSILON: f32 = 1e-5;

/// `x · weightᵀ + bias`.
pub(super) struct Linear {
    /// [out, in]
    weight: Vec<f32>,
    bias: Vec<f32>,
    outputs: usize,
}

impl Linear {
    pub(super) fn new(weights: &mut Weights, name: &str, inputs: usize, outputs: usize) -> Result<Self, String> {
        Ok(Self {
            weight: weights.take(&format!("{name}/weight"), inputs * outputs)?,
            bias: weights.take(&format!("{name}/bias"), outputs)?,
            outputs,
        })
    }

    /// One row for each of `rows` rows.
    pub(super) fn of(&self, x: &[f32], rows: usize) -> Vec<f32> {
        let inputs = self.weight.len() / self.outputs;
        let mut out = vec![0.0; rows * self.outputs];
        let weight = matrix(&self.weight, self.outputs, inputs);
        product(&mut out, matrix(x, rows, inputs), weight.transposed(), 1.0, Some(&self.bias));
        out
    }
}

/// Brings each vector to mean 0 and variance 1, then to a scale of its own.
pub(super) struct Norm {
    gamma: Vec<f32>,
    beta: Vec<f32>,
}

impl Norm {
    pub(super) fn new(weights: &mut Weights, name: &str) -> Result<Self, String> {
        let mut take = |part: &str| weights.take(&format!("{name}/layer_norm/{part}"), WIDTH);
        Ok(Self { gamma: take("gamma")?, beta: take("beta")? })
    }

    pub(super) fn of(&self, x: &[f32]) -> Vec<f32> {
        let mut out = x.to_vec();
        for row in out.chunks_exact_mut(WIDTH) {
            let mean = Sum::new(row).dispatch() / WIDTH as f32;
            let variance = SumSquareSub::new(row, mean).dispatch() / WIDTH as f32;
            let options = NormalizeOptions {
                pre_scale_bias: mean,
                scale: 1.0 / (variance + EPSILON).sqrt(),
                element_scale: Some(&self.gamma),
                bias: 0.0,
                element_bias: Some(&self.beta),
            };
            Normalize::new_mut(row, options).dispatch();
        }
        out
    }
}

/// Two layers with a bend between them.
pub(super) struct FeedForward {
    norm: Norm,
    wider: Linear,
    narrower: Linear,
}

impl FeedForward {
    pub(super) fn new(weights: &mut Weights, name: &str) -> Result<Self, String> {
        Ok(Self {
            norm: Norm::new(weights, name)?,
            wider: Linear::new(weights, &format!("{name}/linear_0"), WIDTH, WIDE)?,
            narrower: Linear::new(weights, &format!("{name}/linear_1"), WIDE, WIDTH)?,
        })
    }

    /// Adds what it makes of `x` to `x`.
    pub(super) fn add_to(&self, x: &mut [f32]) {
        let rows = x.len() / WIDTH;
        let mut wide = self.wider.of(&self.norm.of(x), rows);
        gelu(&mut wide);
        add(x, &self.narrower.of(&wide, rows));
    }
}

/// Some rows of a matrix that is part of another: `width` numbers apart, from `offset` on.
#[derive(Clone, Copy)]
pub(super) struct Columns<'a> {
    pub(super) data: &'a [f32],
    pub(super) width: usize,
    pub(super) offset: usize,
}

impl<'a> Columns<'a> {
    fn head(self, head: usize) -> Matrix<'a> {
        let rows = self.data.len() / self.width;
        let from = self.offset + head * HEAD;
        let data = if rows == 0 { self.data } else { &self.data[from..(rows - 1) * self.width + from + HEAD] };
        NdTensorView::from_slice_with_strides([rows, HEAD], data, [self.width, 1])
            .expect("internal error: a head lies within its vector")
    }
}

/// For each row of `query` the mean of `value`, weighed by how well `key` answers.
pub(super) fn attention(query: Columns<'_>, key: Columns<'_>, value: Columns<'_>) -> Vec<f32> {
    let (rows, keys) = (query.data.len() / query.width, key.data.len() / key.width);
    let mut out = vec![0.0; rows * WIDTH];
    let (mut scores, mut mixed) = (vec![0.0; rows * keys], vec![0.0; rows * HEAD]);
    for head in 0..HEADS {
        let scale = (HEAD as f32).sqrt().recip();
        product(&mut scores, query.head(head), key.head(head).transposed(), scale, None);
        for row in scores.chunks_exact_mut(keys) {
            Softmax::new_mut(row).dispatch();
        }
        product(&mut mixed, matrix(&scores, rows, keys), value.head(head), 1.0, None);
        for (out, mixed) in out.chunks_exact_mut(WIDTH).zip(mixed.chunks_exact(HEAD)) {
            out[head * HEAD..(head + 1) * HEAD].copy_from_slice(mixed);
        }
    }
    out
}

pub(super) fn gelu(x: &mut [f32]) {
    Gelu {}.map_mut(x);
}

pub(super) fn add(x: &mut [f32], y: &[f32]) {
    for (x, y) in x.iter_mut().zip(y) {
        *x += y;
    }
}
