//! What was examined when, of a store in one folder.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::account::Sight;

use super::SqliteStore;
use crate::measures::sql::word;
use crate::store::StoreError;
use crate::weeks::{
    CASES, COMPLAINED, CaseRow, ComplainedRow, ComplainedThen, Examined, FOUND, FoundRow, FoundThere, weeks,
};

weeks!(SqliteStore);
