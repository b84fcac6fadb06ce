//! The figures of several machines.

use chrono::{DateTime, Utc};

use super::PostgresStore;
use crate::figures::{Queued, figures};
use crate::store::StoreError;

figures!(PostgresStore);
