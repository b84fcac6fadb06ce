//! Which complaints people read, how many make which error bar, and what all of them come to when those are read.

use serde::{Deserialize, Serialize};

use crate::ccr::{Interval, normal_quantile, score};
use crate::chance::Chance;

/// Complaints that are read and told apart from others: those of one source and kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stratum {
    pub name: String,
    /// How many there are.
    pub size: u64,
}

/// How many of a stratum are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    pub name: String,
    pub size: u64,
    pub read: u64,
}

/// What people found in one stratum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    pub name: String,
    pub size: u64,
    pub read: u64,
    /// Of those read, that are what was asked for.
    pub yes: u64,
}

/// A share of all complaints, from those that were read.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    pub share: f64,
    pub interval: Interval,
}

/// Fewer of a stratum do not say how much it varies.
const FEWEST: u64 = 2;

/// How many of each stratum to read so that a share of all of them is known to ±`error` (0.05: five in a hundred) at `level` (0.95),
/// whatever it is. An error of 0 or less has all of them read.
///
/// Strata get their part by size, and two at least where they have two. Cochran (1977), with the correction for a finite population.
pub fn plan(strata: &[Stratum], error: f64, level: f64) -> Vec<Quota> {
    let all: u64 = strata.iter().map(|stratum| stratum.size).sum();
    // A share of one half takes the most.
    let endless =
        if error > 0.0 { (normal_quantile(0.5 + level / 2.0) / (2.0 * error)).powi(2) } else { f64::INFINITY };
    let part = if endless.is_finite() { 1.0 / (1.0 + (all as f64 - 1.0) / endless) } else { 1.0 };
    strata
        .iter()
        .map(|Stratum { name, size }| {
            // Rounded up: strata of few weigh a little more than their part, and none goes unread.
            let read = ((*size as f64 * part - 1e-9).ceil().max(0.0) as u64).max(FEWEST).min(*size);
            Quota { name: name.clone(), size: *size, read }
        })
        .collect()
}

/// The first `read` of ids in an order that who has the seed can draw again, whatever order they come in.
pub fn drawn<'a>(ids: impl IntoIterator<Item = &'a str>, read: u64, chance: &Chance) -> Vec<&'a str> {
    let mut order: Vec<(f64, &str)> = ids.into_iter().map(|id| (chance.unit(id, 0), id)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
    order.truncate(usize::try_from(read).unwrap_or(usize::MAX));
    order.into_iter().map(|(_, id)| id).collect()
}

/// The share of all complaints that are what was asked for. None where a stratum with complaints has none read, or there are none.
///
/// The interval is Wilson's, with as many reads as a plain draw would need to be as sure as the strata are: it does not shrink to
/// nothing where all that were read agree.
pub fn estimate(strata: &[Read], level: f64) -> Option<Estimate> {
    let all: u64 = strata.iter().map(|stratum| stratum.size).sum();
    let strata: Vec<&Read> = strata.iter().filter(|stratum| stratum.size > 0).collect();
    if all == 0 || strata.iter().any(|stratum| stratum.read == 0) {
        return None;
    }
    let (mut share, mut likely, mut variance) = (0.0, 0.0, 0.0);
    for stratum in strata {
        let weight = stratum.size as f64 / all as f64;
        let (size, read) = (stratum.size as f64, stratum.read.min(stratum.size) as f64);
        let yes = stratum.yes.min(stratum.read) as f64;
        share += weight * yes / read;
        // One half more of each: where all agree, one more would have had to do so as well.
        let told = (yes + 0.5) / (read + 1.0);
        likely += weight * told;
        let unread = if size > 1.0 { (size - read) / (size - 1.0) } else { 0.0 };
        variance += weight * weight * unread * told * (1.0 - told) / read;
    }
    let interval = if variance > 0.0 {
        score(share, likely * (1.0 - likely) / variance, normal_quantile(0.5 + level / 2.0))
    } else {
        Interval { low: share, high: share }
    };
    Some(Estimate { share, interval })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strata(sizes: &[u64]) -> Vec<Stratum> {
        sizes.iter().enumerate().map(|(at, size)| Stratum { name: format!("s{at}"), size: *size }).collect()
    }

    #[test]
    fn so_many_are_read_as_the_error_asks_for() {
        let read =
            |sizes: &[u64], error| plan(&strata(sizes), error, 0.95).iter().map(|quota| quota.read).collect::<Vec<_>>();
        // 384.15 of a population without end; 370 of ten thousand (Cochran's table).
        assert_eq!(read(&[1_000_000_000], 0.05), [385]);
        assert_eq!(read(&[10_000], 0.05), [370]);
        assert_eq!(read(&[8_000, 1_990, 10], 0.05), [296, 74, 2], "by size, and two of the smallest");
        assert_eq!(read(&[3, 1, 0], 0.05), [3, 1, 0]);
        assert_eq!(read(&[500], 0.0), [500]);
        assert!(read(&[10_000], 0.05)[0] < plan(&strata(&[10_000]), 0.05, 0.99)[0].read);
    }

    #[test]
    fn who_has_the_seed_draws_the_same_whatever_the_order() {
        let ids: Vec<String> = (0..200).map(|n| format!("c{n}")).collect();
        let (forth, back): (Vec<&str>, Vec<&str>) =
            (ids.iter().map(String::as_str).collect(), ids.iter().rev().map(String::as_str).collect());
        let chance = Chance::of("seed");
        let drawn_forth = drawn(forth.iter().copied(), 20, &chance);
        assert_eq!(drawn_forth, drawn(back, 20, &chance));
        assert_eq!(
            drawn_forth[..10],
            drawn(forth.iter().copied(), 10, &chance)[..],
            "who reads more goes on where he was"
        );
        assert_ne!(drawn_forth, drawn(forth, 20, &Chance::of("another")));
    }

    #[test]
    fn the_truth_is_within_the_error_bar_as_often_as_it_says() {
        // Three strata that differ; what is true of a complaint is drawn once, what is read of them two thousand times.
        for shares in [[0.1, 0.4, 0.8], [0.01, 0.02, 0.05], [0.5, 0.5, 0.5]] {
            let sizes = [3_000_u64, 800, 200];
            let world = Chance::of(&format!("world {shares:?}"));
            let truth: Vec<Vec<bool>> = (0..3)
                .map(|at| (0..sizes[at]).map(|n| world.unit(&format!("s{at}"), n as i64) < shares[at]).collect())
                .collect();
            let yes: usize = truth.iter().flatten().filter(|yes| **yes).count();
            let share = yes as f64 / 4_000.0;
            let quotas = plan(&strata(&sizes), 0.05, 0.95);
            let (mut held, mut near) = (0, 0);
            for round in 0..500_i64 {
                let read: Vec<Read> = quotas
                    .iter()
                    .zip(&truth)
                    .map(|(quota, truth)| {
                        let mut order: Vec<usize> = (0..truth.len()).collect();
                        let chance = Chance::of(&format!("{}{round}", quota.name));
                        for at in 0..quota.read as usize {
                            let other = at + chance.below((truth.len() - at) as u32, "swap", at as i64) as usize;
                            order.swap(at, other);
                        }
                        let yes = order[..quota.read as usize].iter().filter(|at| truth[**at]).count() as u64;
                        Read { name: quota.name.clone(), size: quota.size, read: quota.read, yes }
                    })
                    .collect();
                let told = estimate(&read, 0.95).expect("all are read");
                held += i32::from(told.interval.low <= share && share <= told.interval.high);
                near += i32::from((told.share - share).abs() <= 0.05);
            }
            assert!(held >= 462, "{shares:?}: {held} of 500");
            assert!(near >= 465, "{shares:?}: {near} of 500");
        }
    }

    #[test]
    fn what_was_all_read_is_known_and_what_was_not_read_is_not() {
        let read = |size, read, yes| Read { name: String::new(), size, read, yes };
        let all = estimate(&[read(10, 10, 4)], 0.95).expect("it is read");
        assert_eq!((all.share, all.interval), (0.4, Interval { low: 0.4, high: 0.4 }));
        assert_eq!(estimate(&[read(10, 10, 4), read(5, 0, 0)], 0.95), None);
        assert_eq!(estimate(&[], 0.95), None);
        let none = estimate(&[read(1_000, 50, 0)], 0.95).expect("it is read");
        assert!(
            none.share == 0.0 && none.interval.low == 0.0 && (0.04..0.09).contains(&none.interval.high),
            "{none:?}"
        );
    }
}
