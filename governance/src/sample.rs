//! Which complaints people read, how many make which error bar, and what all of them come to when those are read.

use serde::{Deserialize, Serialize};

use crate::ccr::Interval;
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

/// How many of each stratum to read so that a share of all of them is known to ±`error` at `level`, whatever it is.
///
/// Strata get their part by size, and two at least where they have two. Cochran (1977), with the correction for a finite population.
pub fn plan(strata: &[Stratum], error: f64, level: f64) -> Vec<Quota> {
    let _ = (strata, error, level);
    todo!()
}

/// The first `read` of ids in an order that who has the seed can draw again, whatever order they come in.
pub fn drawn<'a>(ids: impl IntoIterator<Item = &'a str>, read: u64, chance: &Chance) -> Vec<&'a str> {
    let _ = (ids.into_iter().count(), read, chance);
    todo!()
}

/// The share of all complaints that are what was asked for. None where a stratum with complaints has none read.
pub fn estimate(strata: &[Read], level: f64) -> Option<Estimate> {
    let _ = (strata, level);
    todo!()
}
