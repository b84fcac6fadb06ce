//! The badges of cases, of several machines.

use chrono::{DateTime, Utc};
use model::evidence::EvidenceId;

use super::PostgresStore;
use crate::badges::{Badged, badges};
use crate::store::{CaseId, StoreError};

badges!(PostgresStore);
