//! What was examined when, of several machines.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::account::Sight;

use super::PostgresStore;
use crate::measures::sql::word;
use crate::store::StoreError;
use crate::weeks::{
    CASES, COMPLAINED, CaseRow, ComplainedRow, ComplainedThen, Examined, FOUND, FoundRow, FoundThere, weeks,
};

weeks!(PostgresStore);
