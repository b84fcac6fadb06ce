//! `postlink migrate`: a folder's store copied into PostgreSQL.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::Utc;
use model::units::Clock;
use storage::copying::{self, Copied};

use super::check::{open, there};
use crate::cli::Migrate;
use crate::config;
use crate::exit::{Ended, Refused};
use crate::stores;

pub(crate) async fn run(migrate: Migrate) -> anyhow::Result<Ended> {
    let from = migrate.from.as_deref().map(folder).transpose()?;
    stores::is_address(&migrate.to)?;
    let config = config::load(migrate.config.as_deref())?;
    let folder = migrate.evidence.or_else(|| from.clone());
    if folder.is_none() && config.evidence.store.is_empty() {
        let refusal = "name the folder of the evidence with --evidence, its bucket with `evidence.store` in the configuration, or a store with --from";
        return Err(Refused::Usage(refusal.into()).into());
    }
    let place = stores::place(&config.evidence, folder.as_deref())?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let from = match from {
        Some(folder) => Some(open(&folder, clock.clone()).await?),
        None => None,
    };
    let to = stores::database(&migrate.to, place, clock).await?;
    println!("the database is up to date");
    if let Some(from) = &from {
        let copied = copying::copy(from, &to).await?;
        let Copied { cases, artefacts, readings, entries, stamps, there_before, rows, files } = copied;
        println!(
            "copied {cases} cases with {artefacts} artefacts, and {readings} readings; {there_before} cases were there"
        );
        println!("the log has its {entries} entries, and {stamps} time stamps are there or waited for");
        println!("{rows} rows of ads, landings, sweeps, rounds and jobs, and {files} files of ads");
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
