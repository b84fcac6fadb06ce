//! The decoder: what has been written so far, and the sound, say what comes next.

use super::encoder::{LAYERS, VECTORS};
use super::layers::{Columns, FeedForward, Linear, Norm, WIDTH, add, attention};
use super::weights::Weights;
use crate::speech::matrix::{matrix, product};

/// Pieces of words that it knows, with its own signs.
pub(super) const TOKENS: usize = 51_865;
/// Pieces that fit into one window.
pub(super) const LENGTH: usize = 448;

pub(super) struct Decoder {
    /// [TOKENS, WIDTH]: what a piece means, and which piece is meant.
    pieces: Vec<f32>,
    /// [LENGTH, WIDTH]
    positions: Vec<f32>,
    layers: Vec<Layer>,
    norm: Norm,
}

struct Layer {
    own_norm: Norm,
    /// Query, key and value of what was written.
    own: Linear,
    own_out: Linear,
    sound_norm: Norm,
    query: Linear,
    /// Key and value of the sound.
    sound: Linear,
    sound_out: Linear,
    feed_forward: FeedForward,
}

/// What need not be computed again for the next piece, by layer.
pub(super) struct Memory {
    /// [VECTORS, 2 · WIDTH]: keys and values of the sound.
    sound: Vec<Vec<f32>>,
    /// [pieces so far, 3 · WIDTH]
    own: Vec<Vec<f32>>,
    written: usize,
}

impl Decoder {
    pub(super) fn new(weights: &mut Weights) -> Result<Self, String> {
        let layer = |weights: &mut Weights, number: usize| {
            let name = format!("decoder/layer_{number}");
            let (own, sound) = (format!("{name}/self_attention"), format!("{name}/attention"));
            Ok(Layer {
                own_norm: Norm::new(weights, &own)?,
                own: Linear::new(weights, &format!("{own}/linear_0"), WIDTH, 3 * WIDTH)?,
                own_out: Linear::new(weights, &format!("{own}/linear_1"), WIDTH, WIDTH)?,
                sound_norm: Norm::new(weights, &sound)?,
                query: Linear::new(weights, &format!("{sound}/linear_0"), WIDTH, WIDTH)?,
                sound: Linear::new(weights, &format!("{sound}/linear_1"), WIDTH, 2 * WIDTH)?,
                sound_out: Linear::new(weights, &format!("{sound}/linear_2"), WIDTH, WIDTH)?,
                feed_forward: FeedForward::new(weights, &format!("{name}/ffn"))?,
            })
        };
        Ok(Self {
            pieces: weights.take("decoder/embeddings/weight", TOKENS * WIDTH)?,
            positions: weights.take("decoder/position_encodings/encodings", LENGTH * WIDTH)?,
            layers: (0..LAYERS).map(|number| layer(weights, number)).collect::<Result<_, String>>()?,
            norm: Norm::new(weights, "decoder")?,
        })
    }

    /// Nothing written yet about this sound, [VECTORS, WIDTH].
    pub(super) fn begin(&self, sound: &[f32]) -> Memory {
        let sound = self.layers.iter().map(|layer| layer.sound.of(sound, VECTORS)).collect();
        Memory { sound, own: vec![Vec::new(); LAYERS], written: 0 }
    }

    /// Writes one piece more; how likely each piece is to come next, as logits. At most [`LENGTH`] may be written.
    pub(super) fn write(&self, memory: &mut Memory, token: usize) -> Vec<f32> {
        let mut x = self.pieces[token * WIDTH..(token + 1) * WIDTH].to_vec();
        add(&mut x, &self.positions[memory.written * WIDTH..(memory.written + 1) * WIDTH]);
        memory.written += 1;
        for ((layer, own), sound) in self.layers.iter().zip(&mut memory.own).zip(memory.sound.iter()) {
            own.extend(layer.own.of(&layer.own_norm.of(&x), 1));
            let newest = &own[own.len() - 3 * WIDTH..];
            let part = |data, number: usize| Columns { data, width: 3 * WIDTH, offset: number * WIDTH };
            let mixed = attention(part(newest, 0), part(own, 1), part(own, 2));
            add(&mut x, &layer.own_out.of(&mixed, 1));

            let query = layer.query.of(&layer.sound_norm.of(&x), 1);
            let part = |number: usize| Columns { data: sound, width: 2 * WIDTH, offset: number * WIDTH };
            let mixed = attention(Columns { data: &query, width: WIDTH, offset: 0 }, part(0), part(1));
            add(&mut x, &layer.sound_out.of(&mixed, 1));
            layer.feed_forward.add_to(&mut x);
        }
        let mut logits = vec![0.0; TOKENS];
        let pieces = matrix(&self.pieces, TOKENS, WIDTH);
        product(&mut logits, matrix(&self.norm.of(&x), 1, WIDTH), pieces.transposed(), 1.0, None);
        logits
    }
}
