//! What the console lists, of the store of several machines.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use model::account::Sight;
use model::evidence::EvidenceId;
use sqlx::{Postgres, QueryBuilder, Row as _};

use super::PostgresStore;
use crate::desk::sql::{AD, CASE, CHECKED, RUNS};
use crate::desk::*;
use crate::seal::Manifest;
use crate::store::{CaseId, Kept, StoreError};

desk!(PostgresStore, Postgres, "strpos");
