//! A store that is opened for its accounts alone: beside whoever works there.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use model::account::Account;
use model::units::Clock;
use sqlx::{Database, Pool, Postgres, Sqlite, Transaction};

use super::rows::{AccessRow, AccountRow, Of, SessionRow, TokenRow, WithSecrets, bytes, hex, kept};
use super::sql::accounts;
use super::{
    ANSWERED, Access, ApiToken, FAILED, MayFail, NewAccess, Remembered, Secrets, Session, TokenHash, Try, UNDER_WAY,
    Version,
};
use crate::lock::{self, Lock};
use crate::store::StoreError;
use crate::{postgres, sqlite};

/// How long a folder is waited for whose database another postlink is making, or verifies.
const LOOKS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(100);

/// The accounts of a store, and nothing else of it.
pub struct OnlyAccounts<D: Database> {
    /// For errors: the database's file, or its address without the password.
    name: PathBuf,
    writer: Pool<D>,
    readers: Pool<D>,
    clock: Clock,
    _lock: Option<Lock>,
}

pub type FolderAccounts = OnlyAccounts<Sqlite>;
pub type DatabaseAccounts = OnlyAccounts<Postgres>;

/// Opens the accounts of a folder, making it if need be. Another postlink may be at work there, as long as it does not verify:
/// accounts are rows that no case depends on, and the database itself has two who write wait for each other.
pub async fn of_folder(dir: &Path, clock: Clock) -> Result<FolderAccounts, StoreError> {
    std::fs::create_dir_all(dir).map_err(|source| StoreError::Folder { path: dir.to_owned(), source })?;
    for _ in 0..LOOKS {
        if let Some(lock) = lock::beside(dir)? {
            if let Some(opened) = here(dir, lock, &clock).await? {
                return Ok(opened);
            }
            // Whoever holds the folder is making its database, or is older and never will make this one.
            match sqlite::open(dir, clock.clone()).await {
                Ok(store) => store.close().await,
                Err(StoreError::Busy(_)) => {}
                Err(error) => return Err(error),
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(StoreError::Busy(dir.to_owned()))
}

/// None where there is no database yet that has accounts.
async fn here(dir: &Path, lock: Lock, clock: &Clock) -> Result<Option<FolderAccounts>, StoreError> {
    let name = dir.join(sqlite::DATABASE);
    if !name.exists() {
        return Ok(None);
    }
    let (writer, readers) = sqlite::connect(&name, false).await?;
    let opened = OnlyAccounts { name, writer, readers, clock: clock.clone(), _lock: Some(lock) };
    if opened.is_up_to_date().await? {
        return Ok(Some(opened));
    }
    opened.close().await;
    Ok(None)
}

/// Opens the accounts of the database at this address, bringing it up to date.
pub async fn of_database(url: &str, clock: Clock) -> Result<DatabaseAccounts, StoreError> {
    let (pool, name) = postgres::connect(url).await?;
    Ok(OnlyAccounts { name, writer: pool.clone(), readers: pool, clock, _lock: None })
}

impl<D: Database> OnlyAccounts<D> {
    /// Writes back what is still beside the database, unless others work there.
    pub async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    fn reading(&self) -> &Pool<D> {
        &self.readers
    }

    fn whole(&self, number: u64) -> Result<i64, StoreError> {
        i64::try_from(number).map_err(|_| self.database(sqlx::Error::Encode(format!("{number} is too large").into())))
    }

    fn damaged(&self, what: &str) -> StoreError {
        StoreError::Damaged { path: self.name.clone(), what: what.to_owned() }
    }

    fn database(&self, source: sqlx::Error) -> StoreError {
        StoreError::Database { path: self.name.clone(), source }
    }
}

impl OnlyAccounts<Sqlite> {
    /// Whether it has every migration that is known here; one of a newer postlink is left alone.
    async fn is_up_to_date(&self) -> Result<bool, StoreError> {
        let there: i64 =
            sqlx::query_scalar("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'")
                .fetch_one(&self.writer)
                .await
                .map_err(|source| self.database(source))?;
        if there == 0 {
            return Ok(false);
        }
        let last: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
            .fetch_one(&self.writer)
            .await
            .map_err(|source| self.database(source))?;
        let known = sqlite::MIGRATOR.iter().map(|migration| migration.version).max();
        match last {
            Some(version) if last > known => Err(StoreError::Newer { path: self.name.clone(), version }),
            last => Ok(last == known),
        }
    }

    async fn change(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        sqlite::begin(&self.writer).await.map_err(|source| self.database(source))
    }
}

impl OnlyAccounts<Postgres> {
    async fn change(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        self.writer.begin().await.map_err(|source| self.database(source))
    }
}

accounts!(OnlyAccounts<Sqlite>, Sqlite, "", "SELECT 1");
accounts!(OnlyAccounts<Postgres>, Postgres, " FOR UPDATE", "LOCK TABLE failed_logins IN SHARE ROW EXCLUSIVE MODE");

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tempfile::TempDir;

    use super::*;
    use crate::accounts::Accounts as _;
    use crate::accounts::suite::account;
    use crate::suite::examine;

    crate::accounts::suite::accounts_suite!(temporary);

    async fn temporary() -> (FolderAccounts, TempDir) {
        let dir = tempfile::tempdir().unwrap();
        (of_folder(dir.path(), clock()).await.unwrap(), dir)
    }

    fn clock() -> Clock {
        Arc::new(|| DateTime::UNIX_EPOCH)
    }

    #[tokio::test]
    async fn accounts_are_changed_beside_whoever_works_in_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let store = sqlite::open(dir.path(), clock()).await.unwrap();
        let beside = of_folder(dir.path(), clock()).await.unwrap();
        assert!(beside.add_account(&account("li"), &Secrets::default()).await.unwrap());
        assert_eq!(store.account("li").await.unwrap(), Some((account("li"), Secrets::default())));
        examine(&store, "a", 0, "first").await;
        beside.close().await;
        examine(&store, "b", 1, "first").await;
        store.close().await;
        assert!(crate::verify::verify(dir.path()).await.unwrap().holds());
    }

    #[tokio::test]
    async fn nobody_verifies_while_accounts_are_changed() {
        let (opened, dir) = temporary().await;
        let refused = crate::verify::verify(dir.path()).await;
        assert!(matches!(refused, Err(crate::verify::VerifyError::Busy(_))), "{refused:?}");
        opened.close().await;
        let verifying = lock::shared(dir.path()).unwrap();
        assert!(lock::beside(dir.path()).unwrap().is_none());
        drop(verifying);
        of_folder(dir.path(), clock()).await.unwrap().close().await;
        assert!(crate::verify::verify(dir.path()).await.unwrap().holds());
    }

    /// Of a postlink that holds the folder and does not know of accounts, and of one that is newer than this.
    #[tokio::test]
    async fn a_database_of_another_version_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let store = sqlite::open(dir.path(), clock()).await.unwrap();
        let opened = of_folder(dir.path(), clock()).await.unwrap();
        let forget = "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
        sqlx::query(forget).execute(&opened.writer).await.unwrap();
        assert!(!opened.is_up_to_date().await.unwrap());
        let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (2999010101, 'later', 1, x'00', 0)";
        sqlx::query(later).execute(&opened.writer).await.unwrap();
        opened.close().await;
        let Err(error) = of_folder(dir.path(), clock()).await else { panic!("a newer database") };
        assert!(error.to_string().contains("newer postlink"), "{error}");
        store.close().await;
    }
}
