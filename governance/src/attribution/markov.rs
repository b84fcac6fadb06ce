//! Markov: a key is worth what would be lost if whoever comes to it went nowhere (Anderl et al. 2016).
//!
//! The chain is of first order, from the start over keys to a conversion or to nothing: an absorbing chain, solved by (I−Q)⁻¹ and
//! so over all walks, not over simple paths only. Staying at a key changes no probability of where a walk ends, and is left out.
//! What is lost without a key is what comes by it: with N = (I−Q)⁻¹ and x where walks from each state end well,
//! RE_k = N_sk·x_k / (N_kk·x_s). So no chain is solved again for each key.

mod dense;
mod sparse;

use std::collections::HashMap;

use super::{End, Path};

/// Why there are no credits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarkovError {
    #[error(
        "the chain of {keys} keys does not come to an end within {rounds} rounds: attribute to fewer keys (channels, not creatives)"
    )]
    Endless { keys: usize, rounds: usize },
    #[error(
        "{keys} keys that follow each other in {pairs} pairs would take many minutes: attribute to fewer keys (channels, not creatives)"
    )]
    TooLarge { keys: usize, pairs: usize },
}

/// Up to so many keys the matrix is inverted; beyond, the chain is walked, since the matrix would be mostly empty. 24 MB.
const DENSE: usize = 1_750;

/// How often each state was followed by which.
#[derive(Clone, Debug, Default)]
pub(super) struct Chain {
    steps: HashMap<(u32, u32), f64>,
    starts: HashMap<u32, f64>,
    conversions: HashMap<u32, f64>,
    losses: HashMap<u32, f64>,
    /// What each key gets where nothing is lost without any: as in the linear model.
    linear: Vec<f64>,
}

/// Probabilities between keys that came, numbered anew without gaps.
pub(super) struct Walk {
    pub(super) keys: Vec<u32>,
    /// From the start.
    pub(super) start: Vec<f64>,
    /// To a conversion.
    pub(super) end: Vec<f64>,
    /// From each key to others.
    pub(super) rows: Vec<Vec<(usize, f64)>>,
}

impl Chain {
    pub(super) fn add(&mut self, path: &Path<'_>) {
        let ([first, ..], [.., last]) = (path.touches, path.touches) else { return };
        *self.starts.entry(first.key).or_default() += path.weight;
        for [from, to] in path.touches.array_windows() {
            if from.key != to.key {
                *self.steps.entry((from.key, to.key)).or_default() += path.weight;
            }
        }
        let ends = if path.end == End::Lost { &mut self.losses } else { &mut self.conversions };
        *ends.entry(last.key).or_default() += path.weight;
        let highest = path.touches.iter().map(|touch| touch.key as usize).max().unwrap_or_default();
        if self.linear.len() <= highest {
            self.linear.resize(highest + 1, 0.0);
        }
        if path.end != End::Lost {
            let each = path.weight / path.touches.len() as f64;
            path.touches.iter().for_each(|touch| self.linear[touch.key as usize] += each);
        }
    }

    pub(super) fn credits(&self, converted: f64) -> Result<Vec<f64>, MarkovError> {
        let effects = self.removal_effects()?;
        let sum: f64 = effects.iter().sum();
        if sum <= 0.0 {
            return Ok(self.linear.clone());
        }
        Ok(effects.iter().map(|effect| effect / sum * converted).collect())
    }

    /// By key: which part of what converts comes by it.
    pub(super) fn removal_effects(&self) -> Result<Vec<f64>, MarkovError> {
        let walk = self.walk();
        let told =
            if walk.keys.len() <= DENSE { dense::removal_effects(&walk) } else { sparse::removal_effects(&walk)? };
        let mut effects = vec![0.0; self.linear.len()];
        for (key, effect) in walk.keys.iter().zip(told) {
            effects[*key as usize] = effect;
        }
        Ok(effects)
    }

    fn walk(&self) -> Walk {
        let heavy = |weight: &f64| *weight > 0.0;
        // Each key that came was left again: to another one, to a conversion or to nothing.
        let mut left: HashMap<u32, f64> = HashMap::new();
        for ((from, _), weight) in self.steps.iter().filter(|(_, weight)| heavy(weight)) {
            *left.entry(*from).or_default() += weight;
        }
        for (key, weight) in self.conversions.iter().chain(&self.losses).filter(|(_, weight)| heavy(weight)) {
            *left.entry(*key).or_default() += weight;
        }
        let mut keys: Vec<u32> = left.keys().copied().collect();
        keys.sort_unstable();
        let number: HashMap<u32, usize> = keys.iter().enumerate().map(|(number, key)| (*key, number)).collect();
        let started: f64 = self.starts.values().sum();
        let of = |weights: &HashMap<u32, f64>, key: &u32| weights.get(key).copied().unwrap_or_default();
        let start = keys.iter().map(|key| of(&self.starts, key) / started).collect();
        let end = keys.iter().map(|key| of(&self.conversions, key) / left[key]).collect();
        let mut rows = vec![Vec::new(); keys.len()];
        for ((from, to), weight) in self.steps.iter().filter(|(_, weight)| heavy(weight)) {
            rows[number[from]].push((number[to], weight / left[from]));
        }
        // One order, whatever the hashes were: sums come out the same to the last bit.
        rows.iter_mut().for_each(|row| row.sort_unstable_by_key(|(to, _)| *to));
        Walk { keys, start, end, rows }
    }
}

/// What part of conversions comes by each key, from how often walks are there (`visits`), how they end from there (`ends`), and how
/// often they come back (`returns`: N_kk, 1 where never).
pub(super) fn effects(walk: &Walk, visits: &[f64], ends: &[f64], returns: &[f64]) -> Vec<f64> {
    let all: f64 = walk.start.iter().zip(ends).map(|(start, end)| start * end).sum();
    if all <= 0.0 {
        return vec![0.0; walk.keys.len()];
    }
    (0..walk.keys.len()).map(|key| visits[key] * ends[key] / (returns[key] * all)).collect()
}
