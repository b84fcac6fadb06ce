//! Which ads are visited before anybody complains: signals about an ad raise it, and less so what is like it.

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

/// Signals so far, which fade.
#[derive(Clone, Debug, Default)]
pub struct Signals {}

/// How high an ad stands, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Priority {
    /// 0 without any signal; the order is what counts.
    pub score: f64,
    pub by_ad: f64,
    pub by_landing: f64,
    pub by_template: f64,
    pub by_entity: f64,
}

impl Signals {
    /// Notes a signal about an ad.
    pub fn note(&mut self, ad: &str, likeness: &Likeness, sign: Sign, at: DateTime<Utc>) {
        let _ = (ad, likeness, sign, at);
        todo!()
    }

    /// How high an ad stands at a moment.
    pub fn priority(&self, ad: &str, likeness: &Likeness, now: DateTime<Utc>) -> Priority {
        let _ = (ad, likeness, now);
        todo!()
    }
}
