//! Which ads are visited before anybody complains: signals about an ad raise it, and less so what is like it.
//!
//! What is remembered of an ad, a landing, a template and an entity is how much bad and how much good was seen there; both fade. A
//! template that thousands of honest ads use is seen to be good so often that one bad ad does not make it suspect.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What is known of an ad that others can have in common with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Likeness {
    /// The landing's id.
    pub landing: Option<String>,
    /// The fingerprint of the page's template.
    pub template: Option<String>,
    /// The advertiser, or the group of advertisers that [`crate::graph`] joined.
    pub entity: Option<String>,
}

/// What was heard or found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// A complaint that counts.
    Complaint,
    /// A violation that was found, and not rejected.
    Violation,
    /// A visit that found nothing.
    Clean,
}

/// Signals so far, which fade. Memory: two numbers for each ad, landing, template and entity of which something was heard.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    seen: HashMap<(Of, String), Seen>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Of {
    Ad,
    Landing,
    Template,
    Entity,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    bad: f64,
    good: f64,
    at: DateTime<Utc>,
}

/// How high an ad stands, and why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Priority {
    /// 0 without any signal; the order is what counts.
    pub score: f64,
    pub by_ad: f64,
    pub by_landing: f64,
    pub by_template: f64,
    pub by_entity: f64,
}

/// An ad that can be visited.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waiting {
    pub score: f64,
    /// Since it was visited last, or since it runs.
    pub days: f64,
    /// Whether it was visited at all.
    pub visited: bool,
}

/// After so many days a signal weighs half.
const HALF_LIFE: f64 = 30.0;
/// What is unknown weighs as so many clean visits: one complaint is a third, one violation two thirds.
const UNKNOWN: f64 = 2.0;
/// Of what is asked for, this part goes by signals; the rest to whoever waits the longest, so that nobody is never visited.
const BY_SIGNALS: f64 = 0.7;
/// Who was visited that lately has hardly changed since. Days.
const LATELY: f64 = 14.0;

impl Sign {
    /// How bad, and how good it is for what an ad has. A clean visit says much of the ad and little of the next one of its advertiser,
    /// which may be clean because it waits until it is trusted.
    fn weighs(self, of: Of) -> (f64, f64) {
        match (self, of) {
            (Self::Complaint, _) => (1.0, 0.0),
            (Self::Violation, _) => (4.0, 0.0),
            (Self::Clean, Of::Ad) => (0.0, 2.0),
            (Self::Clean, Of::Landing | Of::Template) => (0.0, 1.0),
            (Self::Clean, Of::Entity) => (0.0, 0.25),
        }
    }
}

impl Of {
    /// How much it says about an ad.
    fn weight(self) -> f64 {
        match self {
            Self::Ad => 1.0,
            Self::Landing => 0.9,
            Self::Template => 0.6,
            Self::Entity => 0.8,
        }
    }
}

impl Seen {
    fn faded(self, now: DateTime<Utc>) -> Self {
        let days = (now - self.at).as_seconds_f64().max(0.0) / 86_400.0;
        let left = (-days / HALF_LIFE).exp2();
        Self { bad: self.bad * left, good: self.good * left, at: self.at.max(now) }
    }
}

impl Signals {
    /// Notes a signal about an ad.
    pub fn note(&mut self, ad: &str, likeness: &Likeness, sign: Sign, at: DateTime<Utc>) {
        for key in keys(ad, likeness) {
            let (bad, good) = sign.weighs(key.0);
            let seen = self.seen.entry(key).or_insert(Seen { bad: 0.0, good: 0.0, at });
            *seen = seen.faded(at);
            seen.bad += bad;
            seen.good += good;
        }
    }

    /// How high an ad stands at a moment.
    pub fn priority(&self, ad: &str, likeness: &Likeness, now: DateTime<Utc>) -> Priority {
        let mut told = Priority::default();
        for key in keys(ad, likeness) {
            let Some(seen) = self.seen.get(&key).map(|seen| seen.faded(now)) else { continue };
            let part = key.0.weight() * seen.bad / (seen.bad + seen.good + UNKNOWN);
            match key.0 {
                Of::Ad => told.by_ad = part,
                Of::Landing => told.by_landing = part,
                Of::Template => told.by_template = part,
                Of::Entity => told.by_entity = part,
            }
        }
        told.score = told.by_ad + told.by_landing + told.by_template + told.by_entity;
        told
    }

    /// Forgets what has faded away.
    pub fn forget(&mut self, now: DateTime<Utc>) {
        self.seen.retain(|_, seen| {
            let seen = seen.faded(now);
            seen.bad + seen.good > 0.01
        });
    }
}

/// Which ads are visited with a budget of so many visits, by their place in the list: those that signals speak of first, and of the
/// rest those that wait the longest.
pub fn turn(waiting: &[Waiting], budget: usize) -> Vec<usize> {
    let by_signals = (budget as f64 * BY_SIGNALS) as usize;
    let urgency = |one: &Waiting| if one.visited { one.score * (one.days / LATELY).min(1.0) } else { one.score };
    let mut order: Vec<usize> = (0..waiting.len()).filter(|at| urgency(&waiting[*at]) > 0.0).collect();
    order.sort_by(|a, b| urgency(&waiting[*b]).total_cmp(&urgency(&waiting[*a])).then(a.cmp(b)));
    order.truncate(by_signals);
    let mut taken = vec![false; waiting.len()];
    order.iter().for_each(|at| taken[*at] = true);
    let mut rest: Vec<usize> = (0..waiting.len()).filter(|at| !taken[*at]).collect();
    rest.sort_by(|a, b| waiting[*b].days.total_cmp(&waiting[*a].days).then(a.cmp(b)));
    order.extend(rest.into_iter().take(budget - order.len()));
    order
}

fn keys(ad: &str, likeness: &Likeness) -> impl Iterator<Item = (Of, String)> {
    let Likeness { landing, template, entity } = likeness;
    let of = |of: Of, what: &Option<String>| what.clone().map(|what| (of, what));
    [Some((Of::Ad, ad.to_owned())), of(Of::Landing, landing), of(Of::Template, template), of(Of::Entity, entity)]
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests;
