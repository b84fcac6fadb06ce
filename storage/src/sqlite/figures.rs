//! The figures of a store in one folder.

use chrono::{DateTime, Utc};

use super::SqliteStore;
use crate::figures::{Queued, figures};
use crate::store::StoreError;

figures!(SqliteStore);
