//! What advertisers say of cases, of several machines.

use chrono::{DateTime, Utc};
use model::account::Sight;
use model::event::Choice;
use sqlx::Postgres;

use super::PostgresStore;
use crate::appeals::sql::{AppealRow, ENDED};
use crate::appeals::{Appeal, Attached, NewAppeal, Outcomes, appeals};
use crate::decisions::{Decision, Decisions as _};
use crate::desk::{CaseRow, Desk as _};
use crate::previews::kept;
use crate::store::{CaseId, StoreError};

appeals!(PostgresStore, Postgres);
