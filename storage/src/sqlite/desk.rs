//! What the console lists, of a store in one folder.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use model::account::Sight;
use model::evidence::EvidenceId;
use sqlx::{QueryBuilder, Row as _, Sqlite};

use super::SqliteStore;
use crate::desk::sql::{AD, CASE, CHECKED, RUNS};
use crate::desk::*;
use crate::seal::Manifest;
use crate::store::{CaseId, Kept, StoreError};

desk!(SqliteStore, Sqlite, "instr");
