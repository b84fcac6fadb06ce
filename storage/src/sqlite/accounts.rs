//! The accounts of a store in one folder.

use chrono::{DateTime, Utc};
use model::account::Account;
use sqlx::Sqlite;

use super::SqliteStore;
use crate::accounts::rows::{AccessRow, AccountRow, Of, SessionRow, TokenRow, WithSecrets, bytes, hex, kept};
use crate::accounts::sql::accounts;
use crate::accounts::{
    ANSWERED, Access, ApiToken, FAILED, MayFail, NewAccess, Remembered, Secrets, Session, TokenHash, Try, UNDER_WAY,
    Version,
};
use crate::store::StoreError;

// Whoever writes is alone.
accounts!(SqliteStore, Sqlite, "", "SELECT 1");
