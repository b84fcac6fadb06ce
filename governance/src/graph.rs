//! Advertisers that are one: joined by what they share and few others have.

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
    /// The edges that hold it together.
    pub edges: Vec<Edge>,
}

/// The groups of two and more, sorted by name. Advertisers that nobody is joined to are in none.
///
/// `threshold`: [`THRESHOLD`] unless there is a reason.
pub fn groups(all: &[Has], threshold: f64) -> Vec<Group> {
    let _ = (all, threshold);
    todo!()
}

/// What joins two advertisers: as much as one payee, or one ICP number, that nobody else has.
pub const THRESHOLD: f64 = 1.0;
