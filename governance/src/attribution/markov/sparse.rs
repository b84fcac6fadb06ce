//! Many keys: the chain is walked until nothing of it is left, several keys at a time.

use super::{MarkovError, Walk, effects};

/// So many keys are walked from side by side: as many as fill the registers.
const WIDE: usize = 16;
/// A walk that is not over by then is no path of people.
const ROUNDS: usize = 20_000;
/// Keys times pairs that follow each other: beyond, it takes minutes.
const WORK: usize = 500_000_000;
/// What comes in the last round is less than this, where at least 1 is there.
const LEFT: f64 = 1e-15;

pub(super) fn removal_effects(walk: &Walk) -> Result<Vec<f64>, MarkovError> {
    let size = walk.keys.len();
    let pairs = walk.rows.iter().map(Vec::len).sum::<usize>();
    if size.saturating_mul(pairs) > WORK {
        return Err(MarkovError::TooLarge { keys: size, pairs });
    }
    let endless = || MarkovError::Endless { keys: size, rounds: ROUNDS };
    // x = end + Q·x, and the columns of N: y = e + Q·y.
    let ends = solved(walk, &walk.end.iter().map(|end| [*end]).collect::<Vec<_>>()).ok_or_else(endless)?;
    let ends: Vec<f64> = ends.iter().map(|[end]| *end).collect();
    let (mut visits, mut returns) = (vec![0.0; size], vec![1.0; size]);
    for from in (0..size).step_by(WIDE) {
        let many = WIDE.min(size - from);
        let mut units = vec![[0.0; WIDE]; size];
        (0..many).for_each(|lane| units[from + lane][lane] = 1.0);
        let columns = solved(walk, &units).ok_or_else(endless)?;
        for lane in 0..many {
            returns[from + lane] = columns[from + lane][lane];
            visits[from + lane] = walk.start.iter().zip(&columns).map(|(start, column)| start * column[lane]).sum();
        }
    }
    Ok(effects(walk, &visits, &ends, &returns))
}

/// The solution of y = right + Q·y, by Gauss and Seidel from nothing on; none where it does not come to an end.
fn solved<const MANY: usize>(walk: &Walk, right: &[[f64; MANY]]) -> Option<Vec<[f64; MANY]>> {
    let mut told = right.to_vec();
    for _ in 0..ROUNDS {
        let mut most: f64 = 0.0;
        for (from, row) in walk.rows.iter().enumerate() {
            let mut sum = right[from];
            for (to, probability) in row {
                let other = &told[*to];
                sum.iter_mut().zip(other).for_each(|(sum, other)| *sum += probability * other);
            }
            for (was, is) in told[from].iter_mut().zip(sum) {
                most = most.max((is - *was).abs());
                *was = is;
            }
        }
        if most < LEFT {
            return Some(told);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::dense;
    use super::*;
    use crate::chance::Chance;

    #[test]
    fn walking_says_what_inverting_says() {
        for size in [1_usize, 2, 17, 60] {
            let chance = Chance::of(&format!("walk {size}"));
            let of = |what: &str, key: usize| chance.unit(what, key as i64);
            let mut rows = vec![Vec::new(); size];
            let mut end = vec![0.0; size];
            for from in 0..size {
                let mut left = 1.0 - of("lost", from) * 0.3;
                for to in (0..size).filter(|to| *to != from && of(&format!("edge {from}"), *to) < 0.2) {
                    let part = left * of(&format!("part {from}"), to);
                    rows[from].push((to, part));
                    left -= part;
                }
                end[from] = left * 0.5;
            }
            let starts: f64 = (0..size).map(|key| of("start", key)).sum();
            let start = (0..size).map(|key| of("start", key) / starts).collect();
            let walk = Walk { keys: (0..size as u32).collect(), start, end, rows };
            let walked = removal_effects(&walk).expect("it ends");
            for (walked, inverted) in walked.iter().zip(dense::removal_effects(&walk)) {
                assert!((walked - inverted).abs() < 1e-12, "{size}: {walked} {inverted}");
            }
        }
    }

    #[test]
    fn what_would_take_minutes_is_refused() {
        let size = 100_000;
        let rows = (0..size).map(|key| if key == 0 { vec![(1, 0.0); 5_001] } else { Vec::new() }).collect();
        let walk = Walk { keys: Vec::from_iter(0..size), start: vec![], end: vec![0.0; size as usize], rows };
        assert_eq!(removal_effects(&walk), Err(MarkovError::TooLarge { keys: 100_000, pairs: 5_001 }));
    }

    #[test]
    fn what_never_ends_is_an_error() {
        let rows = vec![vec![(1, 1.0)], vec![(0, 1.0)]];
        let walk = Walk { keys: vec![0, 1], start: vec![1.0, 0.0], end: vec![0.0, 0.0], rows };
        assert_eq!(removal_effects(&walk), Err(MarkovError::Endless { keys: 2, rounds: ROUNDS }));
    }
}
