//! What is remembered of keys, within bounds: the longest unseen are forgotten first.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher as _};

use super::Bounds;

/// Two generations: what is asked for comes into the young one, and when that is full or its time is over, it becomes the old one and
/// the old one is forgotten. So no more than `keys` are there, none longer unseen than `hours`, and each step is one of constant time.
#[derive(Debug)]
pub(super) struct Remembered<T> {
    young: HashMap<u64, T>,
    old: HashMap<u64, T>,
    bounds: Bounds,
    /// Seconds.
    turned: i64,
}

impl<T: Default> Remembered<T> {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), bounds, turned: i64::MIN }
    }

    /// What is remembered of a key at a time (seconds), new where nothing is.
    pub(super) fn of(&mut self, key: u64, at: i64) -> &mut T {
        let half = i64::from(self.bounds.hours) * 3_600 / 2;
        if self.turned == i64::MIN {
            self.turned = at;
        }
        if at - self.turned > 2 * half {
            self.young.clear();
        }
        if at - self.turned > half || self.young.len() >= (self.bounds.keys / 2).max(1) {
            self.old = std::mem::take(&mut self.young);
            self.turned = at;
        }
        let old = self.old.remove(&key);
        self.young.entry(key).or_insert_with(|| old.unwrap_or_default())
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

/// The key of something.
pub(super) fn key(of: impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_remembered_than_the_bounds_say() {
        let mut remembered: Remembered<u32> = Remembered::new(Bounds { keys: 100, hours: 48 });
        for at in 0..10_000 {
            *remembered.of(at % 3_000, 0) += 1;
            *remembered.of(1_000_000, 0) += 1;
            assert!(remembered.len() <= 101);
        }
        assert_eq!(*remembered.of(1_000_000, 0), 10_000, "who is seen all the time is never forgotten");
        assert_eq!(*remembered.of(5, 0), 0, "who was not is");
    }

    #[test]
    fn nothing_is_remembered_for_longer_than_the_bounds_say() {
        let mut remembered: Remembered<u32> = Remembered::new(Bounds { keys: 100, hours: 48 });
        *remembered.of(1, 0) = 7;
        assert_eq!(*remembered.of(1, 20 * 3_600), 7);
        assert_eq!(*remembered.of(1, 40 * 3_600), 7, "it was seen meanwhile");
        assert_eq!(*remembered.of(1, 100 * 3_600), 0);
    }
}
