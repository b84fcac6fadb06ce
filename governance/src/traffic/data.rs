//! What makes a contact invalid, as data: `governance/data/traffic.toml`.

use aho_corasick::AhoCorasick;
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) bots: Vec<String>,
    pub(super) not_bots: Vec<String>,
    pub(super) scripts: Vec<String>,
    pub(super) none: Vec<String>,
    pub(super) activity: Activity,
    pub(super) address: Address,
    pub(super) travel: Travel,
    pub(super) device: Device,
    pub(super) injection: Injection,
    pub(super) intervals: Intervals,
    pub(super) flooding: Flooding,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Activity {
    pub(super) minute: f64,
    pub(super) hour: f64,
    pub(super) day: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Address {
    pub(super) minute: f64,
    pub(super) hour: f64,
    pub(super) a_device: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Travel {
    pub(super) km_an_hour: f64,
    pub(super) km: f64,
    pub(super) jumps_a_day: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Device {
    pub(super) users: usize,
    pub(super) with_networks: usize,
    pub(super) networks: usize,
    pub(super) users_anywhere: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Injection {
    pub(super) fastest_install: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Intervals {
    pub(super) many: usize,
    pub(super) vary: f64,
    pub(super) pause: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Flooding {
    pub(super) installs: u32,
    pub(super) within_an_hour: f64,
    pub(super) clicks_an_install: f64,
}

impl Limits {
    pub(super) fn built_in() -> Self {
        toml::from_str(include_str!("../../data/traffic.toml")).expect("internal error: the built-in limits are wrong")
    }
}

/// User agents of machines.
#[derive(Debug)]
pub(super) struct Agents {
    bots: AhoCorasick,
    not_bots: Vec<String>,
    scripts: AhoCorasick,
    none: Vec<String>,
    own: Vec<String>,
}

/// What a user agent says of whoever sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agent {
    Browser,
    Own,
    Bot,
    Invalid,
}

impl Agents {
    pub(super) fn new(limits: &Limits, own: &[String]) -> Self {
        let automaton = |words: &[String]| AhoCorasick::new(words).expect("internal error: a list is not that large");
        Self {
            bots: automaton(&limits.bots),
            not_bots: limits.not_bots.clone(),
            scripts: automaton(&limits.scripts),
            none: limits.none.clone(),
            own: own.iter().filter(|own| !own.is_empty()).map(|own| own.to_lowercase()).collect(),
        }
    }

    pub(super) fn of(&self, agent: &str) -> Agent {
        let agent = agent.trim().to_lowercase();
        if self.own.iter().any(|own| agent.contains(own)) {
            return Agent::Own;
        }
        if self.none.contains(&agent) || self.scripts.is_match(&agent) {
            return Agent::Invalid;
        }
        let without = self.not_bots.iter().fold(agent, |agent, maker| agent.replace(maker, ""));
        if self.bots.is_match(&without) { Agent::Bot } else { Agent::Browser }
    }
}
