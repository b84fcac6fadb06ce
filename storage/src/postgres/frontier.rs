//! The frontier of several machines.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Postgres, Transaction};

use super::PostgresStore;
use crate::frontier::{Attempt, Done, Failed, Lease, Lost, NewJob, Progress, Recorded, Token, frontier, pause_after};
use crate::store::StoreError;

frontier!(PostgresStore, Postgres, skip: " FOR UPDATE SKIP LOCKED", wait: " FOR UPDATE");
