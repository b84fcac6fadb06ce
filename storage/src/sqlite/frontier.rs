//! The frontier of a store in one folder.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Sqlite, Transaction};

use super::SqliteStore;
use crate::frontier::{
    Attempt, Done, Failed, GivenUp, Lease, Lost, NewJob, Progress, Recorded, Token, frontier, pause_after,
};
use crate::store::{CaseId, Filed, OfJob, Opened, StoreError};

frontier!(SqliteStore, Sqlite, skip: "", wait: "");
