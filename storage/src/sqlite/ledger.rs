//! The ledger of a store in one folder.

use model::account::Sight;
use model::ledger::{Entry, Told};
use sqlx::Sqlite;

use super::SqliteStore;
use crate::ledger::sql::{self, EntryRow};
use crate::ledger::{ledger, told};
use crate::store::StoreError;

ledger!(SqliteStore, Sqlite);
