//! What users did and said after the click, of a store in one folder.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt as _;
use model::account::Sight;
use model::complaint::Complaint;
use model::line::word;
use model::touchpoint::{Contact, Conversion, Touchpoint};
use sqlx::{QueryBuilder, Row as _, Sqlite, Transaction};

use super::SqliteStore;
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

impl SqliteStore {
    /// One takes in at a time: who comes second sees what the first one brought.
    async fn hearing(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.change().await
    }
}

hearing!(SqliteStore, Sqlite);
