//! A database that others may be working with: all of it is read as it was at one moment.

use std::collections::HashSet;

use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions as _, Connection as _};

use super::rows::Rows as _;
use super::{Doubt, Fault, Look, Verification, VerifyError, cases, decisions, files, log, stamps};
use crate::evidence::Blobs;
use crate::postgres;
use crate::store::StoreError;

pub(super) async fn check(mut look: Look, url: &str, blobs: &Blobs) -> Result<Verification, VerifyError> {
    let (options, name) = postgres::named(url)?;
    look.database = name.display().to_string();
    let failed = |source| VerifyError::Store(StoreError::Database { path: name.clone(), source });
    let mut rows = options.connect().await.map_err(failed)?;
    if !is_ours(&mut rows).await.map_err(failed)? {
        return Err(VerifyError::NoDatabase(look.database));
    }
    // Before any file is looked at: what is sealed from now on has no row here, and is asked for at the end.
    sqlx::query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(&mut rows).await.map_err(failed)?;
    let size = begin(&mut look, &mut rows).await.map_err(failed)?;
    files::check(&mut look, blobs).await?;
    if let Err(error) = read(&mut look, &mut rows).await {
        let place = look.database.clone();
        look.problem(place, Fault::Unreadable, format!("it cannot be read to its end: {error}"));
    }
    sqlx::query("COMMIT").execute(&mut rows).await.map_err(failed)?;
    settle(&mut look, &mut rows, blobs, size).await.map_err(failed)?;
    rows.close().await.map_err(failed)?;
    Ok(look.report)
}

async fn is_ours(rows: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT to_regclass('cases') IS NOT NULL AND to_regclass('log') IS NOT NULL")
        .fetch_one(rows)
        .await
}

/// Notes what was deleted, and gives back how long the log is.
async fn begin(look: &mut Look, rows: &mut PgConnection) -> Result<i64, sqlx::Error> {
    look.deleted = rows.told("deletion", 0).await?.into_iter().collect();
    sqlx::query_scalar("SELECT coalesce(max(leaf_index) + 1, 0) FROM log").fetch_one(rows).await
}

async fn read(look: &mut Look, rows: &mut PgConnection) -> Result<(), sqlx::Error> {
    cases::check(look, rows).await?;
    log::check(look, rows).await?;
    decisions::check(look, rows).await?;
    stamps::check(look, rows).await
}

/// Takes back what only looked like a problem because others worked meanwhile.
async fn settle(look: &mut Look, rows: &mut PgConnection, blobs: &Blobs, size: i64) -> Result<(), sqlx::Error> {
    let sealed: HashSet<String> = rows.told("case", size).await?.into_iter().collect();
    let mut none = HashSet::new();
    for (at, doubt) in &look.in_doubt {
        let is_none = match doubt {
            Doubt::Case(case) => sealed.contains(case),
            Doubt::Manifest(path, id) => blobs.hashed(path, *id).await.is_ok_and(|(found, _)| found == *id),
            Doubt::Blob(id) => {
                sqlx::query_scalar("SELECT NOT EXISTS (SELECT 1 FROM case_evidence WHERE evidence_id = $1)")
                    .bind(id.to_string())
                    .fetch_one(&mut *rows)
                    .await?
            }
        };
        if is_none {
            none.insert(*at);
        }
    }
    let mut at = 0..;
    look.report.problems.retain(|_| !at.next().is_some_and(|at| none.contains(&at)));
    if !sealed.is_empty() {
        look.say(format!("{} cases were sealed while this looked: they are not in it", sealed.len()));
    }
    Ok(())
}
