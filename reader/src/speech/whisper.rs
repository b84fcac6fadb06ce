//! Whisper base, multilingual, on this machine, in pure Rust.
//!
//! The weights are those of CTranslate2's conversion. Sound is read thirty seconds at a time: an encoder makes 1 500
//! vectors of it, and a decoder writes, one piece of a word after the other, what they say and when.

mod decode;
mod decoder;
mod encoder;
mod layers;
mod mel;
mod rules;
mod vocabulary;
mod weights;
mod windows;

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use decoder::Decoder;
use encoder::Encoder;
use vocabulary::Vocabulary;

use super::{Segment, Transcriber, Transcript};
use crate::models::{self, ModelError};
use windows::Window;

const WEIGHTS: &str = "whisper-base.bin";
const VOCABULARY: &str = "whisper-vocabulary.txt";
/// A window whose last word ends this long before the voice does was not read to its end. Seconds.
const UNREAD_S: f64 = 2.0;

/// The model, loaded once and shared by all threads.
pub(crate) struct Whisper {
    encoder: Encoder,
    decoder: Decoder,
    vocabulary: Vocabulary,
    /// The SHA-256 of the weights.
    sha256: String,
    /// One at a time: its matrices keep all cores busy, and take some hundred megabytes.
    turn: Mutex<()>,
}

impl Whisper {
    /// Loads the model, after checking that it is the one this code was measured with.
    pub(crate) fn open(folder: &Path) -> Result<Self, ModelError> {
        let (weights, vocabulary) = (models::checked(folder, WEIGHTS)?, models::checked(folder, VOCABULARY)?);
        let (encoder, decoder) = weights::parse(&weights)
            .and_then(|mut weights| Ok((Encoder::new(&mut weights)?, Decoder::new(&mut weights)?)))
            .map_err(|reason| models::broken(folder, WEIGHTS, reason))?;
        let vocabulary = String::from_utf8(vocabulary)
            .map_err(|error| error.to_string())
            .and_then(|vocabulary| Vocabulary::new(&vocabulary))
            .map_err(|reason| models::broken(folder, VOCABULARY, reason))?;
        let sha256 = format!("sha256:{}", models::sha256(WEIGHTS));
        Ok(Self { encoder, decoder, vocabulary, sha256, turn: Mutex::default() })
    }

    /// What is said in one window, and whether some of it is unclear; nothing when it is no speech after all.
    fn window(&self, samples: &[f32], window: Window) -> (Vec<Segment>, bool) {
        let heard = &samples[window.samples(samples.len())];
        let sound = self.encoder.encode(&mel::bands(heard));
        let written = decode::decode(&self.decoder, &sound, window.seconds());
        let segments = written
            .pieces
            .into_iter()
            .filter_map(|piece| {
                let text = crate::text::folded(&self.vocabulary.text(&piece.tokens));
                text.chars().any(char::is_alphanumeric).then(|| Segment {
                    from_s: hundredths(window.from_s + piece.from_s),
                    until_s: hundredths((window.from_s + piece.until_s).min(window.until_s)),
                    text,
                    confidence: Some((piece.confidence * 1_000.0).round() / 1_000.0),
                })
            })
            .collect();
        (segments, written.unclear)
    }
}

impl Transcriber for Whisper {
    fn transcribe(&self, samples: &[f32], voices: &[(f64, f64)], limit: Duration) -> Result<Transcript, String> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let began = Instant::now();
        let (mut segments, mut unheard) = (Vec::<Segment>::new(), Vec::new());
        for mut window in windows::of(samples, voices) {
            loop {
                if began.elapsed() > limit {
                    unheard.push((hundredths(window.from_s), hundredths(window.until_s)));
                    break;
                }
                let (said, unclear) = self.window(samples, window);
                let end = said.last().map(|segment| segment.until_s);
                segments.extend(said);
                // It now and then stops after a sentence: the rest is a window of its own.
                match end {
                    Some(end) if end > window.from_s + 1.0 && window.until_s - end > UNREAD_S => window.from_s = end,
                    _ => {
                        unheard.extend(unclear.then(|| (hundredths(window.from_s), hundredths(window.until_s))));
                        break;
                    }
                }
            }
        }
        Ok(Transcript { engine: "whisper-base".into(), model: Some(self.sha256.clone()), segments, unheard })
    }
}

fn hundredths(seconds: f64) -> f64 {
    (seconds * 100.0).round() / 100.0
}
