//! How much of each frequency is in the sound, a hundred times a second.

use std::f64::consts::PI;
use std::sync::LazyLock;

use super::RATE;
use super::matrix::{matrix, product};

/// Samples from one look to the next: 10 ms.
pub(super) const HOP: usize = RATE / 100;
/// Samples of one look: 25 ms.
pub(super) const FRAME: usize = 400;
/// Frequencies of one look, from 0 in steps of 40 Hz.
pub(super) const BINS: usize = FRAME / 2 + 1;
/// Looks that are computed at once: bounds the memory.
const AT_ONCE: usize = 500;

/// [looks, BINS]: the power of each frequency in each look that lies within the samples as a whole.
///
/// A product with all waves costs 30 ms for 30 seconds of sound: a fast transform is not worth its code.
pub(super) fn power(samples: &[f32]) -> Vec<f32> {
    // [2 · BINS, FRAME]: the cosines of Hann's window, then its sines.
    static WAVES: LazyLock<Vec<f32>> = LazyLock::new(waves);
    let count = (samples.len() + HOP).saturating_sub(FRAME) / HOP;
    let mut power = Vec::with_capacity(count * BINS);
    for first in (0..count).step_by(AT_ONCE) {
        let looks = AT_ONCE.min(count - first);
        let frames: Vec<f32> =
            (first..first + looks).flat_map(|look| &samples[look * HOP..look * HOP + FRAME]).copied().collect();
        let mut parts = vec![0.0; looks * 2 * BINS];
        let waves = matrix(&WAVES, 2 * BINS, FRAME);
        product(&mut parts, matrix(&frames, looks, FRAME), waves.transposed(), 1.0, None);
        for parts in parts.chunks_exact(2 * BINS) {
            power.extend((0..BINS).map(|bin| parts[bin].powi(2) + parts[BINS + bin].powi(2)));
        }
    }
    power
}

fn waves() -> Vec<f32> {
    let mut waves = vec![0.0; 2 * BINS * FRAME];
    for bin in 0..BINS {
        for at in 0..FRAME {
            let hann = 0.5 - 0.5 * (2.0 * PI * at as f64 / FRAME as f64).cos();
            // Taken modulo the frame: a large angle loses digits.
            let angle = 2.0 * PI * ((bin * at) % FRAME) as f64 / FRAME as f64;
            waves[bin * FRAME + at] = (hann * angle.cos()) as f32;
            waves[(BINS + bin) * FRAME + at] = (hann * angle.sin()) as f32;
        }
    }
    waves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_stands_in_its_frequency() {
        let tone: Vec<f32> = (0..RATE).map(|at| (2.0 * PI * 1_000.0 * at as f64 / RATE as f64).sin() as f32).collect();
        let power = power(&tone);
        assert_eq!(power.len(), 98 * BINS);
        for look in power.chunks_exact(BINS) {
            assert_eq!((0..BINS).max_by(|&a, &b| look[a].total_cmp(&look[b])), Some(25));
        }
        assert!(super::power(&[0.0; FRAME - 1]).is_empty());
    }
}
