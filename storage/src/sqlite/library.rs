//! The ads and landings of a store in one folder.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use model::landing::{Known, Landing, LandingId, Near, Signs};
use model::sweep::Scope;
use sqlx::{QueryBuilder, Sqlite, Transaction};

use super::SqliteStore;
use crate::library::{AdFile, Chosen, Counts, Imported, KnownAd, Moved, NewAd, library};
use crate::store::StoreError;

library!(SqliteStore, Sqlite);
