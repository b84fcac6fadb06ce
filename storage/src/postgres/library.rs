//! The ads and landings of several machines.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::landing::{Known, KnownAdvertiser, Landing, LandingId, Near};
use model::sweep::Scope;
use sqlx::{Postgres, QueryBuilder, Transaction};

use super::PostgresStore;
use crate::library::{AdFile, Chosen, Counts, Imported, KnownAd, Moved, NewAd, library};
use crate::store::StoreError;

library!(PostgresStore, Postgres);
