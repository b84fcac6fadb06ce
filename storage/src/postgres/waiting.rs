//! What waits for people, of several machines.

use chrono::{DateTime, Utc};
use model::account::Sight;

use super::PostgresStore;
use crate::store::StoreError;
use crate::waiting::{UndecidedCase, UndecidedRow, waiting};

waiting!(PostgresStore);
