//! The ads and landings of a store in one folder.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::landing::{Known, KnownAdvertiser, Landing, LandingId, Near};
use model::sweep::Scope;
use sqlx::{QueryBuilder, Sqlite, Transaction};

use super::SqliteStore;
use crate::library::{AdFile, Chosen, Counts, Imported, KnownAd, Moved, NewAd, library};
use crate::store::StoreError;

library!(SqliteStore, Sqlite);
