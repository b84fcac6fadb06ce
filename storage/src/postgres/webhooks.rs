//! The webhooks that people made, of several machines.

use chrono::{DateTime, Utc};

use super::PostgresStore;
use crate::store::StoreError;
use crate::webhooks::webhooks;

webhooks!(PostgresStore);
