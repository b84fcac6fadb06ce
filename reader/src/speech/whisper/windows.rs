//! What is listened to at once: neighbouring voices, as many as fit into thirty seconds.

use std::ops::Range;

use crate::speech::RATE;

/// Seconds of one window at most; Whisper's own thirty leave its last words no room.
const LONGEST_S: f64 = 28.0;
/// A voice that goes on and on is cut where it is softest after this time. Seconds.
const CUT_FROM_S: f64 = 20.0;
/// How long it must be soft for a cut. Seconds.
const SOFT_S: f64 = 0.1;

/// A part of the sound, in seconds from its beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Window {
    pub(super) from_s: f64,
    pub(super) until_s: f64,
}

impl Window {
    pub(super) fn seconds(self) -> f64 {
        self.until_s - self.from_s
    }

    /// Its samples among `count`.
    pub(super) fn samples(self, count: usize) -> Range<usize> {
        let at = |seconds: f64| ((seconds.max(0.0) * RATE as f64) as usize).min(count);
        at(self.from_s)..at(self.until_s).max(at(self.from_s))
    }
}

/// Windows that hold all of the voices, cut in the pauses between them.
pub(super) fn of(samples: &[f32], voices: &[(f64, f64)]) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    for &(from_s, until_s) in voices {
        match windows.last_mut() {
            Some(window) if until_s - window.from_s <= LONGEST_S => window.until_s = until_s,
            _ => {
                let mut rest = Window { from_s, until_s };
                while rest.seconds() > LONGEST_S {
                    let cut = softest(samples, rest.from_s + CUT_FROM_S, rest.from_s + LONGEST_S);
                    windows.push(Window { until_s: cut, ..rest });
                    rest.from_s = cut;
                }
                windows.push(rest);
            }
        }
    }
    windows
}

/// The middle of the softest moment between two times.
fn softest(samples: &[f32], from_s: f64, until_s: f64) -> f64 {
    let moment = (SOFT_S * RATE as f64) as usize;
    let range = Window { from_s, until_s }.samples(samples.len());
    let energy = |moment: &[f32]| moment.iter().map(|s| s * s).sum::<f32>();
    let softest = samples[range].chunks_exact(moment).map(energy).enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
    from_s + (softest.map_or(0, |(number, _)| number) as f64 + 0.5) * SOFT_S
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voices_share_a_window_while_they_fit() {
        let windows = of(&[], &[(1.0, 9.0), (10.0, 28.0), (29.5, 40.0)]);
        assert_eq!(windows, [Window { from_s: 1.0, until_s: 28.0 }, Window { from_s: 29.5, until_s: 40.0 }]);
    }

    #[test]
    fn a_voice_without_pauses_is_cut_where_it_is_softest() {
        let mut samples = vec![0.5; 40 * RATE];
        samples[24 * RATE..24 * RATE + RATE / 10].fill(0.0);
        let windows = of(&samples, &[(0.0, 40.0)]);
        assert_eq!(windows.len(), 2);
        assert!((windows[0].until_s - 24.05).abs() < 0.01 && windows[1].from_s == windows[0].until_s, "{windows:?}");
    }
}
