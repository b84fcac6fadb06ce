//! The words and patterns by which claims are recognised; data, loaded from `policies/lexicons`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::claim::OfferKind;

/// Every language's words together: pages mix languages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lexicon {
    pub kinds: BTreeMap<OfferKind, Kind>,
    /// Lists of words or regular expressions by what they mean: `negation`, `recurring`, `order-button`, ….
    pub terms: BTreeMap<String, Vec<String>>,
    /// For a term the senses that a sentence without any of its words may have in its place; any of them will do.
    #[serde(default)]
    pub senses: BTreeMap<String, Vec<String>>,
}

/// A sort of thing that can be offered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kind {
    /// Kinds of one family are not a switch from each other.
    pub family: String,
    /// Families that honestly go together with this one: a phone with its rental, a voucher with its restaurant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<String>,
    /// Sums by the month are no fee here unless the words say so: pay in a job, an instalment of a loan, a rent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sums_are_no_fee: bool,
    /// Name by language: `zh-CN`, `en`.
    pub title: BTreeMap<String, String>,
    /// Id in the IAB Ad Product Taxonomy 2.0, where one fits.
    #[serde(default)]
    pub iab: Option<String>,
    /// Words or regular expressions in normal form, each with its weight: 1.0 says the kind by itself.
    #[serde(default)]
    pub words: BTreeMap<String, f64>,
}
