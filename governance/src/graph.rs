//! Accounts that are one advertiser's: joined by what they share and few others have.
//!
//! What many share says nothing: the host of a large shop platform, the template of a page builder, the payee of a payment
//! service. So each thing weighs what its kind weighs as long as few have it, and less with everyone more; and a host and a template
//! alone, which honest shops of one page builder share, join nobody.

use std::collections::{BTreeMap, BTreeSet};

use model::kin::{Account, Edge, Group, Has, Shared, Trait};

/// What joins two accounts: as much as one payee, or one ICP number, that few others have.
pub const THRESHOLD: f64 = 1.0;
/// Who is paid on accounts of their own are two: agencies have many customers on one host, under one number.
const APART: f64 = 0.6;
/// What so many times as many have as still say something about each other says nothing at all; so pairs stay few.
const NOTHING: usize = 10;

/// Which kinds are one thing, told several times: of each the heaviest counts.
const KINDS: [&[Trait]; 5] = [
    &[Trait::Payee],
    &[Trait::Icp, Trait::PublicSecurity, Trait::Host],
    &[Trait::Licence, Trait::Company],
    &[Trait::Qr],
    &[Trait::Template],
];

/// What a kind weighs, and up to how many may have it for that.
fn weighs(what: Trait) -> (f64, usize) {
    match what {
        Trait::Payee => (1.0, 20),
        Trait::Icp | Trait::PublicSecurity | Trait::Licence => (1.0, 6),
        Trait::Qr => (0.8, 20),
        Trait::Host => (0.6, 6),
        Trait::Company => (0.5, 6),
        Trait::Template => (0.3, 6),
    }
}

/// What one of these weighs that so many have.
fn weight(what: Trait, accounts: usize) -> f64 {
    let (weight, few) = weighs(what);
    weight * (few as f64 / accounts as f64).min(1.0)
}

/// What more have than that says nothing at all: they need not be asked for.
pub fn most(what: Trait) -> usize {
    weighs(what).1 * NOTHING
}

/// The groups of two and more, sorted by name. Accounts that nobody is joined to are in none.
///
/// `threshold`: [`THRESHOLD`] unless there is a reason.
pub fn groups(all: &[Has], threshold: f64) -> Vec<Group> {
    let mut havers: BTreeMap<(Trait, String), BTreeSet<&Account>> = BTreeMap::new();
    let mut payees: BTreeMap<&Account, BTreeSet<String>> = BTreeMap::new();
    for Has { account, what, value } in all {
        let value = value.trim().to_lowercase();
        if value.is_empty() {
            continue;
        }
        if *what == Trait::Payee {
            payees.entry(account).or_default().insert(value.clone());
        }
        havers.entry((*what, value)).or_default().insert(account);
    }
    let mut pairs: BTreeMap<(&Account, &Account), Vec<Shared>> = BTreeMap::new();
    for ((what, value), who) in &havers {
        if who.len() > most(*what) {
            continue;
        }
        let weight = weight(*what, who.len());
        let shared = Shared { what: *what, value: value.clone(), weight, accounts: who.len() };
        let who: Vec<&Account> = who.iter().copied().collect();
        for (at, a) in who.iter().enumerate() {
            for b in &who[at + 1..] {
                pairs.entry((a, b)).or_default().push(shared.clone());
            }
        }
    }
    let none = BTreeSet::new();
    let paid = |who: &Account| payees.get(who).unwrap_or(&none);
    let edges = pairs.into_iter().filter_map(|((a, b), shared)| {
        let apart =
            if !paid(a).is_empty() && !paid(b).is_empty() && paid(a).is_disjoint(paid(b)) { APART } else { 0.0 };
        let edge = edge(a, b, shared, apart);
        (edge.weight >= threshold).then_some(edge)
    });
    joined(edges.collect())
}

fn edge(a: &Account, b: &Account, mut shared: Vec<Shared>, apart: f64) -> Edge {
    // On one host, its number says whose host it is: that of the page builder, or of the agency.
    let host = shared.iter().find(|one| one.what == Trait::Host).map_or(f64::INFINITY, |one| one.weight);
    let of_host = |one: &&mut Shared| matches!(one.what, Trait::Icp | Trait::PublicSecurity);
    shared.iter_mut().filter(of_host).for_each(|one| one.weight = one.weight.min(host));
    shared.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.what.cmp(&b.what)).then(a.value.cmp(&b.value)));
    // Ten hosts under one number are one site.
    let heaviest = |kinds: &[Trait]| {
        let of = shared.iter().filter(|one| kinds.contains(&one.what));
        of.map(|one| one.weight).fold(0.0, f64::max)
    };
    let weight = KINDS.into_iter().map(heaviest).sum::<f64>() - apart;
    Edge { a: a.clone(), b: b.clone(), weight, shared, apart }
}

/// Whoever is joined to somebody of a group is in it: the groups that these edges hold together.
pub fn joined(edges: Vec<Edge>) -> Vec<Group> {
    let accounts: BTreeSet<&Account> = edges.iter().flat_map(|edge| [&edge.a, &edge.b]).collect();
    let accounts: Vec<Account> = accounts.into_iter().cloned().collect();
    let number: BTreeMap<Account, usize> = accounts.iter().cloned().enumerate().map(|(at, one)| (one, at)).collect();
    let mut leads: Vec<usize> = (0..accounts.len()).collect();
    for edge in &edges {
        let (a, b) = (leader(&mut leads, number[&edge.a]), leader(&mut leads, number[&edge.b]));
        // The first by name leads, so that a group keeps its name when somebody joins it.
        leads[a.max(b)] = a.min(b);
    }
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for (at, account) in accounts.into_iter().enumerate() {
        let group = groups.entry(leader(&mut leads, at));
        group.or_insert_with(|| Group { accounts: Vec::new(), edges: Vec::new() }).accounts.push(account);
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
