//! Why a contact is invalid.

use serde::{Deserialize, Serialize};

/// Why a contact is not a person's, or not a valid one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Our own visit.
    OwnVisit,
    /// A crawler or program that says so in its user agent.
    KnownBot,
    /// A user agent that no browser has, or none.
    InvalidUserAgent,
    /// From a range of addresses that the operator says is a data centre's.
    DataCentre,
    /// Fetched ahead of any user.
    Prefetch,
    /// An impression of nothing, or of one pixel.
    InvalidPlacement,
    /// More from one user or device than a person does.
    Activity,
    /// Somewhere else sooner than anybody travels.
    ImpossibleTravel,
    /// One device as many users, or from many networks.
    DeviceReuse,
    /// A click so shortly before the installation that it cannot have led to it.
    ClickInjection,
    /// Clicks by the clock.
    UniformIntervals,
    /// Clicks of a source that hardly ever lead to anything, and then whenever.
    ClickFlooding,
}

/// General or sophisticated invalid traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    Givt,
    Sivt,
}

impl Reason {
    pub fn class(self) -> Class {
        use Reason::*;
        match self {
            OwnVisit | KnownBot | InvalidUserAgent | DataCentre | Prefetch | InvalidPlacement | Activity => Class::Givt,
            ImpossibleTravel | DeviceReuse | ClickInjection | UniformIntervals | ClickFlooding => Class::Sivt,
        }
    }
}
