//! Which piece may come next: pieces of words stand between the time they begin and the time they end.

use super::vocabulary::{END, NO_TIMES, TIME};

/// Marks of notes, brackets and hearts that the model was told not to write: sounds are not said. From its `config.json`.
const NEVER: [usize; 82] = [
    1, 2, 7, 8, 9, 10, 14, 25, 26, 27, 28, 29, 31, 58, 59, 60, 61, 62, 63, 90, 91, 92, 93, 359, 503, 522, 542, 873,
    893, 902, 918, 922, 931, 1350, 1853, 1982, 2460, 2627, 3246, 3253, 3268, 3536, 3846, 3961, 4183, 4667, 6585, 6647,
    7273, 9061, 9383, 10428, 10929, 11938, 12033, 12331, 12562, 13793, 14157, 14635, 15265, 15618, 16553, 16604, 18362,
    18956, 20075, 21675, 22520, 26130, 26161, 26435, 28279, 29464, 31650, 32302, 32470, 36865, 42863, 47425, 49870,
    50254,
];
/// A space, which nothing begins with.
const SPACE: usize = 220;
/// What is said begins within the first second of a window: that is where the voice does.
const LATEST_BEGIN: usize = TIME + 50;

/// Makes what may not come next impossible, given what was written, and gives the logarithms of the probabilities.
pub(super) fn allowed(mut logits: Vec<f32>, written: &[usize]) -> Vec<f32> {
    let mut forbid = |range: std::ops::Range<usize>| logits[range].fill(f32::NEG_INFINITY);
    for piece in NEVER {
        forbid(piece..piece + 1);
    }
    // All signs between the end and the times belong in front.
    forbid(END + 1..NO_TIMES + 1);
    let is_time = |piece: Option<&usize>| piece.is_some_and(|&piece| piece >= TIME);
    let (last, before) = (written.last(), written.iter().nth_back(1));
    match last {
        None => {
            forbid(0..TIME);
            forbid(SPACE..SPACE + 1);
            forbid(LATEST_BEGIN + 1..super::decoder::TOKENS);
        }
        // An end and a beginning, or the very first one: now words.
        Some(_) if is_time(last) && (before.is_none() || is_time(before)) => forbid(TIME..super::decoder::TOKENS),
        // An end: now the next beginning, or the end of all.
        Some(_) if is_time(last) => forbid(0..END),
        Some(_) => {}
    }
    if let Some(&latest) = written.iter().rev().find(|&&piece| piece >= TIME) {
        // Time does not run backwards, and a sentence takes some.
        let next = if is_time(last) { latest } else { latest + 1 };
        forbid(TIME..next);
    }
    let mut likely = logarithms(logits);
    // All the times together may be likelier than any piece, though none of them is.
    let best = likely[..TIME].iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let times: f32 = likely[TIME..].iter().map(|l| l.exp()).sum();
    if times.ln() > best {
        likely[..TIME].fill(f32::NEG_INFINITY);
    }
    likely
}

/// The logarithms of the probabilities that the logits stand for.
pub(super) fn logarithms(mut logits: Vec<f32>) -> Vec<f32> {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = logits.iter().map(|l| (l - most).exp()).sum();
    let all = most + sum.ln();
    for logit in &mut logits {
        *logit -= all;
    }
    logits
}

/// Whether the last pieces are the same few over and over: the model has lost its way.
pub(super) fn is_loop(written: &[usize]) -> bool {
    let times = |length: usize| if length < 3 { 6 } else { 3 };
    (1..=12).any(|length| {
        let needed = length * times(length);
        written.len() >= needed && {
            let tail = &written[written.len() - needed..];
            tail.iter().zip(&tail[length..]).all(|(a, b)| a == b)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::decoder::TOKENS;
    use super::*;

    fn best(written: &[usize], likely: &[(usize, f32)]) -> usize {
        let mut logits = vec![0.0; TOKENS];
        for &(piece, logit) in likely {
            logits[piece] = logit;
        }
        let likely = allowed(logits, written);
        (0..TOKENS).max_by(|&a, &b| likely[a].total_cmp(&likely[b])).expect("pieces")
    }

    #[test]
    fn times_come_in_pairs_and_never_run_backwards() {
        let word = 5_000;
        assert_eq!(best(&[], &[(word, 30.0), (TIME + 3, 20.0)]), TIME + 3);
        assert_eq!(best(&[], &[(TIME + 900, 30.0), (TIME + 3, 20.0)]), TIME + 3);
        assert_eq!(best(&[TIME], &[(TIME + 9, 30.0), (word, 20.0)]), word);
        assert_eq!(best(&[TIME + 9, word], &[(TIME + 5, 30.0), (TIME + 60, 20.0)]), TIME + 60);
        assert_eq!(best(&[TIME, word, TIME + 9], &[(word, 30.0), (END, 20.0)]), END);
        assert_eq!(best(&[TIME, word, TIME + 9], &[(TIME + 2, 30.0), (TIME + 9, 20.0)]), TIME + 9);
        assert_eq!(best(&[TIME, word], &[(NEVER[0], 30.0), (word, 20.0)]), word);
    }

    #[test]
    fn going_round_in_circles_is_noticed() {
        assert!(is_loop(&[1, 7, 8, 9, 7, 8, 9, 7, 8, 9]));
        assert!(is_loop(&[4, 4, 4, 4, 4, 4]));
        assert!(!is_loop(&[4, 4, 4, 5, 6]), "「哈哈哈」 may be said");
        assert!(!is_loop(&[]));
    }
}
