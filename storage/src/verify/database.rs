//! The database of a folder, read without a trace: its rows, and the outputs that it tells of.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tempfile::TempDir;

use super::rows::Rows as _;
use super::{Fault, Look, VerifyError, cases, decisions, log, stamps};
use crate::hash;
use crate::output;
use crate::sqlite::DATABASE;

/// The migration by which an output says what it is to be.
const NEXT: i64 = 2026113004;

pub(super) async fn check(look: &mut Look, dir: &Path) -> Result<(), VerifyError> {
    let path = dir.join(DATABASE);
    if !path.exists() {
        look.problem(
            DATABASE,
            Fault::Missing,
            "manifests and evidence were checked without it; the last cases could be missing unnoticed",
        );
        return Ok(());
    }
    // A copy, if one is needed, lives until the end of this function.
    let (path, _aside) = readable(&path)?;
    if let Err(error) = read(look, dir, &path).await {
        look.problem(DATABASE, Fault::Unreadable, format!("it cannot be read to its end: {error}"));
    }
    Ok(())
}

/// The cases that the log says were deleted; none where it cannot be read, which is told when all of it is checked.
pub(super) async fn deleted(dir: &Path) -> Result<HashSet<String>, VerifyError> {
    let path = dir.join(DATABASE);
    if !path.exists() {
        return Ok(HashSet::new());
    }
    let (path, _aside) = readable(&path)?;
    let asked = async {
        let mut connection = connect(dir, &path).await?;
        let cases = connection.told("deletion", 0).await?;
        connection.close().await?;
        Ok::<Vec<String>, sqlx::Error>(cases)
    };
    Ok(asked.await.unwrap_or_default().into_iter().collect())
}

async fn connect(dir: &Path, path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(false);
    let in_place = path.starts_with(dir);
    let options = if in_place { options.read_only(true).immutable(true) } else { options };
    options.connect().await
}

/// A path at which the database can be read without a trace.
///
/// Rows that a crash left in the `-wal` file can only be read by working on them, so that is done on a copy.
fn readable(path: &Path) -> Result<(PathBuf, Option<TempDir>), VerifyError> {
    let wal = path.with_file_name(format!("{DATABASE}-wal"));
    if std::fs::metadata(&wal).map_or(0, |meta| meta.len()) == 0 {
        return Ok((path.to_owned(), None));
    }
    let aside = |source| VerifyError::Aside { path: path.to_owned(), source };
    let folder = tempfile::tempdir().map_err(aside)?;
    let copy = folder.path().join(DATABASE);
    std::fs::copy(path, &copy).map_err(aside)?;
    std::fs::copy(&wal, folder.path().join(format!("{DATABASE}-wal"))).map_err(aside)?;
    Ok((copy, Some(folder)))
}

async fn read(look: &mut Look, dir: &Path, path: &Path) -> Result<(), sqlx::Error> {
    let mut connection = connect(dir, path).await?;
    let faults: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut connection).await?;
    for fault in faults.into_iter().filter(|fault| fault != "ok") {
        look.problem(DATABASE, Fault::Changed, fault);
    }
    let rows = cases::check(look, &mut connection).await?;
    let last: Option<i64> = sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'cases'")
        .fetch_optional(&mut connection)
        .await?;
    if let Some(last) = last.filter(|last| *last != rows) {
        look.problem(DATABASE, Fault::ChainBroken, format!("{last} cases were written to it, and it has {rows}"));
    }
    outputs(look, dir, &mut connection).await?;
    log::check(look, &mut connection).await?;
    decisions::check(look, &mut connection).await?;
    stamps::check(look, &mut connection).await?;
    connection.close().await
}

async fn outputs(look: &mut Look, dir: &Path, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let migrated = connection.has(NEXT).await?;
    let query = if migrated {
        "SELECT path, sha256, bytes, next_sha256 FROM outputs ORDER BY path"
    } else {
        "SELECT path, sha256, bytes, NULL FROM outputs ORDER BY path"
    };
    let rows: Vec<(String, String, i64, Option<String>)> = sqlx::query_as(query).fetch_all(connection).await?;
    for (name, expected, bytes, next) in rows {
        let Ok(path) = output::inside(dir, &name) else {
            look.problem(DATABASE, Fault::Changed, format!("an output is named `{name}`, outside the folder"));
            continue;
        };
        let found = tokio::task::spawn_blocking(move || hash::of_file(&path)).await;
        match found.expect("internal error: hashing does not panic") {
            // A run was cut off between saying what it would be and noting that it is.
            Ok((found, _)) if next.as_ref() == Some(&found.to_string()) => {}
            Ok((found, _)) if found.to_string() != expected => {
                look.differs(name, "it is not the file that was written", expected, found);
            }
            Ok((_, found)) if i64::try_from(found) != Ok(bytes) => {
                look.differs(DATABASE, format!("the length of {name} is wrong in it"), found, bytes);
            }
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                // It was never there yet, or was to be taken away.
                if !expected.is_empty() && next.as_deref() != Some("") {
                    look.problem(name, Fault::Missing, format!("{DATABASE} says that it was written"));
                }
            }
            Err(error) => look.problem(name, Fault::Unreadable, error.to_string()),
        }
    }
    Ok(())
}
