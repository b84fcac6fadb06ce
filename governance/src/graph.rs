//! Advertisers that are one: joined by what they share and few others have.
//!
//! What many share says nothing: the host of a large shop platform, the template of a page builder, the account of a payment
//! service. So each thing weighs what its kind weighs as long as few have it, and less with everyone more.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// What advertisers can share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trait {
    /// The host where clicks land.
    Host,
    /// The ICP number of a page.
    Icp,
    /// What a QR code leads to.
    Qr,
    /// Who gets the money.
    Payee,
    /// The fingerprint of a page's template.
    Template,
}

/// An advertiser has something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Has {
    pub advertiser: String,
    pub what: Trait,
    /// Compared without spaces around it and without regard to capitals; one that is empty is none.
    pub value: String,
}

/// Why two advertisers are taken for one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    pub a: String,
    pub b: String,
    pub weight: f64,
    /// What both have, with what each weighs and how many advertisers have it, the heaviest first.
    pub shared: Vec<Shared>,
    /// Both are paid, and by nobody in common: it took so much off.
    pub apart: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    pub what: Trait,
    pub value: String,
    pub weight: f64,
    pub advertisers: usize,
}

/// Advertisers that are taken for one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Sorted; the first names the group.
    pub advertisers: Vec<String>,
    /// The edges that hold it together, the heaviest first.
    pub edges: Vec<Edge>,
}

/// What joins two advertisers: as much as one payee, or one ICP number, that few others have.
pub const THRESHOLD: f64 = 1.0;
/// Who is paid on accounts of their own are two: agencies have many customers on one host, under one number.
const APART: f64 = 0.6;
/// What so many times as many have as still say something about each other says nothing at all; so pairs stay few.
const NOTHING: usize = 10;

impl Trait {
    /// What it weighs, and up to how many may have it for that. A site and its number are one thing, which is told by the heavier.
    fn weighs(self) -> (f64, usize) {
        match self {
            Self::Payee => (1.0, 20),
            Self::Icp => (1.0, 6),
            Self::Qr => (0.8, 20),
            Self::Host => (0.6, 6),
            Self::Template => (0.5, 6),
        }
    }

    /// What one of these weighs that so many have.
    fn weight(self, advertisers: usize) -> f64 {
        let (weight, few) = self.weighs();
        weight * (few as f64 / advertisers as f64).min(1.0)
    }
}

/// The groups of two and more, sorted by name. Advertisers that nobody is joined to are in none.
///
/// `threshold`: [`THRESHOLD`] unless there is a reason.
pub fn groups(all: &[Has], threshold: f64) -> Vec<Group> {
    let mut havers: BTreeMap<(Trait, String), BTreeSet<&str>> = BTreeMap::new();
    let mut payees: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for Has { advertiser, what, value } in all {
        let value = value.trim().to_lowercase();
        if value.is_empty() {
            continue;
        }
        if *what == Trait::Payee {
            payees.entry(advertiser).or_default().insert(value.clone());
        }
        havers.entry((*what, value)).or_default().insert(advertiser);
    }
    let mut pairs: BTreeMap<(&str, &str), Vec<Shared>> = BTreeMap::new();
    for ((what, value), who) in &havers {
        if who.len() > what.weighs().1 * NOTHING {
            continue;
        }
        let weight = what.weight(who.len());
        let shared = Shared { what: *what, value: value.clone(), weight, advertisers: who.len() };
        let who: Vec<&str> = who.iter().copied().collect();
        for (at, a) in who.iter().enumerate() {
            for b in &who[at + 1..] {
                pairs.entry((a, b)).or_default().push(shared.clone());
            }
        }
    }
    let none = BTreeSet::new();
    let paid = |who: &str| payees.get(who).unwrap_or(&none);
    let edges = pairs.into_iter().filter_map(|((a, b), shared)| {
        let apart =
            if !paid(a).is_empty() && !paid(b).is_empty() && paid(a).is_disjoint(paid(b)) { APART } else { 0.0 };
        let edge = edge(a, b, shared, apart);
        (edge.weight >= threshold).then_some(edge)
    });
    joined(edges.collect())
}

fn edge(a: &str, b: &str, mut shared: Vec<Shared>, apart: f64) -> Edge {
    shared.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.what.cmp(&b.what)).then(a.value.cmp(&b.value)));
    // Of each kind the heaviest one counts: ten hosts under one number are one site.
    let heaviest = |kinds: &[Trait]| {
        let of = shared.iter().filter(|one| kinds.contains(&one.what));
        of.map(|one| one.weight).fold(0.0, f64::max)
    };
    let kinds: [&[Trait]; 4] = [&[Trait::Payee], &[Trait::Icp, Trait::Host], &[Trait::Qr], &[Trait::Template]];
    let weight = kinds.into_iter().map(heaviest).sum::<f64>() - apart;
    Edge { a: a.to_owned(), b: b.to_owned(), weight, shared, apart }
}

/// Whoever is joined to somebody of a group is in it.
fn joined(edges: Vec<Edge>) -> Vec<Group> {
    let names: BTreeSet<&str> = edges.iter().flat_map(|edge| [edge.a.as_str(), edge.b.as_str()]).collect();
    let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let number: BTreeMap<String, usize> = names.iter().cloned().enumerate().map(|(at, name)| (name, at)).collect();
    let mut leads: Vec<usize> = (0..names.len()).collect();
    for edge in &edges {
        let (a, b) = (leader(&mut leads, number[&edge.a]), leader(&mut leads, number[&edge.b]));
        // The first by name leads, so that a group keeps its name when somebody joins it.
        leads[a.max(b)] = a.min(b);
    }
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for (at, name) in names.into_iter().enumerate() {
        let group = groups.entry(leader(&mut leads, at));
        group.or_insert_with(|| Group { advertisers: Vec::new(), edges: Vec::new() }).advertisers.push(name);
    }
    for edge in edges {
        let of = leader(&mut leads, number[&edge.a]);
        groups.entry(of).and_modify(|group| group.edges.push(edge));
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.iter_mut().for_each(|group| group.edges.sort_by(|a, b| b.weight.total_cmp(&a.weight)));
    groups
}

/// Who leads, with the way to it made short.
fn leader(leads: &mut [usize], mut who: usize) -> usize {
    while leads[who] != who {
        leads[who] = leads[leads[who]];
        who = leads[who];
    }
    who
}

#[cfg(test)]
mod tests;
