//! Writing down what a window says: always the likeliest piece, and nothing where nobody seems to speak.

use super::decoder::{Decoder, LENGTH};
use super::rules;
use super::vocabulary::{CHINESE, END, ENGLISH, NO_SPEECH, START, TICK_S, TIME, TRANSCRIBE};

/// Nobody speaks when the model thinks so and is unsure of its words besides. Measured: tunes and drums 0.8 and below
/// -0.8; read Mandarin 0.02 and -0.4, a robot's 0.3 and -0.6. Whisper's own -1.0 lets 「Thanks for watching」 through.
const NO_SPEECH_FROM: f32 = 0.6;
const UNSURE_BELOW: f64 = -0.5;
/// Words less probable than this are guesses.
const LEAST_CONFIDENCE: f64 = 0.4;
/// Pieces of one window: half of all that fits, as in Whisper itself.
const MOST: usize = LENGTH / 2;

/// One stretch between two times.
pub(super) struct Piece {
    /// Seconds from the beginning of the window.
    pub(super) from_s: f64,
    pub(super) until_s: f64,
    pub(super) tokens: Vec<usize>,
    /// Mean probability of its tokens, 0 to 1.
    pub(super) confidence: f64,
}

/// What a window says.
pub(super) struct Written {
    pub(super) pieces: Vec<Piece>,
    /// Whether somebody says something that could not be made out.
    pub(super) unclear: bool,
}

/// `seconds` is the length of the window without what it was filled up with.
pub(super) fn decode(decoder: &Decoder, sound: &[f32], seconds: f64) -> Written {
    let mut memory = decoder.begin(sound);
    let first = decoder.write(&mut memory, START);
    let language = if first[CHINESE] >= first[ENGLISH] { CHINESE } else { ENGLISH };
    let nobody = rules::logarithms(first)[NO_SPEECH].exp();
    decoder.write(&mut memory, language);
    let mut next = decoder.write(&mut memory, TRANSCRIBE);
    let (mut written, mut sure) = (Vec::new(), Vec::new());
    while written.len() < MOST {
        let likely = rules::allowed(next, &written);
        let (token, log) = best(&likely);
        sure.push(f64::from(log));
        if token == END || rules::is_loop(&written) {
            break;
        }
        written.push(token);
        next = decoder.write(&mut memory, token);
    }
    if nobody > NO_SPEECH_FROM && mean(&sure) < UNSURE_BELOW {
        return Written { pieces: Vec::new(), unclear: false };
    }
    let lost = rules::is_loop(&written);
    if lost {
        // What was said before it lost its way is told.
        written.truncate(written.iter().rposition(|&token| token >= TIME).map_or(0, |at| at + 1));
    }
    let mut pieces = pieces(&written, &sure, seconds);
    let count = pieces.len();
    pieces.retain(|piece| piece.confidence >= LEAST_CONFIDENCE);
    Written { unclear: lost || pieces.len() < count, pieces }
}

fn best(likely: &[f32]) -> (usize, f32) {
    likely.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((END, 0.0))
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// Cuts what was written at its times; what has no end lasts to that of the window.
fn pieces(written: &[usize], sure: &[f64], seconds: f64) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut from_s, mut begun) = (0.0, 0);
    for (at, &token) in written.iter().chain(std::iter::once(&END)).enumerate() {
        if token < END {
            continue;
        }
        let time = if token >= TIME { (token - TIME) as f64 * TICK_S } else { seconds };
        if at > begun {
            let confidence = mean(&sure[begun..at]).exp();
            pieces.push(Piece { from_s, until_s: time.max(from_s), tokens: written[begun..at].to_vec(), confidence });
        }
        (from_s, begun) = (time, at + 1);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_cut_at_its_times() {
        let written = [TIME, 10, 11, TIME + 100, TIME + 150, 12];
        let pieces = pieces(&written, &[0.0, -0.5, -1.5, 0.0, 0.0, -1.0], 9.0);
        let found: Vec<(f64, f64, &[usize])> =
            pieces.iter().map(|p| (p.from_s, p.until_s, p.tokens.as_slice())).collect();
        assert_eq!(found, [(0.0, 2.0, &[10, 11][..]), (3.0, 9.0, &[12][..])]);
        assert!((pieces[0].confidence - (-1.0_f64).exp()).abs() < 1e-9);
    }
}
