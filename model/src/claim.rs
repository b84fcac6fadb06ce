//! What is offered, normalised, and where it is said.

use serde::{Deserialize, Serialize};

use crate::statement::Currency;
use crate::units::Period;

/// What sort of thing is offered, by the id of a kind in the lexicon: `game-gift`, `telecom-plan`, ….
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OfferKind(pub String);

/// One offer as stated in one place, by the ad or by a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Index of the statement among those of its side.
    pub statement: usize,
    /// Characters of the statement's normal form on which the claim rests.
    pub chars: std::ops::Range<usize>,
    pub offer: Offer,
}

/// One slot of an offer, filled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "slot")]
pub enum Offer {
    Kind { kind: OfferKind },
    Price(Price),
    Quantity { amount: f64, unit: String },
    Condition { condition: String },
    Gift(Gift),
}

/// What is given on top of what is bought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gift {
    /// Its name in normal form, without its measures.
    pub name: String,
    /// How many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pieces: Option<f64>,
    /// How large, by what is measured and in its base unit: `mass` in grams, `data` in MB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<(String, f64)>,
    /// For how long, in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<f64>,
    /// A sum in its name: 「100元话费」.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worth: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// Hundredths of the currency.
    pub cents: i64,
    pub currency: Currency,
    pub per: Option<Period>,
    pub role: PriceRole,
    /// The least of several.
    pub from: bool,
}

/// What a sum is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PriceRole {
    /// What one pays now, once.
    Once,
    /// What one pays for a first period only.
    Introductory,
    /// What one pays each period, from the start or after a first one.
    Recurring,
    /// What it is said to have cost, or to be worth.
    Reference,
    /// What one saves or is given.
    Benefit,
    /// What more use costs (套外).
    Overage,
    /// What comes on top: postage, a deposit.
    Ancillary,
}
