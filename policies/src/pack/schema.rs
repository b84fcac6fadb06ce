//! The files of a pack as they are written: every key is known, and an unknown one is an error.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{FixedOffset, NaiveDate};
use model::finding::{Confidence, Finding, Scope};
use model::violation::{Remedy, Severity};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

/// `pack.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    pub(crate) id: Spanned<String>,
    pub(crate) title: BTreeMap<String, String>,
    pub(crate) jurisdiction: String,
    pub(crate) version: String,
    /// Where the law's days begin: `+08:00`.
    #[serde(deserialize_with = "offset")]
    pub(crate) utc_offset: FixedOffset,
    #[serde(deserialize_with = "day")]
    pub(crate) effective_from: NaiveDate,
    pub(crate) languages: Vec<Spanned<String>>,
    /// The facts that checks may put into findings, and notes may thus speak of.
    pub(crate) facts: BTreeSet<String>,
}

/// `rules/<id>.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) id: Spanned<String>,
    pub(crate) title: BTreeMap<String, String>,
    pub(crate) when: When,
    pub(crate) cite: Vec<Spanned<String>>,
    /// Cited first, and only of the first page a person sees: a duty that does not reach further.
    #[serde(default)]
    pub(crate) cite_next_level: Vec<Spanned<String>>,
    pub(crate) severity: Severity,
    /// Where the rule has a scope of its own.
    pub(crate) scope: Option<Scope>,
    pub(crate) in_force: InForce,
    pub(crate) stage: Stage,
    #[serde(default)]
    pub(crate) params: BTreeMap<String, toml::Value>,
    pub(crate) remedy: Remedy,
    pub(crate) note: Spanned<String>,
    /// Rules of this pack that say the graver thing about the same words of a page: where one of them judges those, this
    /// one is told within it. One fact is one violation.
    #[serde(default)]
    pub(crate) within: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct When {
    pub(crate) check: Vec<String>,
    pub(crate) min_confidence: Confidence,
    /// Any, when empty.
    #[serde(default)]
    pub(crate) scope: Vec<Scope>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InForce {
    #[serde(deserialize_with = "day")]
    pub(crate) from: NaiveDate,
    /// The last day.
    #[serde(default, deserialize_with = "some_day")]
    pub(crate) until: Option<NaiveDate>,
}

/// What a rule has come to in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Stage {
    /// Being tried out: it judges nothing yet.
    Trial,
    Settled,
    /// Kept so that old violations can be read.
    Retired,
}

/// `citations.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Library {
    pub(crate) instruments: BTreeMap<String, Instrument>,
    pub(crate) citations: BTreeMap<Spanned<String>, Clause>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Instrument {
    pub(crate) title: BTreeMap<String, String>,
    pub(crate) issued: String,
    /// None where the date itself is unverified.
    #[serde(default, deserialize_with = "some_day")]
    pub(crate) in_force_from: Option<NaiveDate>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Clause {
    /// Follows the instrument's title as it stands.
    pub(crate) article: BTreeMap<String, String>,
    pub(crate) clause: BTreeMap<String, String>,
    pub(crate) state: Verification,
}

/// How well a clause is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum Verification {
    /// Read in the instrument's own text.
    V,
    /// Exact wording read in a second-hand copy.
    V2,
    /// From memory.
    M,
}

impl Rule {
    pub(crate) fn judges_on(&self, day: NaiveDate) -> bool {
        self.stage == Stage::Settled
            && self.in_force.from <= day
            && self.in_force.until.is_none_or(|until| day <= until)
    }

    /// What is cited of a finding of this scope, in order.
    pub(crate) fn cites(&self, scope: Scope) -> Vec<String> {
        let first = self.cite_next_level.iter().filter(|_| scope == Scope::NextLevel);
        first.chain(&self.cite).map(|cite| cite.get_ref().clone()).collect()
    }
}

impl When {
    pub(crate) fn concerns(&self, finding: &Finding) -> bool {
        self.check.iter().any(|check| check == finding.check())
            && finding.confidence() >= self.min_confidence
            && (self.scope.is_empty() || self.scope.contains(&finding.scope()))
    }
}

fn offset<'de, D: Deserializer<'de>>(deserializer: D) -> Result<FixedOffset, D::Error> {
    let written = String::deserialize(deserializer)?;
    written
        .parse()
        .map_err(|_| serde::de::Error::custom(format!("`{written}` is no offset from UTC: write it as +08:00")))
}

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let written = toml::value::Datetime::deserialize(deserializer)?;
    let wrong = || serde::de::Error::custom(format!("`{written}` is no day: write it as 2026-11-01"));
    let date = written.date.filter(|_| written.time.is_none()).ok_or_else(wrong)?;
    NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()).ok_or_else(wrong)
}

fn some_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    day(deserializer).map(Some)
}
