//! What users did and said after the click, of several machines.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt as _;
use model::account::Sight;
use model::complaint::Complaint;
use model::line::word;
use model::touchpoint::{Contact, Conversion, Touchpoint};
use sqlx::{Postgres, QueryBuilder, Row as _, Transaction};

use super::PostgresStore;
use crate::hearing::heard::hearing_heard;
use crate::hearing::intake::{Coming, hearing_intake, push_pairs};
use crate::hearing::links::hearing_links;
use crate::hearing::over::hearing_over;
use crate::hearing::traffic::hearing_traffic;
use crate::hearing::ways::hearing_ways;
use crate::hearing::words::hearing_words;
use crate::hearing::*;
use crate::previews::kept;
use crate::store::StoreError;

/// Names the lock under which rows are taken in.
pub(crate) const LOCK: i64 = super::CHAIN_LOCK + 2;

impl PostgresStore {
    /// One takes in at a time: a click and the complaint about it, each on its way, would not see each other.
    async fn hearing(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        let mut transaction = self.change().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind(LOCK)
            .execute(&mut *transaction)
            .await
            .map_err(|source| self.database(source))?;
        Ok(transaction)
    }
}

hearing!(PostgresStore, Postgres);
