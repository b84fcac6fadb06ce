//! Chance that can be drawn again: who knows the secret gets the same, who does not cannot tell.

use sha2::{Digest as _, Sha256};

/// What is drawn from one secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chance(String);

impl Chance {
    pub fn of(secret: &str) -> Self {
        Self(secret.to_owned())
    }

    /// A number from 0 to below 1, always the same for the same question.
    pub fn unit(&self, what: &str, number: i64) -> f64 {
        let mut hash = Sha256::new();
        // Each part with its length before it, so that no two questions are written alike.
        for part in [self.0.as_bytes(), what.as_bytes(), &number.to_le_bytes()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let hash = hash.finalize();
        let bits = hash.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        // As many bits as a double has, so that 1 is never reached.
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number from 0 to below `many`; 0 where there is none.
    pub fn below(&self, many: u32, what: &str, number: i64) -> u32 {
        (self.unit(what, number) * f64::from(many)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_gets_the_same_and_no_other_does() {
        let chance = Chance::of("secret");
        assert_eq!(chance.unit("a", 1), Chance::of("secret").unit("a", 1));
        let others =
            [chance.unit("a", 2), chance.unit("b", 1), Chance::of("secreta").unit("", 1), Chance::of("").unit("a", 1)];
        assert!(others.iter().all(|other| *other != chance.unit("a", 1)), "{others:?}");
    }

    #[test]
    fn every_number_comes_as_often() {
        let chance = Chance::of("x");
        let mut counts = [0_u32; 10];
        for number in 0..10_000 {
            counts[chance.below(10, "which", number) as usize] += 1;
        }
        // Five standard deviations about the mean.
        assert!(counts.iter().all(|count| (850..1_150).contains(count)), "{counts:?}");
        assert_eq!(chance.below(0, "none", 1), 0);
    }
}
