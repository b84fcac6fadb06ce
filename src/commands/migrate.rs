//! `postlink migrate`: a folder's store copied into PostgreSQL.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::Utc;
use model::units::Clock;
use storage::copying::{self, Copied};
use storage::postgres;
use storage::store::StoreError;

use super::check::{open, there};
use crate::cli::Migrate;
use crate::exit::{Ended, Refused};

pub(crate) async fn run(migrate: Migrate) -> anyhow::Result<Ended> {
    let from = migrate.from.as_deref().map(folder).transpose()?;
    let Some(evidence) = migrate.evidence.or_else(|| from.clone()) else {
        return Err(
            Refused::Usage("name the folder of the evidence with --evidence, or a store with --from".into()).into()
        );
    };
    if !migrate.to.starts_with("postgres://") && !migrate.to.starts_with("postgresql://") {
        let refusal = "--to is no address of a database: write postgres://user:password@host:port/name";
        return Err(Refused::Usage(refusal.into()).into());
    }
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let from = match from {
        Some(folder) => Some(open(&folder, clock.clone()).await?),
        None => None,
    };
    let to = postgres::open(&migrate.to, &evidence, clock).await.map_err(|error| match error {
        error @ StoreError::Database { .. } => anyhow::Error::new(Refused::Configuration(error.to_string())),
        other => anyhow::Error::new(other),
    })?;
    println!("the database is up to date");
    if let Some(from) = &from {
        let Copied { cases, artefacts, readings, entries, stamps, there_before } = copying::copy(from, &to).await?;
        println!(
            "copied {cases} cases with {artefacts} artefacts, and {readings} readings; {there_before} cases were there"
        );
        println!("the log has its {entries} entries, and {stamps} time stamps are there or waited for");
        println!("every case has the hash under which it was sealed");
    }
    to.close().await;
    if let Some(from) = from {
        from.close().await;
    }
    Ok(Ended::Clean)
}

/// The folder in `sqlite:DIR`.
fn folder(store: &str) -> Result<PathBuf, Refused> {
    let wrong = || Refused::Usage(format!("--from `{store}` is no store: write sqlite:DIR"));
    let folder = store.strip_prefix("sqlite:").map(PathBuf::from).ok_or_else(wrong)?;
    there(&folder)?;
    Ok(folder)
}
