//! The sweeps of a store in one folder.

use chrono::{DateTime, Utc};
use model::sweep::{Round, RoundCounts, RoundState, Sweep, SweepState};

use super::SqliteStore;
use crate::store::StoreError;
use crate::sweeps::{sweeps, sweeps_in_sight, word};

sweeps!(SqliteStore);
sweeps_in_sight!(SqliteStore, "sweeps.sweep ->> '$.scope.platform'", "sweeps.sweep ->> '$.scope.advertiser'");
