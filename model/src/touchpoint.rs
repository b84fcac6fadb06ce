//! The way of a user to a conversion, contact by contact.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One contact of a user with an ad. Ids are unique within a platform: the same id again is the same contact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Touchpoint {
    /// Of a click: the click id that complaints and conversions name.
    pub id: String,
    pub kind: Contact,
    pub at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// None: not by an ad (a channel such as `direct` has none).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ad: Option<String>,
    /// `feed`, `search`, `direct`, …, as the platform names it.
    pub channel: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<IpAddr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Width and height on the screen in CSS pixels, of an impression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<(u32, u32)>,
    /// `Sec-Purpose` or `Purpose` said that it was fetched ahead of any user.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub prefetch: bool,
    /// Degrees north and east, where the platform knows where the device was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<(f64, f64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contact {
    Impression,
    Click,
}

/// What a user did in the end: an order, a registration, an installation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conversion {
    pub id: String,
    pub at: DateTime<Utc>,
    /// `order`, `register`, `install`, …, as the platform names it.
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Where neither is given, the last click of the user before it says which ad it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ad: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub click: Option<String>,
    /// In hundredths of the currency's unit (fen).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<u64>,
}
