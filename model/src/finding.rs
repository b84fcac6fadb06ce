//! Facts stated by one check: promised here, delivered there, this sure. No law in them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::evidence::{AdPlace, PagePlace, Place};
use crate::units::Level;

/// A fact stated by one check. It cannot be built without a promised and a delivered place: see [`Finding::of`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    check: String,
    confidence: Confidence,
    scope: Scope,
    promised: Exhibit<AdPlace>,
    delivered: Exhibit<PagePlace>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    also: Vec<Exhibit<Place>>,
    /// Normalised values for those who write notes: `promised_kind`, `price`, ….
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    facts: BTreeMap<String, serde_json::Value>,
}

/// Evidence plus place, as shown to a reader.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exhibit<P> {
    /// The words as shown; for the click, its URL; for a page that says nothing, what it answered.
    pub quote: String,
    #[serde(flatten)]
    pub place: P,
}

impl<P> Exhibit<P> {
    pub fn new(quote: impl Into<String>, place: P) -> Self {
        Self { quote: quote.into(), place }
    }
}

impl From<Exhibit<AdPlace>> for Exhibit<Place> {
    fn from(e: Exhibit<AdPlace>) -> Self {
        Exhibit { quote: e.quote, place: Place::Ad(e.place) }
    }
}

impl From<Exhibit<PagePlace>> for Exhibit<Place> {
    fn from(e: Exhibit<PagePlace>) -> Self {
        Exhibit { quote: e.quote, place: Place::Page(e.place) }
    }
}

/// How sure the check is of the fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

/// Whose duty the fact concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The first page a person sees: what the law makes everyone check.
    NextLevel,
    /// Further on.
    Deeper,
    /// A platform's own rule.
    Platform,
}

impl Finding {
    /// Begins a finding of the check with this id; the compiler then asks for both places.
    pub fn of(check: &str) -> NeedsPromise {
        NeedsPromise { check: check.to_owned() }
    }

    /// Adds a further place that bears on the fact.
    #[must_use]
    pub fn also(mut self, exhibit: impl Into<Exhibit<Place>>) -> Self {
        self.also.push(exhibit.into());
        self
    }

    /// Makes it no surer than this.
    #[must_use]
    pub fn at_most(self, confidence: Confidence) -> Self {
        Self { confidence: self.confidence.min(confidence), ..self }
    }

    /// Makes it no less sure than this.
    #[must_use]
    pub fn at_least(self, confidence: Confidence) -> Self {
        Self { confidence: self.confidence.max(confidence), ..self }
    }

    /// Adds a normalised value for those who write notes.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).expect("internal error: a fact is plain data");
        self.facts.insert(name.to_owned(), value);
        self
    }

    /// The id of the check, as in the list of checks: kebab-case.
    pub fn check(&self) -> &str {
        &self.check
    }

    pub fn confidence(&self) -> Confidence {
        self.confidence
    }

    pub fn scope(&self) -> Scope {
        self.scope
    }

    pub fn promised(&self) -> &Exhibit<AdPlace> {
        &self.promised
    }

    pub fn delivered(&self) -> &Exhibit<PagePlace> {
        &self.delivered
    }

    pub fn others(&self) -> &[Exhibit<Place>] {
        &self.also
    }

    pub fn facts(&self) -> &BTreeMap<String, serde_json::Value> {
        &self.facts
    }
}

/// A finding that does not say yet what was promised.
#[derive(Debug)]
pub struct NeedsPromise {
    check: String,
}

impl NeedsPromise {
    pub fn promised(self, promised: Exhibit<AdPlace>) -> NeedsDelivery {
        NeedsDelivery { check: self.check, promised }
    }
}

/// A finding that does not say yet what was delivered.
#[derive(Debug)]
pub struct NeedsDelivery {
    check: String,
    promised: Exhibit<AdPlace>,
}

impl NeedsDelivery {
    pub fn delivered(self, delivered: Exhibit<PagePlace>) -> NeedsConfidence {
        NeedsConfidence { check: self.check, promised: self.promised, delivered }
    }
}

/// A finding that does not say yet how sure it is.
#[derive(Debug)]
pub struct NeedsConfidence {
    check: String,
    promised: Exhibit<AdPlace>,
    delivered: Exhibit<PagePlace>,
}

impl NeedsConfidence {
    pub fn sure(self, confidence: Confidence) -> Finding {
        let scope = if self.delivered.place.level > Level(1) { Scope::Deeper } else { Scope::NextLevel };
        Finding {
            check: self.check,
            confidence,
            scope,
            promised: self.promised,
            delivered: self.delivered,
            also: Vec::new(),
            facts: BTreeMap::new(),
        }
    }
}
