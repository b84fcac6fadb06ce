//! What makes a violation graver or less grave than its rule says, and for whom less certainty is enough. Data of packs.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use model::finding::{Confidence, Finding};
use model::violation::Weighed;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::circumstances::{Circumstances, Group};

/// `[[modifiers]]`: moves a violation's severity where all of its conditions hold.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Modifier {
    pub(crate) id: String,
    /// Steps: 1 is graver, -1 less grave.
    pub(crate) by: i8,
    /// Told in the violation, by language.
    pub(crate) why: BTreeMap<String, String>,
    pub(crate) when: Conditions,
}

/// All that are given must hold; at least one is.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Conditions {
    /// The finding is of one of these checks.
    #[serde(default)]
    check: BTreeSet<String>,
    /// Another finding of the same case is of one of these checks, and at least as sure as `medium`.
    #[serde(default)]
    beside: BTreeSet<String>,
    /// The finding has all of these facts.
    #[serde(default)]
    has: BTreeSet<String>,
    /// Numbers among the facts, each of which must be there.
    #[serde(default)]
    fact: BTreeMap<String, Bounds>,
    #[serde(default)]
    audience: BTreeSet<Group>,
    /// Other ads of the advertiser were found violating before.
    earlier: Option<Earlier>,
    /// Whether it was put right before anybody was told.
    corrected: Option<bool>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bounds {
    at_least: Option<f64>,
    below: Option<f64>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Earlier {
    /// So many other ads.
    at_least: usize,
    within_days: i64,
}

impl Earlier {
    fn holds(self, circumstances: &Circumstances) -> bool {
        let since = circumstances.at - TimeDelta::days(self.within_days);
        let counted = circumstances.earlier.iter().filter(|at| since <= **at && **at <= circumstances.at);
        counted.count() >= self.at_least
    }
}

/// `[[thresholds]]`: for whom less certainty is enough.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Threshold {
    pub(crate) audience: Group,
    /// Findings of these checks.
    pub(crate) check: BTreeSet<String>,
    pub(crate) min_confidence: Confidence,
    /// Told in the violation, by language.
    pub(crate) why: BTreeMap<String, String>,
}

impl Modifier {
    /// What it adds to a violation; none where a condition does not hold.
    pub(crate) fn weigh(&self, finding: &Finding, all: &[Finding], circumstances: &Circumstances) -> Option<Weighed> {
        let holds = self.when.hold(finding, all, circumstances);
        holds.then(|| Weighed { id: self.id.clone(), by: self.by, why: self.why.clone() })
    }
}

impl Conditions {
    pub(crate) fn none(&self) -> bool {
        self.check.is_empty()
            && self.beside.is_empty()
            && self.has.is_empty()
            && self.fact.is_empty()
            && self.audience.is_empty()
            && self.earlier.is_none()
            && self.corrected.is_none()
    }

    fn hold(&self, finding: &Finding, all: &[Finding], circumstances: &Circumstances) -> bool {
        let is_among = |checks: &BTreeSet<String>, finding: &Finding| checks.contains(finding.check());
        let beside = |other: &Finding| {
            other.check() != finding.check()
                && other.confidence() >= Confidence::Medium
                && is_among(&self.beside, other)
        };
        let within = |(name, bounds): (&String, &Bounds)| {
            let number = finding.facts().get(name).and_then(serde_json::Value::as_f64);
            number.is_some_and(|number| bounds.hold(number))
        };
        (self.check.is_empty() || is_among(&self.check, finding))
            && (self.beside.is_empty() || all.iter().any(beside))
            && self.has.iter().all(|name| finding.facts().get(name).is_some_and(|fact| !fact.is_null()))
            && self.fact.iter().all(within)
            && (self.audience.is_empty() || self.audience.iter().any(|group| circumstances.addresses(*group)))
            && self.earlier.is_none_or(|earlier| earlier.holds(circumstances))
            && self.corrected.is_none_or(|wanted| wanted == circumstances.corrected.contains(finding.check()))
    }
}

impl Bounds {
    fn hold(self, number: f64) -> bool {
        self.at_least.is_none_or(|least| number >= least) && self.below.is_none_or(|end| number < end)
    }
}

impl Threshold {
    fn concerns(&self, finding: &Finding, circumstances: &Circumstances) -> bool {
        circumstances.addresses(self.audience) && self.check.contains(finding.check())
    }

    /// How sure a finding must be for a rule that asks for `least`, and what of that is owed to its audience.
    pub(crate) fn lowered(
        all: &[Self],
        finding: &Finding,
        least: Confidence,
        circumstances: &Circumstances,
    ) -> (Confidence, Option<Weighed>) {
        let lower = all.iter().filter(|one| one.min_confidence < least && one.concerns(finding, circumstances));
        let Some(lowest) = lower.min_by_key(|one| one.min_confidence) else { return (least, None) };
        let owed = finding.confidence() < least;
        let id = format!("threshold-{}", if lowest.audience == Group::Elderly { "elderly" } else { "minor" });
        (lowest.min_confidence, owed.then(|| Weighed { id, by: 0, why: lowest.why.clone() }))
    }
}
