//! What waits for people, of several machines.

use chrono::{DateTime, Utc};
use model::account::Sight;

use super::PostgresStore;
use crate::measures::sql::word;
use crate::store::StoreError;
use crate::waiting::{UNSETTLED, UndecidedCase, UndecidedRow, UnsettledComplaint, UnsettledRow, waiting};

waiting!(PostgresStore);
