//! Who is taken for one, of a store in one folder.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use model::account::Sight;
use model::kin::{Account, Edge, Group, Has, Shared};
use model::landing::Signs;
use sqlx::{QueryBuilder, Sqlite, Transaction};

use super::SqliteStore;
use crate::kin::sql::{EdgeRow, kin};
use crate::kin::{Linked, ShownBy, account};
use crate::measures::sql::word;
use crate::store::StoreError;

kin!(SqliteStore, Sqlite);
