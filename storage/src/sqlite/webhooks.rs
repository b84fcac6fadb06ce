//! The webhooks that people made, of a store in one folder.

use chrono::{DateTime, Utc};

use super::SqliteStore;
use crate::store::StoreError;
use crate::webhooks::webhooks;

webhooks!(SqliteStore);
