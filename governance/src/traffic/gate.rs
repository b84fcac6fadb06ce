//! The gate that every contact passes, in the order of time.

use core::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Ranges, Reason};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    Impression,
    Click,
    Conversion,
}

/// One impression, click or conversion, as far as it says whether it is a person's.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact<'a> {
    /// Whatever the caller knows it by again: the number of a row.
    pub id: u64,
    pub what: What,
    pub at: DateTime<Utc>,
    pub user: Option<&'a str>,
    pub device: Option<&'a str>,
    pub ip: Option<IpAddr>,
    /// None: the platform does not tell, which is no sign of anything. Empty: the browser sent none.
    pub user_agent: Option<&'a str>,
    pub size: Option<(u32, u32)>,
    pub prefetch: bool,
    /// Degrees north and east.
    pub place: Option<(f64, f64)>,
    /// Whose traffic it is: an ad or a channel, as click flooding goes by source.
    pub source: Option<&'a str>,
    /// Of a conversion: when the click was that led to it.
    pub clicked_at: Option<DateTime<Utc>>,
    /// Of a conversion: whether it is an installation, which takes a while.
    pub install: bool,
    /// Whether its id is one that our own visits declared.
    pub own: bool,
}

/// How much is remembered: the memory of a gate does not grow with the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Users, devices, addresses and sources, each; the longest unseen are forgotten first.
    pub keys: usize,
    /// Nothing is remembered for longer. Hours.
    pub hours: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { keys: 200_000, hours: 48 }
    }
}

/// What a contact turned out to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// Empty: valid, as far as is known by now.
    pub reasons: Vec<Reason>,
    /// Earlier contacts that only this one gives away, by their ids.
    pub earlier: Vec<(u64, Reason)>,
}

/// What was seen so far.
#[derive(Debug)]
pub struct Gate {}

impl Gate {
    /// `data_centres`: what the operator gave; `own_agents`: product tokens of our own visits' user agents.
    pub fn new(data_centres: Ranges, own_agents: &[String], bounds: Bounds) -> Self {
        let _ = (data_centres, own_agents, bounds);
        todo!()
    }

    /// Why a contact is invalid. Contacts come in the order of their time; one that is older than the last is judged by itself alone.
    pub fn judge(&mut self, contact: &Contact<'_>) -> Judged {
        let _ = contact;
        todo!()
    }
}
