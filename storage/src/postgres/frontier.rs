//! The frontier of several machines.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Postgres, Transaction};

use super::PostgresStore;
use crate::frontier::{
    Attempt, Done, Failed, GivenUp, Lease, Lost, NewJob, Progress, Recorded, Token, frontier, pause_after,
};
use crate::store::{CaseId, Filed, OfJob, Opened, StoreError};

frontier!(PostgresStore, Postgres, skip: " FOR UPDATE SKIP LOCKED", wait: " FOR UPDATE");
