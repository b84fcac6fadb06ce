//! The badges of cases, of a store in one folder.

use chrono::{DateTime, Utc};
use model::evidence::EvidenceId;

use super::SqliteStore;
use crate::badges::{Badged, badges};
use crate::store::{CaseId, StoreError};

badges!(SqliteStore);
