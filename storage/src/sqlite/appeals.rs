//! What advertisers say of cases, of a store in one folder.

use chrono::{DateTime, Utc};
use model::account::Sight;
use model::event::Choice;
use sqlx::Sqlite;

use super::SqliteStore;
use crate::appeals::sql::{AppealRow, ENDED};
use crate::appeals::{Appeal, Attached, NewAppeal, Outcomes, appeals};
use crate::decisions::{Decision, Decisions as _};
use crate::desk::{CaseRow, Desk as _};
use crate::previews::kept;
use crate::store::{CaseId, StoreError};

appeals!(SqliteStore, Sqlite);
