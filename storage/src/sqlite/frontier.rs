//! The frontier of a store in one folder.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Sqlite, Transaction};

use super::SqliteStore;
use crate::frontier::{Attempt, Done, Failed, Lease, Lost, NewJob, Progress, Recorded, Token, frontier, pause_after};
use crate::store::StoreError;

frontier!(SqliteStore, Sqlite, skip: "", wait: "");
