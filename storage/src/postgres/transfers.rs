//! What was handed over to other authorities, of several machines.

use chrono::DateTime;

use super::PostgresStore;
use crate::store::{CaseId, StoreError};
use crate::transfers::sql::TransferRow;
use crate::transfers::{Transfer, transfers};

transfers!(PostgresStore);
