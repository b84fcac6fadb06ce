//! Complaints that are none: words that many pass on, hunts for coupons, quarrels about a star, grumbling that fits no promise.
//!
//! Each exclusion names its rule and what it rests on, and can be taken back. Whoever was charged, got nothing or something else is
//! never excluded by words alone, nor is a wave of people who each converted.

mod burst;
mod normal;
mod rules;
mod similar;

pub use burst::Bounds;
pub use normal::normal;
pub use rules::{Rules, RulesError};
pub use similar::{Sketch, similarity};

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
/// Bursts are looked for over all of what is given: give a week, or a day with the week before it. Memory: one sketch a complaint.
pub fn noise(said: &[Said<'_>], rules: &Rules, bounds: &Bounds) -> Vec<Heeded> {
    let _ = (said, rules, bounds);
    todo!()
}
