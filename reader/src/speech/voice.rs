//! Where somebody may be speaking: where it is loud enough, and sounds different from one tenth of a second to the next.
//!
//! A voice goes from sound to sound some ten times a second, and each has a colour of its own. A chord keeps its colour
//! as long as it is held, however it swells; noise has always the same one; silence has none. Songs and drums may pass:
//! what follows says itself when it hears no words.

use super::RATE;
use super::spectrum::{self, BINS, FRAME, HOP};

/// Edges of the bands whose loudness makes the colour, in hertz: where vowels and consonants differ.
const EDGES: [f64; 13] =
    [150.0, 300.0, 450.0, 650.0, 900.0, 1_200.0, 1_550.0, 2_000.0, 2_600.0, 3_300.0, 4_200.0, 5_400.0, 7_000.0];
const BANDS: usize = EDGES.len() - 1;
/// Looks between two colours that are compared: 100 ms, the length of a sound.
const APART: usize = 10;
/// Looks whose change is taken together: half a second.
const AROUND: usize = 50;
/// Decibels by which the bands of a voice change in the mean. Measured: white, pink and brown noise 2.2, held chords 0.5,
/// read Mandarin 7 to 10, the same over music half as loud 5.5.
const CHANGE_DB: f64 = 2.5;
/// Bands this far below the loudest of a look are not heard beside it, and hold the noise of the codec. Decibels.
const MASKED_DB: f64 = 40.0;
/// Softer than this is silence, in decibels below full scale.
const SILENCE_DB: f64 = -55.0;
/// A voice is not softer than the loudest look by more than this.
const DEPTH_DB: f64 = 40.0;
/// Pauses up to this belong to what is said. Seconds.
const PAUSE_S: f64 = 0.6;
/// Shorter sounds are no words. Seconds.
const SHORTEST_S: f64 = 0.3;
/// What is left before and after a voice, for soft consonants. Seconds.
const MARGIN_S: f64 = 0.2;

/// One look: how loud, and the loudness of its bands above their mean. Decibels.
struct Look {
    loud: f64,
    colour: [f64; BANDS],
}

/// The parts in which somebody may be speaking, in seconds, in their order and apart from each other.
pub(super) fn parts(samples: &[f32]) -> Vec<(f64, f64)> {
    let looks = looks(samples);
    let loudest = looks.iter().map(|look| look.loud).fold(f64::MIN, f64::max);
    let floor = SILENCE_DB.max(loudest - DEPTH_DB);
    let changes = changes(&looks, floor);
    let mut parts: Vec<(f64, f64)> = Vec::new();
    for (at, look) in looks.iter().enumerate() {
        if look.loud < floor || changes[at] < CHANGE_DB {
            continue;
        }
        let (from, until) = ((at * HOP) as f64 / RATE as f64, (at * HOP + FRAME) as f64 / RATE as f64);
        match parts.last_mut() {
            Some(part) if from - part.1 <= PAUSE_S => part.1 = until,
            _ => parts.push((from, until)),
        }
    }
    parts.retain(|(from, until)| until - from >= SHORTEST_S);
    let end = samples.len() as f64 / RATE as f64;
    parts.into_iter().map(|(from, until)| ((from - MARGIN_S).max(0.0), (until + MARGIN_S).min(end))).collect()
}

/// How much the colour changes around each look, in decibels; only looks that can be heard count.
fn changes(looks: &[Look], floor: f64) -> Vec<f64> {
    let change = |at: usize| {
        let (now, then) = (looks.get(at)?, looks.get(at + APART)?);
        let heard = now.loud >= floor && then.loud >= floor;
        heard.then(|| now.colour.iter().zip(&then.colour).map(|(a, b)| (a - b).abs()).sum::<f64>() / BANDS as f64)
    };
    let changes: Vec<Option<f64>> = (0..looks.len()).map(change).collect();
    (0..looks.len())
        .map(|at| {
            let around = &changes[at.saturating_sub(AROUND / 2 + APART / 2)..(at + AROUND / 2).min(changes.len())];
            let heard: Vec<f64> = around.iter().flatten().copied().collect();
            if heard.is_empty() { 0.0 } else { heard.iter().sum::<f64>() / heard.len() as f64 }
        })
        .collect()
}

fn looks(samples: &[f32]) -> Vec<Look> {
    let look = |(number, power): (usize, &[f32])| {
        let frame = &samples[number * HOP..number * HOP + FRAME];
        let energy = frame.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / FRAME as f64;
        Look { loud: decibels(energy), colour: colour(power) }
    };
    spectrum::power(samples).chunks_exact(BINS).enumerate().map(look).collect()
}

fn colour(power: &[f32]) -> [f64; BANDS] {
    let bin = |hertz: f64| (hertz * FRAME as f64 / RATE as f64).round() as usize;
    let mut colour = [0.0; BANDS];
    for (band, edges) in colour.iter_mut().zip(EDGES.windows(2)) {
        let power = &power[bin(edges[0])..bin(edges[1])];
        *band = decibels(power.iter().copied().map(f64::from).sum::<f64>() / power.len() as f64);
    }
    let audible = colour.iter().copied().fold(f64::MIN, f64::max) - MASKED_DB;
    let colour = colour.map(|band| band.max(audible));
    let mean = colour.iter().sum::<f64>() / BANDS as f64;
    colour.map(|band| band - mean)
}

/// Not below -100, where rounding makes the differences.
fn decibels(power: f64) -> f64 {
    10.0 * power.max(1e-10).log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise, the same on every run.
    fn noise() -> impl FnMut() -> f32 {
        let mut state = 1_u64;
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1 << 23) as f32 - 1.0
        }
    }

    fn sine(hertz: f64, at: usize) -> f32 {
        (2.0 * std::f64::consts::PI * hertz * at as f64 / RATE as f64).sin() as f32
    }

    #[test]
    fn silence_noise_and_chords_are_no_voice() {
        assert_eq!(parts(&[]), []);
        assert_eq!(parts(&[0.0; 2 * RATE]), []);
        let mut noise = noise();
        let hiss: Vec<f32> = (0..3 * RATE).map(|_| 0.3 * noise()).collect();
        assert_eq!(parts(&hiss), []);
        let chord: Vec<f32> = (0..3 * RATE)
            .map(|at| [262.0, 330.0, 392.0].iter().map(|&hertz| 0.2 * sine(hertz, at)).sum::<f32>())
            .collect();
        assert_eq!(parts(&chord), []);
    }

    #[test]
    fn what_changes_its_colour_all_the_time_is_found_where_it_is() {
        let mut samples = vec![0.0; 5 * RATE];
        // From 2 to 4 s another buzz every 80 ms.
        for at in 2 * RATE..4 * RATE {
            let formant = [500.0, 2_200.0, 900.0, 3_000.0, 1_300.0][at * 25 / (2 * RATE) % 5];
            samples[at] = 0.3 * sine(formant, at) + 0.1 * sine(200.0, at);
        }
        let parts = parts(&samples);
        assert_eq!(parts.len(), 1, "{parts:?}");
        assert!((parts[0].0 - 1.8).abs() < 0.1 && (parts[0].1 - 4.2).abs() < 0.1, "{parts:?}");
    }
}
