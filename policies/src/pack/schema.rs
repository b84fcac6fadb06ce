//! The files of a pack as they are written: every key is known, and an unknown one is an error.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{FixedOffset, NaiveDate};
use model::finding::{Confidence, Finding, Scope};
use model::violation::{Remedy, Severity};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::circumstances::Circumstances;
use crate::modifier::{Modifier, Threshold};

/// `pack.toml`
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    #[schemars(with = "String")]
    pub(crate) id: Spanned<String>,
    pub(crate) title: BTreeMap<String, String>,
    /// Whose law it is: an ISO 3166 code, or `EU`.
    pub(crate) jurisdiction: String,
    pub(crate) version: String,
    /// Where the law's days begin: `+08:00`.
    #[serde(deserialize_with = "offset")]
    #[schemars(with = "String")]
    pub(crate) utc_offset: FixedOffset,
    #[serde(deserialize_with = "day")]
    #[schemars(with = "String")]
    pub(crate) effective_from: NaiveDate,
    #[schemars(with = "Vec<String>")]
    pub(crate) languages: Vec<Spanned<String>>,
    /// Where an ad must run for this pack to judge it; the jurisdiction where none is given.
    #[serde(default)]
    pub(crate) markets: BTreeSet<String>,
    /// Only ads of these platforms are judged; of any where none is given.
    #[serde(default)]
    pub(crate) platforms: BTreeSet<String>,
    #[serde(default)]
    pub(crate) basis: Basis,
    /// A pack that is loaded as well: its facts, words, notes, modifiers and thresholds hold here where this pack has none.
    #[schemars(with = "Option<String>")]
    pub(crate) inherits: Option<Spanned<String>>,
    /// The facts that checks may put into findings, and notes may thus speak of.
    #[serde(default)]
    pub(crate) facts: BTreeSet<String>,
    /// Facts that an advertiser is not told, as they would teach evasion.
    #[serde(default)]
    pub(crate) withheld: BTreeSet<String>,
    #[serde(default)]
    pub(crate) modifiers: Vec<Modifier>,
    #[serde(default)]
    pub(crate) thresholds: Vec<Threshold>,
}

/// What a pack is written from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    #[default]
    Statute,
    /// A platform's policy as far as public facts tell it, not its own text.
    Modelled,
}

/// `rules/<id>.toml`
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    #[schemars(with = "String")]
    pub(crate) id: Spanned<String>,
    pub(crate) title: BTreeMap<String, String>,
    pub(crate) when: When,
    #[schemars(with = "Vec<String>")]
    pub(crate) cite: Vec<Spanned<String>>,
    /// Cited first, and only of the first page a person sees: a duty that does not reach further.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(crate) cite_next_level: Vec<Spanned<String>>,
    pub(crate) severity: Severity,
    /// Where the rule has a scope of its own.
    pub(crate) scope: Option<Scope>,
    pub(crate) in_force: InForce,
    pub(crate) stage: Stage,
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub(crate) params: BTreeMap<String, toml::Value>,
    pub(crate) remedy: Remedy,
    #[schemars(with = "String")]
    pub(crate) note: Spanned<String>,
    /// Rules (`rule`, or `pack/rule` of another pack) that say the graver thing about the same words of a page: where one of
    /// them judges those, this one is told within it. One fact is one violation.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(crate) within: Vec<Spanned<String>>,
    /// Rules (`rule`, or `pack/rule`) that judge nothing while this one is in force.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(crate) replaces: Vec<Spanned<String>>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct When {
    #[schemars(with = "Vec<String>")]
    pub(crate) check: Vec<Spanned<String>>,
    pub(crate) min_confidence: Confidence,
    /// Any, when empty.
    #[serde(default)]
    pub(crate) scope: Vec<Scope>,
    /// What the landing page must offer, by kind or family; anything, when empty.
    #[serde(default)]
    pub(crate) kind: BTreeSet<String>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InForce {
    #[serde(deserialize_with = "day")]
    #[schemars(with = "String")]
    pub(crate) from: NaiveDate,
    /// The last day.
    #[serde(default, deserialize_with = "some_day")]
    #[schemars(with = "Option<String>")]
    pub(crate) until: Option<NaiveDate>,
}

/// What a rule has come to in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Stage {
    /// Being tried out: it judges nothing yet.
    Trial,
    Settled,
    /// Kept so that old violations can be read.
    Retired,
}

/// `citations.toml`
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Library {
    pub(crate) instruments: BTreeMap<String, Instrument>,
    #[schemars(with = "BTreeMap<String, Clause>")]
    pub(crate) citations: BTreeMap<Spanned<String>, Clause>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Instrument {
    pub(crate) title: BTreeMap<String, String>,
    pub(crate) issued: String,
    /// None where the date itself is unverified.
    #[serde(default, deserialize_with = "some_day")]
    #[schemars(with = "Option<String>")]
    pub(crate) in_force_from: Option<NaiveDate>,
    /// The last day, where another instrument has taken its place.
    #[serde(default, deserialize_with = "some_day")]
    #[schemars(with = "Option<String>")]
    pub(crate) in_force_until: Option<NaiveDate>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Clause {
    /// Follows the instrument's title as it stands.
    pub(crate) article: BTreeMap<String, String>,
    pub(crate) clause: BTreeMap<String, String>,
    pub(crate) state: Verification,
}

/// How well a clause is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub(crate) enum Verification {
    /// Read in the instrument's own text.
    V,
    /// Exact wording read in a second-hand copy.
    V2,
    /// From memory.
    M,
}

impl Head {
    /// Takes over what this pack does not say itself.
    pub(crate) fn inherit(&mut self, parent: &Self) {
        self.facts.extend(parent.facts.iter().cloned());
        self.withheld.extend(parent.withheld.iter().cloned());
        if self.modifiers.is_empty() {
            self.modifiers.clone_from(&parent.modifiers);
        }
        if self.thresholds.is_empty() {
            self.thresholds.clone_from(&parent.thresholds);
        }
    }
}

impl Rule {
    pub(crate) fn id(&self) -> &str {
        self.id.get_ref()
    }

    /// Whether it judges on this day; one that is being tried out, when it is asked what it would do.
    pub(crate) fn judges_on(&self, day: NaiveDate, trial: bool) -> bool {
        let stage = self.stage == Stage::Settled || trial && self.stage == Stage::Trial;
        stage && self.in_force.holds(day)
    }

    /// All that may be cited, in order; the duty that reaches no further than the first page where that is meant.
    pub(crate) fn cites(&self, scope: Scope) -> impl Iterator<Item = &Spanned<String>> {
        let first = self.cite_next_level.iter().filter(move |_| scope == Scope::NextLevel);
        first.chain(&self.cite)
    }
}

impl InForce {
    pub(crate) fn holds(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// The first day on which both hold.
    pub(crate) fn meets(&self, other: &Self) -> Option<NaiveDate> {
        let from = self.from.max(other.from);
        (self.holds(from) && other.holds(from)).then_some(from)
    }
}

impl When {
    /// Whether a finding, on such a page, is of the sort; `least` is how sure it must be.
    pub(crate) fn concerns(&self, finding: &Finding, least: Confidence, circumstances: &Circumstances) -> bool {
        self.check.iter().any(|check| check.get_ref() == finding.check())
            && finding.confidence() >= least
            && (self.scope.is_empty() || self.scope.contains(&finding.scope()))
            && (self.kind.is_empty() || !self.kind.is_disjoint(&circumstances.kinds))
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
    day_of(written).ok_or_else(|| serde::de::Error::custom(format!("`{written}` is no day: write it as 2026-11-01")))
}

pub(crate) fn day_of(written: toml::value::Datetime) -> Option<NaiveDate> {
    let date = written.date.filter(|_| written.time.is_none())?;
    NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
}

fn some_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    day(deserializer).map(Some)
}
