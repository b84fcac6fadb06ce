//! What waits for people, of a store in one folder.

use chrono::{DateTime, Utc};
use model::account::Sight;

use super::SqliteStore;
use crate::measures::sql::word;
use crate::store::StoreError;
use crate::waiting::{UNSETTLED, UndecidedCase, UndecidedRow, UnsettledComplaint, UnsettledRow, waiting};

waiting!(SqliteStore);
