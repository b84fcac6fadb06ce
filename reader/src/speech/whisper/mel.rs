//! Sound as Whisper wants it: how loud each of 80 bands is, a hundred times a second, over thirty seconds.

use std::sync::LazyLock;

use crate::speech::RATE;
use crate::speech::matrix::{matrix, product};
use crate::speech::spectrum::{self, BINS, FRAME, HOP};

/// Bands.
pub(super) const BANDS: usize = 80;
/// Steps of one window.
pub(super) const STEPS: usize = 3_000;

/// [BANDS, STEPS] of at most thirty seconds; what is missing is silence.
pub(super) fn bands(samples: &[f32]) -> Vec<f32> {
    static FILTERS: LazyLock<Vec<f32>> = LazyLock::new(filters);
    let power = spectrum::power(&padded(samples));
    let mut bands = vec![0.0; BANDS * STEPS];
    product(&mut bands, matrix(&FILTERS, BANDS, BINS), matrix(&power, STEPS, BINS).transposed(), 1.0, None);
    normal(&mut bands);
    bands
}

/// Logarithms, eighty decibels deep, brought to about -1 to 1.
fn normal(bands: &mut [f32]) {
    for band in bands.iter_mut() {
        *band = band.max(1e-10).log10();
    }
    let floor = bands.iter().copied().fold(f32::MIN, f32::max) - 8.0;
    for band in bands.iter_mut() {
        *band = (band.max(floor) + 4.0) / 4.0;
    }
}

/// Thirty seconds, with half a frame mirrored in front and silence behind.
fn padded(samples: &[f32]) -> Vec<f32> {
    let mut padded = vec![0.0; (STEPS - 1) * HOP + FRAME];
    let half = FRAME / 2;
    let length = samples.len().min(padded.len() - half);
    padded[half..half + length].copy_from_slice(&samples[..length]);
    for at in 0..half {
        padded[at] = padded[2 * half - at];
    }
    padded
}

/// Triangles on the mel scale of Slaney, each of the same area.
fn filters() -> Vec<f32> {
    let top = mel(RATE as f64 / 2.0);
    let edges: Vec<f64> = (0..BANDS + 2).map(|edge| hertz(top * edge as f64 / (BANDS + 1) as f64)).collect();
    let mut filters = vec![0.0; BANDS * BINS];
    for band in 0..BANDS {
        let [low, middle, high] = [edges[band], edges[band + 1], edges[band + 2]];
        for bin in 0..BINS {
            let at = (bin * RATE) as f64 / FRAME as f64;
            let height = ((at - low) / (middle - low)).min((high - at) / (high - middle)).max(0.0);
            filters[band * BINS + bin] = (height * 2.0 / (high - low)) as f32;
        }
    }
    filters
}

/// Straight up to 1 000 Hz, logarithmic from there.
fn mel(hertz: f64) -> f64 {
    if hertz < 1_000.0 { hertz * 3.0 / 200.0 } else { 15.0 + 27.0 * (hertz / 1_000.0).ln() / 6.4_f64.ln() }
}

fn hertz(mel: f64) -> f64 {
    if mel < 15.0 { mel * 200.0 / 3.0 } else { 1_000.0 * (6.4_f64.ln() * (mel - 15.0) / 27.0).exp() }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;

    #[test]
    fn a_tone_is_loud_in_its_band_and_while_it_sounds() {
        let tone: Vec<f32> = (0..RATE).map(|at| (2.0 * PI * 1_000.0 * at as f64 / RATE as f64).sin() as f32).collect();
        let bands = bands(&tone);
        let at = |band: usize, step: usize| bands[band * STEPS + step];
        let loudest = (0..BANDS).max_by(|&a, &b| at(a, 50).total_cmp(&at(b, 50))).expect("bands");
        // 1 000 Hz is 15 mel, of 45.245 mel in 81 equal steps.
        assert_eq!(loudest, 26);
        assert!(at(loudest, 50) > 1.0 && at(loudest, 500) < 0.0);
    }

    #[test]
    fn the_scale_is_slaneys() {
        assert!((mel(8_000.0) - 45.245_640).abs() < 1e-3, "{}", mel(8_000.0));
        assert!((hertz(mel(440.0)) - 440.0).abs() < 1e-9 && (hertz(mel(4_400.0)) - 4_400.0).abs() < 1e-9);
    }
}
