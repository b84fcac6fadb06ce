//! Where ads, sweeps and cases are kept: a folder, or a database with a folder for its evidence.

use std::path::Path;

use model::units::Clock;
use storage::postgres::{self, PostgresStore};
use storage::sqlite::SqliteStore;
use storage::store::StoreError;

use crate::cli::Place;
use crate::commands::check::open;
use crate::exit::Refused;

/// An open store of either sort: [`on`] does with it what both can do.
pub(crate) enum Stored {
    Folder(SqliteStore),
    Database(PostgresStore),
}

/// Does something with the store, whichever it is.
macro_rules! on {
    ($stored:expr, $store:ident => $what:expr) => {
        match $stored {
            $crate::stored::Stored::Folder($store) => $what,
            $crate::stored::Stored::Database($store) => $what,
        }
    };
}

pub(crate) use on;

impl Stored {
    pub(crate) async fn open(place: &Place, clock: Clock) -> anyhow::Result<Self> {
        match &place.database {
            None => Ok(Self::Folder(open(&place.data, clock).await?)),
            Some(url) => Ok(Self::Database(database(url, &place.data, clock).await?)),
        }
    }

    pub(crate) async fn close(self) {
        on!(self, store => store.close().await);
    }
}

async fn database(url: &str, folder: &Path, clock: Clock) -> anyhow::Result<PostgresStore> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        let refusal = "--database is no address of a database: write postgres://user:password@host:port/name";
        return Err(Refused::Usage(refusal.into()).into());
    }
    postgres::open(url, folder, clock).await.map_err(|error| match error {
        error @ StoreError::Database { .. } => anyhow::Error::new(Refused::Configuration(error.to_string())),
        other => anyhow::Error::new(other),
    })
}
