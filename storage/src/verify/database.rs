//! The rows of the database against the manifests.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use model::evidence::EvidenceId;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};
use tempfile::TempDir;

use super::{Fault, Look, VerifyError, log, stamps};
use crate::evidence::manifest_path;
use crate::hash;
use crate::output;
use crate::seal::{Manifest, written};
use crate::sqlite::DATABASE;
use crate::store::CaseId;

pub(super) async fn check(look: &mut Look) -> Result<(), VerifyError> {
    let path = look.dir.join(DATABASE);
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
    if let Err(error) = read(look, &path).await {
        look.problem(DATABASE, Fault::Unreadable, format!("it cannot be read to its end: {error}"));
    }
    Ok(())
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

async fn read(look: &mut Look, path: &Path) -> Result<(), sqlx::Error> {
    let in_place = path.starts_with(&look.dir);
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(false);
    let options = if in_place { options.read_only(true).immutable(true) } else { options };
    let mut connection = options.connect().await?;
    let faults: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut connection).await?;
    for fault in faults.into_iter().filter(|fault| fault != "ok") {
        look.problem(DATABASE, Fault::Changed, fault);
    }
    cases(look, &mut connection).await?;
    outputs(look, &mut connection).await?;
    log::check(look, &mut connection).await?;
    stamps::check(look, &mut connection).await?;
    connection.close().await
}

/// One row at a time: the lines of all cases together may be long.
async fn cases(look: &mut Look, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let numbers: Vec<i64> =
        sqlx::query_scalar("SELECT number FROM cases ORDER BY number").fetch_all(&mut *connection).await?;
    let rows = numbers.len() as i64;
    let mut in_database = BTreeSet::new();
    for number in numbers {
        match case(look, connection, number).await {
            Ok(case_id) => {
                in_database.insert(case_id);
            }
            Err(sqlx::Error::Database(error)) => return Err(sqlx::Error::Database(error)),
            Err(error) => {
                look.problem(
                    format!("{DATABASE}, case number {number}"),
                    Fault::Changed,
                    format!("its row cannot be read: {error}"),
                );
                let same = look.manifests.iter().filter(|(_, sheet)| i64::try_from(sheet.number) == Ok(number));
                in_database.extend(same.map(|(case, _)| case.clone()));
            }
        }
    }
    let strangers: Vec<String> = look.manifests.keys().filter(|case| !in_database.contains(*case)).cloned().collect();
    for case in strangers {
        let detail = format!("{DATABASE} has no row for it: it was taken out there, or put in here");
        look.problem(manifest_path(&CaseId(case)), Fault::NotInManifest, detail);
    }
    let last: Option<i64> = sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'cases'")
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(last) = last.filter(|last| *last != rows) {
        look.problem(DATABASE, Fault::ChainBroken, format!("{last} cases were written to it, and it has {rows}"));
    }
    Ok(())
}

/// Compares one row with its manifest, and gives back its case id.
async fn case(look: &mut Look, connection: &mut SqliteConnection, number: i64) -> Result<String, sqlx::Error> {
    let row = sqlx::query(
        "SELECT case_id, key, ad_id, position, opened_at, sealed_at, verdict, line, manifest, manifest_sha256, previous
         FROM cases WHERE number = $1",
    )
    .bind(number)
    .fetch_one(&mut *connection)
    .await?;
    let evidence: Vec<String> =
        sqlx::query_scalar("SELECT evidence_id FROM case_evidence WHERE case_number = $1 ORDER BY evidence_id")
            .bind(number)
            .fetch_all(&mut *connection)
            .await?;
    let case_id: String = row.try_get("case_id")?;
    let place = format!("{DATABASE}, case {case_id}");
    let file = manifest_path(&CaseId(case_id.clone()));
    let text: String = row.try_get("manifest")?;
    let stored: String = row.try_get("manifest_sha256")?;
    let kept = EvidenceId::of(text.as_bytes());
    look.rows.insert(case_id.clone(), kept);
    let here = look.manifests.get(&case_id).map(|sheet| sheet.hash);
    three_ways(look, &place, &file, here, kept, &stored);
    let manifest: Manifest = match serde_json::from_str(&text) {
        Ok(manifest) => manifest,
        Err(error) => {
            look.problem(&place, Fault::Changed, format!("its column manifest holds no manifest: {error}"));
            return Ok(case_id);
        }
    };
    look.line_of(&manifest);
    let line: String = row.try_get("line")?;
    let found = EvidenceId::of(line.as_bytes());
    if found != manifest.line_sha256 {
        look.differs(&place, "the line differs from the one that was sealed", manifest.line_sha256, found);
    }
    let mut sealed: Vec<String> = manifest.evidence.iter().map(|kept| kept.id.to_string()).collect();
    sealed.sort();
    if sealed != evidence {
        look.differs(
            &place,
            "its rows in case_evidence differ from its manifest",
            format!("{} ids", sealed.len()),
            format!("{} ids", evidence.len()),
        );
    }
    let position: i64 = row.try_get("position")?;
    let columns = [
        ("number", manifest.number.to_string(), number.to_string()),
        ("case_id", manifest.case_id.to_string(), case_id.clone()),
        ("key", manifest.key, row.try_get("key")?),
        ("ad_id", manifest.ad_id, row.try_get("ad_id")?),
        ("position", manifest.position.to_string(), position.to_string()),
        ("opened_at", written(manifest.opened_at), row.try_get("opened_at")?),
        ("sealed_at", written(manifest.sealed_at), row.try_get("sealed_at")?),
        ("verdict", manifest.verdict, row.try_get("verdict")?),
        (
            "previous",
            manifest.previous.map(|id| id.to_string()).unwrap_or_default(),
            row.try_get::<Option<_>, _>("previous")?.unwrap_or_default(),
        ),
    ];
    for (column, sealed, found) in columns.into_iter().filter(|(_, sealed, found)| sealed != found) {
        look.differs(&place, format!("its column {column} differs from its manifest"), sealed, found);
    }
    Ok(case_id)
}

/// A manifest is there three times: as a file, as text in the row, and as a hash in the row. Two of three are right.
fn three_ways(look: &mut Look, place: &str, file: &str, here: Option<EvidenceId>, kept: EvidenceId, stored: &str) {
    let row_holds = kept.to_string() == stored;
    match here {
        Some(here) if here == kept => {
            if !row_holds {
                look.differs(place, "its column manifest_sha256 is not the hash of the manifest", kept, stored);
            }
        }
        Some(here) if here.to_string() == stored => {
            look.differs(place, "its column manifest differs from the manifest's file", stored, kept);
        }
        Some(here) => look.differs(file, "the manifest is not the one that was sealed", stored, here),
        // A file that could not be read as a manifest was named when the files were looked at.
        None if look.report.problems.iter().any(|problem| problem.file == file) => {}
        None => {
            look.problem(file, Fault::Missing, format!("{DATABASE} has a case with this manifest"));
            if let Some(problem) = look.report.problems.last_mut() {
                problem.expected = Some(stored.to_owned());
            }
        }
    }
}

async fn outputs(look: &mut Look, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let rows: Vec<(String, String, i64)> =
        sqlx::query_as("SELECT path, sha256, bytes FROM outputs ORDER BY path").fetch_all(connection).await?;
    for (name, expected, bytes) in rows {
        let Ok(path) = output::inside(&look.dir, &name) else {
            look.problem(DATABASE, Fault::Changed, format!("an output is named `{name}`, outside the folder"));
            continue;
        };
        match tokio::task::spawn_blocking(move || hash::of_file(&path))
            .await
            .expect("internal error: hashing does not panic")
        {
            Ok((found, _)) if found.to_string() != expected => {
                look.differs(name, "it is not the file that was written", expected, found);
            }
            Ok((_, found)) if i64::try_from(found) != Ok(bytes) => {
                look.differs(DATABASE, format!("the length of {name} is wrong in it"), found, bytes);
            }
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                look.problem(name, Fault::Missing, format!("{DATABASE} says that it was written"));
            }
            Err(error) => look.problem(name, Fault::Unreadable, error.to_string()),
        }
    }
    Ok(())
}
