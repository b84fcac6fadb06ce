//! What many say within hours in the same words, and more than the ad has otherwise.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{Said, Sketch, similarity};

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
        Self { users: 8, hours: 6, characters: 8, alike: 0.5, times: 4.0, converted: 0.5 }
    }
}

/// Complaints, by their index, that came in one burst.
pub(super) struct Burst {
    pub(super) members: Vec<usize>,
    /// Which part of its users converted.
    pub(super) converted: f64,
}

/// The bursts among complaints, of which `normals` are the texts in their normal form.
pub(super) fn bursts(said: &[Said<'_>], normals: &[String], bounds: &Bounds) -> Vec<Burst> {
    let mut by_ad: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (at, one) in said.iter().enumerate() {
        by_ad.entry(one.ad).or_default().push(at);
    }
    let mut found = Vec::new();
    for mut of_ad in by_ad.into_values().filter(|of_ad| of_ad.len() >= bounds.users) {
        of_ad.sort_by_key(|at| said[*at].at);
        for alike in alike(&of_ad, normals, bounds) {
            found.extend(burst(&alike, &of_ad, said, bounds));
        }
    }
    found
}

/// Those that say about the same as the first of them that did.
fn alike(of_ad: &[usize], normals: &[String], bounds: &Bounds) -> Vec<Vec<usize>> {
    let mut clusters: Vec<(Sketch, Vec<usize>)> = Vec::new();
    let mut buckets: HashMap<(usize, u64), Vec<usize>> = HashMap::new();
    for at in of_ad.iter().filter(|at| normals[**at].chars().count() >= bounds.characters) {
        let sketch = Sketch::of(&normals[*at]);
        let candidates: HashSet<usize> =
            sketch.bands().filter_map(|band| buckets.get(&band)).flatten().copied().collect();
        let nearest = candidates
            .into_iter()
            .map(|cluster| (similarity(&sketch, &clusters[cluster].0), cluster))
            .filter(|(alike, _)| *alike >= bounds.alike)
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        if let Some((_, cluster)) = nearest {
            clusters[cluster].1.push(*at);
        } else {
            sketch.bands().for_each(|band| buckets.entry(band).or_default().push(clusters.len()));
            clusters.push((sketch, vec![*at]));
        }
    }
    clusters.into_iter().map(|(_, members)| members).filter(|members| members.len() >= bounds.users).collect()
}

/// Those of a cluster, in the order of time, that came within hours together; none where the ad has as many otherwise.
fn burst(cluster: &[usize], of_ad: &[usize], said: &[Said<'_>], bounds: &Bounds) -> Option<Burst> {
    let within = TimeDelta::hours(i64::from(bounds.hours));
    let (first, last) = (said[*of_ad.first()?].at, said[*of_ad.last()?].at);
    // Hours of which nothing is known say nothing of what is usual: one window at least is looked at.
    let windows = ((last - first).as_seconds_f64() / within.as_seconds_f64()).max(1.0);
    let usual = (of_ad.len() - cluster.len()) as f64 / windows;
    let mut members = HashSet::new();
    let mut from = 0;
    for to in 0..cluster.len() {
        while said[cluster[to]].at - said[cluster[from]].at > within {
            from += 1;
        }
        let window = &cluster[from..=to];
        let users: HashSet<&str> = window.iter().map(|at| said[*at].user.unwrap_or(said[*at].id)).collect();
        if users.len() >= bounds.users && users.len() as f64 >= bounds.times * usual {
            members.extend(window.iter().copied());
        }
    }
    if members.is_empty() {
        return None;
    }
    let mut members: Vec<usize> = members.into_iter().collect();
    members.sort_unstable();
    let converted = members.iter().filter(|at| said[**at].converted).count() as f64 / members.len() as f64;
    Some(Burst { members, converted })
}
