//! The accounts of several machines.

use chrono::{DateTime, Utc};
use model::account::Account;
use sqlx::Postgres;

use super::PostgresStore;
use crate::accounts::rows::{AccessRow, AccountRow, Of, SessionRow, TokenRow, WithSecrets, bytes, hex, kept};
use crate::accounts::sql::accounts;
use crate::accounts::{
    ANSWERED, Access, ApiToken, FAILED, MayFail, NewAccess, Remembered, Secrets, Session, TokenHash, Try, UNDER_WAY,
    Version,
};
use crate::store::StoreError;

accounts!(PostgresStore, Postgres, " FOR UPDATE", "LOCK TABLE failed_logins IN SHARE ROW EXCLUSIVE MODE");
