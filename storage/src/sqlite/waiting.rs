//! What waits for people, of a store in one folder.

use chrono::{DateTime, Utc};
use model::account::Sight;

use super::SqliteStore;
use crate::store::StoreError;
use crate::waiting::{UndecidedCase, UndecidedRow, waiting};

waiting!(SqliteStore);
