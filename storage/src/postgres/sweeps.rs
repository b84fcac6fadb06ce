//! The sweeps of several machines.

use chrono::{DateTime, Utc};
use model::sweep::{Round, RoundCounts, RoundState, Sweep, SweepState};

use super::PostgresStore;
use crate::store::StoreError;
use crate::sweeps::{sweeps, word};

sweeps!(PostgresStore);
