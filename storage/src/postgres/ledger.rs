//! The ledger of several machines.

use model::account::Sight;
use model::ledger::{Entry, Told};
use sqlx::Postgres;

use super::PostgresStore;
use crate::ledger::sql::{self, EntryRow};
use crate::ledger::{ledger, told};
use crate::store::StoreError;

ledger!(PostgresStore, Postgres);
