//! What is done about advertisers, of several machines.

use std::collections::BTreeSet;

use chrono::DateTime;
use model::account::Sight;
use model::measure::{Measure, MeasureState};
use model::violation::Severity;
use sqlx::{Postgres, Transaction};

use super::PostgresStore;
use crate::measures::sql::{self, ConfirmedRow, MeasureRow, TurnRow};
use crate::measures::{Confirmed, KeptMeasure, Proposed, Turn, Turned, measures};
use crate::previews::kept;
use crate::store::StoreError;

measures!(PostgresStore, Postgres);
