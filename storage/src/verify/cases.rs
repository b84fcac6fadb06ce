//! The rows of a database against the manifests.

use model::evidence::EvidenceId;

use super::rows::{CaseRow, Rows, ViolationRow};
use super::{Doubt, Fault, Look};
use crate::evidence::manifest_path;
use crate::facts::Facts;
use crate::seal::Manifest;
use crate::store::CaseId;

/// The migration that made the facts.
const FACTS: i64 = 2026120101;

/// One row at a time: the lines of all cases together may be long. Gives back how many there are.
pub(super) async fn check<R: Rows>(look: &mut Look, rows: &mut R) -> Result<i64, sqlx::Error> {
    let (mut last, mut count) = (i64::MIN, 0);
    let told = rows.has(FACTS).await?;
    loop {
        let numbers = rows.numbers(last).await?;
        let Some(end) = numbers.last() else { break };
        last = *end;
        for number in numbers {
            count += 1;
            one(look, rows, number, told).await?;
        }
    }
    let strangers: Vec<_> =
        look.manifests.iter().filter(|(_, sheet)| !sheet.has_row).map(|(case, _)| case.clone()).collect();
    for case in strangers {
        let detail = format!("{} has no row for it: it was taken out there, or put in here", look.database);
        look.in_doubt.push((look.report.problems.len(), Doubt::Case(case.clone())));
        look.problem(manifest_path(&CaseId(case)), Fault::NotInManifest, detail);
    }
    Ok(count)
}

async fn one<R: Rows>(look: &mut Look, rows: &mut R, number: i64, told: bool) -> Result<(), sqlx::Error> {
    let row = match rows.case(number).await {
        Ok(row) => row,
        Err(sqlx::Error::Database(error)) => return Err(sqlx::Error::Database(error)),
        Err(error) => {
            let place = format!("{}, case number {number}", look.database);
            look.problem(place, Fault::Changed, format!("its row cannot be read: {error}"));
            for sheet in look.manifests.values_mut().filter(|sheet| i64::try_from(sheet.number) == Ok(number)) {
                sheet.has_row = true;
            }
            return Ok(());
        }
    };
    let evidence = rows.evidence(number).await?;
    if told {
        violations(look, &row, &rows.violations(number).await?);
    }
    if let Some(sheet) = look.manifests.get_mut(&row.case_id) {
        sheet.has_row = true;
    }
    compare::<R>(look, number, row, &evidence);
    Ok(())
}

/// Compares what others search by with the line that it was taken from.
fn violations(look: &mut Look, row: &CaseRow, told: &[ViolationRow]) {
    if told.is_empty() {
        // An older postlink wrote it; the next one that opens the store gives it its facts.
        return;
    }
    let found: Vec<_> = told.iter().filter(|(number, ..)| number.is_some()).cloned().collect();
    let of_line = Facts::of(&row.ad_id, &row.line).violations.into_iter().map(|told| -> ViolationRow {
        let number = i64::try_from(told.number).ok();
        (number, Some(told.rule), Some(told.severity), Some(told.promised.quote), Some(told.delivered.quote))
    });
    let of_line: Vec<_> = of_line.collect();
    if found != of_line {
        let place = format!("{}, case {}", look.database, row.case_id);
        let count = |rows: &[ViolationRow]| format!("{} violations", rows.len());
        look.differs(place, "its violations differ from its line", count(&of_line), count(&found));
    }
}

/// Compares one row with its manifest.
fn compare<R: Rows>(look: &mut Look, number: i64, row: CaseRow, evidence: &[String]) {
    let case_id = row.case_id;
    let place = format!("{}, case {case_id}", look.database);
    let file = manifest_path(&CaseId(case_id.clone()));
    let kept = EvidenceId::of(row.manifest.as_bytes());
    let here = look.manifests.get(&case_id).map(|sheet| sheet.hash);
    three_ways(look, &place, &file, here, kept, &row.manifest_sha256);
    let manifest: Manifest = match serde_json::from_str(&row.manifest) {
        Ok(manifest) => manifest,
        Err(error) => {
            return look.problem(&place, Fault::Changed, format!("its column manifest holds no manifest: {error}"));
        }
    };
    look.line_of(&manifest);
    let found = EvidenceId::of(row.line.as_bytes());
    if look.deleted.contains(&case_id) {
        if !row.line.is_empty() || !evidence.is_empty() {
            let detail = "the log says that it was deleted, and there is something of it";
            look.problem(&place, Fault::NotInManifest, detail);
        }
    } else if found != manifest.line_sha256 {
        look.differs(&place, "the line differs from the one that was sealed", manifest.line_sha256, found);
    }
    let mut sealed: Vec<String> = manifest.evidence.iter().map(|kept| kept.id.to_string()).collect();
    sealed.sort();
    if sealed != evidence && !look.deleted.contains(&case_id) {
        look.differs(
            &place,
            "its rows in case_evidence differ from its manifest",
            format!("{} ids", sealed.len()),
            format!("{} ids", evidence.len()),
        );
    }
    let columns = [
        ("number", manifest.number.to_string(), number.to_string()),
        ("case_id", manifest.case_id.to_string(), case_id),
        ("key", manifest.key, row.key),
        ("ad_id", manifest.ad_id, row.ad_id),
        ("position", manifest.position.to_string(), row.position.to_string()),
        ("opened_at", R::kept(manifest.opened_at), row.opened_at),
        ("sealed_at", R::kept(manifest.sealed_at), row.sealed_at),
        ("verdict", manifest.verdict, row.verdict),
        ("previous", manifest.previous.map(|id| id.to_string()).unwrap_or_default(), row.previous.unwrap_or_default()),
    ];
    for (column, sealed, found) in columns.into_iter().filter(|(_, sealed, found)| sealed != found) {
        look.differs(&place, format!("its column {column} differs from its manifest"), sealed, found);
    }
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
            look.in_doubt.push((look.report.problems.len(), Doubt::Manifest(file.to_owned(), kept)));
            look.problem(file, Fault::Missing, format!("{} has a case with this manifest", look.database));
            if let Some(problem) = look.report.problems.last_mut() {
                problem.expected = Some(stored.to_owned());
            }
        }
    }
}
