//! The ads and landings of several machines.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use model::landing::{Known, Landing, LandingId, Near, Signs};
use model::sweep::Scope;
use sqlx::{Postgres, QueryBuilder, Transaction};

use super::PostgresStore;
use crate::library::{AdFile, Chosen, Counts, Imported, KnownAd, Moved, NewAd, library};
use crate::store::StoreError;

library!(PostgresStore, Postgres);
