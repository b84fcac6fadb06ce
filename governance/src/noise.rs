//! Complaints that are none: words that many pass on, hunts for coupons, quarrels about a star, grumbling that fits no promise.
//!
//! Each exclusion names its rule and what it rests on, and can be taken back. Whoever was charged, got nothing or something else is
//! never excluded by words alone, nor is a wave of people who each converted.

mod burst;
mod normal;
mod rules;
mod similar;
mod watch;

pub use burst::Bounds;
pub use normal::normal;
pub use rules::{Rules, RulesError};
pub use similar::{Sketch, similarity};
pub use watch::{Stands, Watch};

use chrono::{DateTime, Utc};
use model::complaint::Exclusion;

/// A complaint as far as it says whether it is noise.
#[derive(Clone, Debug, PartialEq)]
pub struct Said<'a> {
    pub id: &'a str,
    pub at: DateTime<Utc>,
    pub text: &'a str,
    pub user: Option<&'a str>,
    pub ad: Option<&'a str>,
    /// Whether the user converted by this ad, on valid traffic, before.
    pub converted: bool,
}

/// What was decided about one complaint.
#[derive(Clone, Debug, PartialEq)]
pub enum Heeded {
    Kept,
    Excluded(Exclusion),
    /// It is kept and counts until a person has looked: many say the same, and those who do have converted.
    Doubtful(Exclusion),
}

/// What is noise among complaints of some days, whatever their order: one answer each, in theirs.
///
/// Bursts are looked for over all of what is given: give a week, or a day with the week before it. What comes on and on, a [`Watch`]
/// looks at.
pub fn noise(said: &[Said<'_>], rules: &Rules, bounds: &Bounds) -> Vec<Heeded> {
    let mut watch = Watch::new(*bounds);
    for (at, one) in said.iter().enumerate() {
        watch.put(at, one, Stands::Kept, rules);
    }
    let mut heeded = vec![Heeded::Kept; said.len()];
    for (at, told) in watch.tell() {
        heeded[at] = told;
    }
    heeded
}

/// So many complaints of a burst are named.
const SHOWN: usize = 20;

fn same_words(ids: &[String]) -> Exclusion {
    let why = [
        ("zh-CN", "多名用户在数小时内发出几乎相同的话，远超该广告平时的投诉量"),
        ("en", "Many users said nearly the same within hours, far more than the ad has otherwise"),
    ];
    let why = why.map(|(language, why)| (language.to_owned(), why.to_owned())).into();
    Exclusion { rule: "burst-template".to_owned(), why, rests_on: ids.to_vec() }
}

#[cfg(test)]
mod tests;
