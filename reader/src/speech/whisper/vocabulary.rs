//! What the pieces of words are called, and which numbers are signs.

use std::collections::HashMap;

use super::decoder::TOKENS;

/// The end of what is said; the signs begin here.
pub(super) const END: usize = 50_257;
pub(super) const START: usize = 50_258;
pub(super) const ENGLISH: usize = 50_259;
pub(super) const CHINESE: usize = 50_260;
pub(super) const TRANSCRIBE: usize = 50_359;
/// Nobody speaks.
pub(super) const NO_SPEECH: usize = 50_362;
pub(super) const NO_TIMES: usize = 50_363;
/// Second 0.00; each sign behind it is [`TICK_S`] later, up to 30.00.
pub(super) const TIME: usize = 50_364;
pub(super) const TICK_S: f64 = 0.02;

/// The bytes of each piece.
pub(super) struct Vocabulary(Vec<Vec<u8>>);

impl Vocabulary {
    /// One piece a line, its bytes written as the letters that GPT-2 writes them with.
    pub(super) fn new(lines: &str) -> Result<Self, String> {
        let bytes = letters();
        let pieces: Vec<Vec<u8>> =
            lines.lines().map(|line| line.chars().filter_map(|letter| bytes.get(&letter).copied()).collect()).collect();
        if pieces.len() == TOKENS {
            Ok(Self(pieces))
        } else {
            Err(format!("its vocabulary has {} pieces, not {TOKENS}", pieces.len()))
        }
    }

    /// What the pieces say; signs say nothing. One character may be made of several pieces.
    pub(super) fn text(&self, tokens: &[usize]) -> String {
        let bytes: Vec<u8> = tokens.iter().filter(|&&t| t < END).flat_map(|&t| &self.0[t]).copied().collect();
        String::from_utf8_lossy(&bytes).replace('\u{fffd}', "")
    }
}

/// Bytes that can be seen stand for themselves; the others, in their order, for the letters from 256 on.
fn letters() -> HashMap<char, u8> {
    let seen = |byte: &u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    let hidden = (0..=u8::MAX).filter(|byte| !seen(byte));
    let hidden = (256..).filter_map(char::from_u32).zip(hidden);
    (0..=u8::MAX).filter(seen).map(|byte| (char::from(byte), byte)).chain(hidden).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_a_letter_and_a_space_has_its_own() {
        let letters = letters();
        assert_eq!(letters.len(), 256);
        assert_eq!((letters[&'Ġ'], letters[&'Ċ'], letters[&'a'], letters[&'ä']), (b' ', b'\n', b'a', 0xe4));
    }

    #[test]
    fn a_vocabulary_of_another_size_is_refused() {
        assert!(Vocabulary::new("a\nb\n").is_err_and(|reason| reason.contains("2 pieces")));
    }
}
