//! Which store a command works on: that of a folder, or a database whose evidence lies in a folder or a bucket.

use std::path::Path;

use model::units::Clock;
use storage::accounts::{DatabaseAccounts, FolderAccounts};
use storage::evidence::{Bucket, Limits, Patience, Place};
use storage::postgres::{self, PostgresStore};
use storage::sqlite::SqliteStore;
use storage::store::StoreError;

use crate::cli::{AccountsAt, StoreAt};
use crate::commands::check::{open, there};
use crate::config::{Config, Evidence};
use crate::exit::Refused;

/// An open store, or a part of it.
pub(crate) enum Opened<F = SqliteStore, D = PostgresStore> {
    Folder(F),
    Database(D),
}

/// Does the same with the store, whichever it is.
macro_rules! on {
    ($opened:expr, $store:ident => $what:expr) => {
        match $opened {
            $crate::stores::Opened::Folder($store) => $what,
            $crate::stores::Opened::Database($store) => $what,
        }
    };
}

/// Does something with the accounts of what the command line names, made there or not, and closes them whatever comes of it.
macro_rules! beside {
    ($at:expr, $make:expr, $clock:expr, $accounts:ident => $what:expr) => {{
        let opened = $crate::stores::accounts($at, $make, $clock).await?;
        let done = $crate::stores::on!(&opened, $accounts => $what.await);
        $crate::stores::on!(opened, accounts => accounts.close().await);
        done
    }};
}

pub(crate) use {beside, on};

impl Opened {
    pub(crate) async fn close(self) {
        on!(self, store => store.close().await);
    }
}

/// Opens what the command line names; a folder must be there already.
pub(crate) async fn at(at: &StoreAt, config: &Config, clock: Clock) -> anyhow::Result<Opened> {
    match (&at.database, &at.data) {
        (Some(url), data) => {
            let place = place(&config.evidence, data.as_deref())?;
            Ok(Opened::Database(database(url, place, clock).await?))
        }
        (None, Some(data)) => {
            there(data)?;
            Ok(Opened::Folder(open(data, clock).await?))
        }
        (None, None) => Err(Refused::Usage("name a folder with --data, or a database with --database".into()).into()),
    }
}

/// Opens a store, making the folder when it is not there; `evidence` says where that of a database lies.
pub(crate) async fn begin(
    database_url: Option<&str>,
    data: &Path,
    evidence: Place,
    clock: Clock,
) -> anyhow::Result<Opened> {
    match database_url {
        None => Ok(Opened::Folder(open(data, clock).await?)),
        Some(url) => Ok(Opened::Database(database(url, evidence, clock).await?)),
    }
}

/// Opens a database, bringing it up to date.
pub(crate) async fn database(url: &str, place: Place, clock: Clock) -> anyhow::Result<PostgresStore> {
    is_address(url)?;
    postgres::open(url, place, clock).await.map_err(|error| match error {
        error @ (StoreError::Database { .. } | StoreError::Bucket { .. } | StoreError::NoBucket(_)) => {
            anyhow::Error::new(Refused::Configuration(error.to_string()))
        }
        other => anyhow::Error::new(other),
    })
}

/// Opens the accounts of what the command line names, beside whoever works there.
pub(crate) async fn accounts(
    at: &AccountsAt,
    make: bool,
    clock: Clock,
) -> anyhow::Result<Opened<FolderAccounts, DatabaseAccounts>> {
    if let Some(url) = &at.database {
        is_address(url)?;
        let opened = storage::accounts::of_database(url, clock).await.map_err(|error| match error {
            StoreError::Database { .. } => anyhow::Error::new(Refused::Configuration(error.to_string())),
            other => anyhow::Error::new(other),
        });
        return Ok(Opened::Database(opened?));
    }
    let Some(data) = &at.data else { return Err(Refused::Usage("name a folder with --data".into()).into()) };
    if !make {
        there(data)?;
    }
    let opened = storage::accounts::of_folder(data, clock).await.map_err(|error| match error {
        StoreError::Busy(_) | StoreError::Folder { .. } => anyhow::Error::new(Refused::Usage(error.to_string())),
        other => anyhow::Error::new(other),
    });
    Ok(Opened::Folder(opened?))
}

/// Refuses what no database can be reached at.
pub(crate) fn is_address(url: &str) -> Result<(), Refused> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(());
    }
    let refusal = "what was given is no address of a database: write postgres://user:password@host:port/name";
    Err(Refused::Usage(refusal.into()))
}

/// Where the evidence of a database lies: in the bucket that the configuration names, else in the folder.
pub(crate) fn place(evidence: &Evidence, data: Option<&Path>) -> Result<Place, Refused> {
    match (evidence.store.is_empty(), data) {
        (false, _) => Ok(Place::Bucket(bucket(evidence)?)),
        (true, Some(data)) => Ok(Place::Folder(data.to_owned())),
        (true, None) => Err(Refused::Usage(
            "name the folder of the database's evidence with --data, or its bucket as `evidence.store` in the configuration".into(),
        )),
    }
}

/// How much may be kept.
pub(crate) fn limits(evidence: &Evidence) -> Limits {
    let Evidence { max_bytes, max_bytes_per_advertiser, min_free_bytes, .. } = *evidence;
    Limits { max_bytes, max_bytes_per_advertiser, min_free_bytes }
}

fn bucket(evidence: &Evidence) -> Result<Bucket, Refused> {
    Ok(Bucket {
        url: evidence.store.clone(),
        endpoint: evidence.endpoint.clone(),
        region: evidence.region.clone(),
        access_key: secret(&evidence.access_key_file, "evidence.access_key_file", "AWS_ACCESS_KEY_ID")?,
        secret_key: secret(&evidence.secret_key_file, "evidence.secret_key_file", "AWS_SECRET_ACCESS_KEY")?,
        session_token: if evidence.access_key_file.as_os_str().is_empty() {
            said("AWS_SESSION_TOKEN").unwrap_or_default()
        } else {
            String::new()
        },
        patience: Patience::default(),
    })
}

/// What stands in the file, or in the environment where no file is named.
fn secret(file: &Path, key: &str, variable: &str) -> Result<String, Refused> {
    if file.as_os_str().is_empty() {
        return said(variable).ok_or_else(|| {
            Refused::Configuration(format!("`evidence.store` is a bucket: name a file as `{key}`, or set {variable}"))
        });
    }
    let read = std::fs::read_to_string(file).map_err(|error| {
        Refused::Configuration(format!(
            "read `{key}` {}: {error}; name a file that holds the key alone",
            file.display()
        ))
    })?;
    Ok(read.trim().to_owned())
}

/// A variable of the environment, unless it is empty: every client of S3 looks for its keys there.
pub(crate) fn said(variable: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the one place where keys come from the environment")]
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence() -> Evidence {
        let config = crate::config::load(None).expect("the defaults");
        Evidence { store: "s3://b/p".into(), ..config.evidence }
    }

    #[test]
    fn keys_come_from_files_and_a_missing_one_is_named() {
        let dir = std::env::temp_dir();
        let mut evidence = evidence();
        evidence.access_key_file = dir.join("no-such-postlink-key");
        let refusal = place(&evidence, None).expect_err("the file is not there").to_string();
        assert!(refusal.contains("evidence.access_key_file") && refusal.contains("no-such-postlink-key"), "{refusal}");
    }

    #[test]
    fn a_database_needs_a_folder_or_a_bucket() {
        let evidence = Evidence { store: String::new(), ..evidence() };
        assert_eq!(place(&evidence, Some(Path::new("out"))).expect("a folder"), Place::Folder("out".into()));
        let refusal = place(&evidence, None).expect_err("nowhere").to_string();
        assert!(refusal.contains("--data") && refusal.contains("evidence.store"), "{refusal}");
    }
}
