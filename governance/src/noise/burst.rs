//! What many say within hours in the same words, and more than the ad has otherwise.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Sketch, similarity};

/// From when on it is a burst. Assumptions, measured in the tests on generated complaints.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// Users who say the same.
    pub users: usize,
    /// Within so many hours.
    pub hours: u32,
    /// Shorter texts than so many characters are alike by chance.
    pub characters: usize,
    /// How alike they are at least: 0 to 1.
    pub alike: f64,
    /// How many times as many as the ad has in hours like these otherwise.
    pub times: f64,
    /// Where at least so many of them converted, people decide.
    pub converted: f64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { users: 8, hours: 6, characters: 6, alike: 0.35, times: 4.0, converted: 0.5 }
    }
}

impl Bounds {
    pub(super) fn within(&self) -> TimeDelta {
        TimeDelta::hours(i64::from(self.hours))
    }
}

/// A complaint as far as it may be part of a burst.
pub(super) struct One<'a> {
    pub(super) at: DateTime<Utc>,
    /// Its user; its own id where nobody knows who said it.
    pub(super) who: &'a str,
    pub(super) converted: bool,
    /// None where it is too short.
    pub(super) sketch: Option<&'a Sketch>,
    /// It was found to be part of a burst before.
    pub(super) found: bool,
}

/// What an ad has otherwise.
#[derive(Clone, Copy)]
pub(super) struct Usual {
    /// Complaints that were part of no burst before.
    pub(super) complaints: usize,
    /// Times the hours of a burst, one at least: hours of which nothing is known say nothing of what is usual.
    pub(super) windows: f64,
}

/// Complaints, by their place in the list, that came in one burst.
pub(super) struct Burst {
    pub(super) members: Vec<usize>,
    /// Which part of them converted.
    pub(super) converted: f64,
}

/// The bursts among complaints about one ad, which come in the order of time.
pub(super) fn bursts(of_ad: &[One<'_>], usual: Usual, bounds: &Bounds) -> Vec<Burst> {
    if of_ad.len() < bounds.users {
        return Vec::new();
    }
    alike(of_ad, bounds).iter().filter_map(|cluster| burst(cluster, of_ad, usual, bounds)).collect()
}

/// Those that say about the same as the first of them that did.
fn alike(of_ad: &[One<'_>], bounds: &Bounds) -> Vec<Vec<usize>> {
    let mut clusters: Vec<(&Sketch, Vec<usize>)> = Vec::new();
    let mut buckets: HashMap<(usize, u64), Vec<usize>> = HashMap::new();
    for (at, sketch) in of_ad.iter().enumerate().filter_map(|(at, one)| Some((at, one.sketch?))) {
        let candidates: HashSet<usize> =
            sketch.bands().filter_map(|band| buckets.get(&band)).flatten().copied().collect();
        let nearest = candidates
            .into_iter()
            .map(|cluster| (similarity(sketch, clusters[cluster].0), cluster))
            .filter(|(alike, _)| *alike >= bounds.alike)
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        if let Some((_, cluster)) = nearest {
            clusters[cluster].1.push(at);
        } else {
            sketch.bands().for_each(|band| buckets.entry(band).or_default().push(clusters.len()));
            clusters.push((sketch, vec![at]));
        }
    }
    clusters.into_iter().map(|(_, members)| members).filter(|members| members.len() >= bounds.users).collect()
}

/// Those of a cluster, in the order of time, that came within hours together; none where the ad has as many otherwise.
fn burst(cluster: &[usize], of_ad: &[One<'_>], usual: Usual, bounds: &Bounds) -> Option<Burst> {
    let of_cluster = cluster.iter().filter(|at| !of_ad[**at].found).count();
    let others = usual.complaints.saturating_sub(of_cluster);
    let mut members = Vec::new();
    let (mut from, mut users) = (0, HashMap::<&str, usize>::new());
    for to in 0..cluster.len() {
        *users.entry(of_ad[cluster[to]].who).or_default() += 1;
        while of_ad[cluster[to]].at - of_ad[cluster[from]].at > bounds.within() {
            if let Entry::Occupied(mut gone) = users.entry(of_ad[cluster[from]].who) {
                *gone.get_mut() -= 1;
                if *gone.get() == 0 {
                    gone.remove();
                }
            }
            from += 1;
        }
        // Most of what the ad has in these hours says the same, and in hours like these it has far less otherwise.
        let beside = beside(of_ad, of_ad[cluster[from]].at, of_ad[cluster[to]].at).saturating_sub(to + 1 - from);
        let otherwise = others.saturating_sub(beside) as f64 / (usual.windows - 1.0).max(1.0);
        let enough = bounds.users.max(beside) as f64;
        if users.len() as f64 >= enough.max(bounds.times * otherwise) {
            let behind = members.last().map_or(0, |last| last + 1);
            members.extend(from.max(behind)..=to);
        }
    }
    let members: Vec<usize> = members.into_iter().map(|at| cluster[at]).collect();
    let converted = members.iter().filter(|at| of_ad[**at].converted).count() as f64 / members.len() as f64;
    (!members.is_empty()).then_some(Burst { members, converted })
}

/// How many there are from one moment to another.
fn beside(of_ad: &[One<'_>], from: DateTime<Utc>, to: DateTime<Utc>) -> usize {
    of_ad.partition_point(|one| one.at <= to) - of_ad.partition_point(|one| one.at < from)
}
