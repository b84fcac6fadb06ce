//! One bar, of which each part is a share of the whole.

use serde::Serialize;

/// How wide a bar is drawn; its picture is stretched to the room it has.
const WIDTH: u64 = 1_000;

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Bar {
    pub(crate) shares: Vec<Share>,
    pub(crate) all: u64,
}

/// From `x` on, so wide; the words of its kind are found by `word`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Share {
    pub(crate) word: &'static str,
    pub(crate) count: u64,
    pub(crate) x: u64,
    pub(crate) width: u64,
}

impl Bar {
    /// Of these counts, in their order; the shares leave no gap, and end where the bar does.
    pub(crate) fn of(counts: &[(&'static str, u64)]) -> Self {
        let all: u64 = counts.iter().map(|(_, count)| count).sum();
        let at = |sum: u64| (u128::from(sum) * u128::from(WIDTH)).checked_div(u128::from(all)).unwrap_or(0) as u64;
        let mut before = 0;
        let shares = counts.iter().map(|(word, count)| {
            let (x, until) = (at(before), at(before + count));
            before += count;
            Share { word, count: *count, x, width: until - x }
        });
        Self { shares: shares.collect(), all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_fill_the_bar() {
        let bar = Bar::of(&[("done", 1), ("dead", 0), ("ready", 2)]);
        let drawn: Vec<_> = bar.shares.iter().map(|share| (share.word, share.count, share.x, share.width)).collect();
        assert_eq!(drawn, [("done", 1, 0, 333), ("dead", 0, 333, 0), ("ready", 2, 333, 667)]);
        assert_eq!(bar.all, 3);
        let whole = Bar::of(&[("done", u64::MAX / 2), ("ready", u64::MAX / 2)]);
        assert_eq!(whole.shares.iter().map(|share| share.width).sum::<u64>(), WIDTH);
    }

    #[test]
    fn nothing_is_an_empty_bar() {
        assert!(Bar::of(&[("done", 0), ("ready", 0)]).shares.iter().all(|share| share.width == 0));
    }
}
