//! The sweeps of several machines.

use chrono::{DateTime, Utc};
use model::sweep::{Round, RoundCounts, RoundState, Sweep, SweepState};

use super::PostgresStore;
use crate::store::StoreError;
use crate::sweeps::{sweeps, sweeps_in_sight, word};

sweeps!(PostgresStore);
sweeps_in_sight!(
    PostgresStore,
    "sweeps.sweep::json #>> '{scope,platform}'",
    "sweeps.sweep::json #>> '{scope,advertiser}'"
);
