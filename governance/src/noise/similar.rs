//! How alike two texts are, by the pieces of two to four characters that they share, from a sketch of fixed size.

/// A text as the smallest hashes of its pieces (MinHash, Broder 1997): 64 of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch([u32; Self::SIZE]);

/// What turns one well mixed hash into another one: odd numbers, so that none comes to be another's.
const TURNED: [u64; Sketch::SIZE] = {
    let (mut turned, mut at) = ([0; Sketch::SIZE], 0);
    while at < Sketch::SIZE {
        turned[at] = mixed((at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)) | 1;
        at += 1;
    }
    turned
};

impl Sketch {
    pub(super) const SIZE: usize = 64;
    /// Texts that share one band of hashes are compared: one of 32 is, at a similarity of 0.35, in 49 of 50 pairs.
    pub(super) const BANDS: usize = 32;

    /// Of a text in its normal form.
    pub fn of(normal: &str) -> Self {
        let letters: Vec<char> = normal.chars().collect();
        let mut smallest = [u32::MAX; Self::SIZE];
        for piece in (2..=4).flat_map(|size| letters.windows(size)) {
            let hash =
                piece.iter().fold(0xcbf2_9ce4_8422_2325, |hash, letter| mixed(hash ^ u64::from(u32::from(*letter))));
            for (smallest, turned) in smallest.iter_mut().zip(TURNED) {
                *smallest = (*smallest).min((hash.wrapping_mul(turned) >> 32) as u32);
            }
        }
        Self(smallest)
    }

    /// One number a band: sketches that share one are to be compared.
    pub(super) fn bands(&self) -> impl Iterator<Item = (usize, u64)> {
        let band = |hashes: &[u32]| hashes.iter().fold(0, |hash, one| mixed(hash ^ u64::from(*one)));
        self.0.chunks(Self::SIZE / Self::BANDS).map(band).enumerate()
    }
}

/// About how many of all their pieces both have: 0 to 1, give or take 0.06.
pub fn similarity(a: &Sketch, b: &Sketch) -> f64 {
    a.0.iter().zip(b.0).filter(|(a, b)| *a == b).count() as f64 / Sketch::SIZE as f64
}

/// Bits well mixed (the finaliser of SplitMix64).
const fn mixed(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
