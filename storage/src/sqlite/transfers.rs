//! What was handed over to other authorities, of a store in one folder.

use chrono::DateTime;

use super::SqliteStore;
use crate::store::{CaseId, StoreError};
use crate::transfers::sql::TransferRow;
use crate::transfers::{Transfer, transfers};

transfers!(SqliteStore);
