//! The gate that every contact passes, in the order of time.

use core::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::data::{Agents, Limits};
use super::givt::{self, AddressSeen, Counter, Recent};
use super::remembered::{Remembered, key};
use super::sivt::{Beat, Shared, Source, Travelled};
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
    /// Whose pseudonyms, devices and ads it names: the same name elsewhere is another one. Empty where nobody said.
    pub platform: &'a str,
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
}

/// How much is remembered: the memory of a gate does not grow with the log. A user or device takes 0.7 KB, a device that many share and
/// an address that many are behind 2 KB more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Users and devices, addresses, sources, each; the longest unseen are forgotten first.
    pub keys: usize,
    /// What is not seen for so long is forgotten. Hours.
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
pub struct Gate {
    limits: Limits,
    agents: Agents,
    data_centres: Ranges,
    actors: Remembered<Actor>,
    devices: Remembered<Shared>,
    addresses: Remembered<AddressSeen>,
    sources: Remembered<Source>,
    latest: Option<DateTime<Utc>>,
}

/// What is remembered of one user or device.
#[derive(Debug, Default)]
struct Actor {
    clicks: Counter,
    travelled: Travelled,
    beat: Beat,
    recent: Recent,
}

impl Gate {
    /// `data_centres`: what the operator gave; `own_agents`: product tokens of our own visits' user agents.
    pub fn new(data_centres: Ranges, own_agents: &[String], bounds: Bounds) -> Self {
        let limits = Limits::built_in();
        let agents = Agents::new(&limits, own_agents);
        let (actors, devices) = (Remembered::new(bounds), Remembered::new(bounds));
        let (addresses, sources) = (Remembered::new(bounds), Remembered::new(bounds));
        Self { limits, agents, data_centres, actors, devices, addresses, sources, latest: None }
    }

    /// Why a contact is invalid. Contacts come in the order of their time; one that is older than the last is judged by itself alone.
    ///
    /// What is invalid by itself teaches nothing about others: what happens over time is looked for in what is left, as the MRC
    /// has it.
    pub fn judge(&mut self, contact: &Contact<'_>) -> Judged {
        let mut reasons = givt::by_itself(contact, &self.agents, &self.data_centres);
        let late = self.latest.is_some_and(|latest| contact.at < latest);
        let too_fast = contact.install
            && contact.clicked_at.is_some_and(|clicked| {
                contact.at - clicked < TimeDelta::seconds(self.limits.injection.fastest_install)
            });
        if too_fast {
            reasons.push(Reason::ClickInjection);
        }
        if !reasons.is_empty() || late {
            return Judged { reasons, earlier: Vec::new() };
        }
        self.latest = Some(contact.at);
        let mut judged = Judged::default();
        self.by_actor(contact, &mut judged);
        self.by_address(contact, &mut judged);
        self.by_source(contact, &mut judged);
        judged.reasons.sort_unstable();
        judged.reasons.dedup();
        judged
    }

    /// By what its user and its device did before.
    fn by_actor(&mut self, contact: &Contact<'_>, judged: &mut Judged) {
        let (at, limits) = (contact.at.timestamp(), &self.limits);
        let of = |sort: &str, id: &str| key((sort, contact.platform, id));
        let (user, device) = (contact.user.map(|id| of("user", id)), contact.device.map(|id| of("device", id)));
        for who in [user, device].into_iter().flatten() {
            let actor = self.actors.of(who, at);
            let mut found = Vec::new();
            if contact.what == What::Click {
                if givt::restless(actor.clicks.with(at), limits) {
                    found.push(Reason::Activity);
                }
                if actor.beat.is_even(contact.at.timestamp_micros() as f64 / 1e6, limits) {
                    found.push(Reason::UniformIntervals);
                }
            }
            if contact.place.is_some_and(|place| actor.travelled.impossibly(place, at, limits)) {
                found.push(Reason::ImpossibleTravel);
            }
            if Some(who) == device && self.devices.of(who, at).too_much(user, contact.ip.map(network), at, limits) {
                found.push(Reason::DeviceReuse);
            }
            if found.is_empty() {
                actor.recent.push(contact.id);
            } else {
                for id in actor.recent.take() {
                    judged.earlier.extend(found.iter().map(|reason| (id, *reason)));
                }
                judged.reasons.extend(found);
            }
        }
    }

    /// By what others behind its address do.
    fn by_address(&mut self, contact: &Contact<'_>, judged: &mut Judged) {
        let Some(ip) = contact.ip.filter(|_| contact.what == What::Click) else { return };
        let at = contact.at.timestamp();
        // Who tells neither device nor user is told apart by the browser.
        let who = key((contact.platform, contact.device.or(contact.user), contact.user_agent));
        if self.addresses.of(key(("ip", ip)), at).restless(who, at, &self.limits) {
            judged.reasons.push(Reason::Activity);
        }
    }

    /// By what else its source leads to.
    fn by_source(&mut self, contact: &Contact<'_>, judged: &mut Judged) {
        let Some(source) = contact.source else { return };
        let source = self.sources.of(key(("source", contact.platform, source)), contact.at.timestamp());
        match (contact.what, contact.clicked_at) {
            (What::Click, _) => source.click(),
            (What::Conversion, Some(clicked)) if contact.install => {
                source.install((contact.at - clicked).num_seconds())
            }
            _ => {}
        }
        if contact.what != What::Impression && source.floods(&self.limits) {
            judged.reasons.push(Reason::ClickFlooding);
        }
    }
}

/// The network of an address: 256 of IPv4, a site of IPv6.
fn network(ip: IpAddr) -> u64 {
    match ip {
        IpAddr::V4(ip) => key(("v4", ip.to_bits() >> 8)),
        IpAddr::V6(ip) => key(("v6", ip.to_bits() >> 80)),
    }
}
