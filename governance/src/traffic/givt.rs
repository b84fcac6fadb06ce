//! General invalid traffic: what lists, the contact itself and plain counting tell.

use std::collections::VecDeque;

use super::data::{Agent, Agents, Limits};
use super::{Contact, Ranges, Reason, What};

/// What a contact says of itself.
pub(super) fn by_itself(contact: &Contact<'_>, agents: &Agents, data_centres: &Ranges) -> Vec<Reason> {
    let agent = contact.user_agent.map_or(Agent::Browser, |agent| agents.of(agent));
    let nothing = |(width, height): (u32, u32)| width <= 1 || height <= 1;
    [
        (agent == Agent::Own, Reason::OwnVisit),
        (agent == Agent::Bot, Reason::KnownBot),
        (agent == Agent::Invalid, Reason::InvalidUserAgent),
        (contact.ip.is_some_and(|ip| data_centres.hold(ip)), Reason::DataCentre),
        (contact.prefetch, Reason::Prefetch),
        (contact.what == What::Impression && contact.size.is_some_and(nothing), Reason::InvalidPlacement),
    ]
    .into_iter()
    .filter_map(|(is, reason)| is.then_some(reason))
    .collect()
}

/// How many came in a minute, an hour and a day, about: of the span before, the part that is not over counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Counter([Span; 3]);

#[derive(Clone, Copy, Debug, Default)]
struct Span {
    number: i64,
    now: u32,
    before: u32,
}

const SECONDS: [i64; 3] = [60, 3_600, 86_400];

impl Counter {
    /// With one more at a time (seconds): in the last minute, hour, day.
    pub(super) fn with(&mut self, at: i64) -> [f64; 3] {
        let mut told = [0.0; 3];
        for ((span, seconds), told) in self.0.iter_mut().zip(SECONDS).zip(&mut told) {
            let number = at.div_euclid(seconds);
            if number != span.number {
                let before = if number == span.number + 1 { span.now } else { 0 };
                *span = Span { number, now: 0, before };
            }
            span.now += 1;
            let left = 1.0 - at.rem_euclid(seconds) as f64 / seconds as f64;
            *told = f64::from(span.now) + f64::from(span.before) * left;
        }
        told
    }
}

/// Whether one user or device clicks more than a person does.
pub(super) fn restless(rates: [f64; 3], limits: &Limits) -> bool {
    let limit = &limits.activity;
    rates[0] > limit.minute || rates[1] > limit.hour || rates[2] > limit.day
}

/// What is remembered of an address.
#[derive(Clone, Debug, Default)]
pub(super) struct AddressSeen {
    clicks: Counter,
    /// Since when devices are counted (seconds), and how many clicks since.
    since: i64,
    counted: u32,
    devices: Vec<u64>,
}

/// More devices than that behind one address are enough to make it an office, whatever it does. Bounds its memory.
const MANY_DEVICES: usize = 256;

impl AddressSeen {
    /// Whether its devices click more than persons do, at a click of one of them.
    pub(super) fn restless(&mut self, device: u64, at: i64, limits: &Limits) -> bool {
        if at - self.since > SECONDS[2] {
            (self.since, self.counted) = (at, 0);
            self.devices.clear();
        }
        self.counted += 1;
        if self.devices.len() < MANY_DEVICES && !self.devices.contains(&device) {
            self.devices.push(device);
        }
        let [minute, hour, _] = self.clicks.with(at);
        let limit = &limits.address;
        let busy = minute > limit.minute || hour > limit.hour;
        busy && self.devices.len() < MANY_DEVICES
            && f64::from(self.counted) > limit.a_device * self.devices.len() as f64
    }
}

/// The last contacts of somebody, by id, that were not given away yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent(VecDeque<u64>);

impl Recent {
    /// So many are remembered: of a row by the clock all that shows it.
    const MANY: usize = 24;

    pub(super) fn push(&mut self, id: u64) {
        if self.0.len() == Self::MANY {
            self.0.pop_front();
        }
        self.0.push_back(id);
    }

    /// All of them, which are forgotten.
    pub(super) fn take(&mut self) -> impl Iterator<Item = u64> {
        std::mem::take(&mut self.0).into_iter()
    }
}
