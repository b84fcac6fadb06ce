//! Animated WebP, as far as its times go.

use std::time::Duration;

/// Bytes of a chunk's head: four letters and its length.
const HEAD: usize = 8;
/// Where in a frame's chunk its three bytes of duration stand.
const DURATION: usize = HEAD + 12;

/// Shows the last frame for so long: ffmpeg knows only when frames begin, and guesses when the last one ends.
pub(super) fn hold(bytes: &mut [u8], duration: Duration) {
    let Some(&last) = frames(bytes).last() else { return };
    let millis = (duration.as_millis() as u32).to_le_bytes();
    bytes[last + DURATION..last + DURATION + 3].copy_from_slice(&millis[..3]);
}

/// Where the chunks of the frames begin.
fn frames(bytes: &[u8]) -> Vec<usize> {
    let mut found = Vec::new();
    // `RIFF`, a length, `WEBP`.
    let mut at = HEAD + 4;
    while let Some(head) = bytes.get(at..at + HEAD) {
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        if head.starts_with(b"ANMF") && at + DURATION + 3 <= bytes.len() {
            found.push(at);
        }
        // Chunks begin at even positions.
        at += HEAD + length + length % 2;
    }
    found
}
