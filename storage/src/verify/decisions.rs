//! What people decided against the entries of the log that tell of it.

use model::event::Choice;
use model::evidence::EvidenceId;

use super::rows::{DecisionRow, Rows};
use super::{Fault, Look};
use crate::decisions::Record;
use crate::log::Entry;

/// The migration that made the decisions.
const MIGRATION: i64 = 2026120102;

pub(super) async fn check(look: &mut Look, rows: &mut impl Rows) -> Result<(), sqlx::Error> {
    if !rows.has(MIGRATION).await? {
        return Ok(());
    }
    let (mut last, mut count) = (i64::MIN, 0);
    loop {
        let decisions = rows.decisions(last).await?;
        let Some(end) = decisions.last() else { break };
        last = end.number;
        count += decisions.len();
        decisions.iter().for_each(|row| compare(look, row));
    }
    let mut last = -1;
    loop {
        let entries = rows.undecided(last).await?;
        let Some((end, ..)) = entries.last() else { break };
        last = *end;
        for (index, case, text) in entries {
            // Holds are told by entries of the same kind.
            let decided = |word: &str| Choice::ALL.iter().any(|choice| choice.word() == word);
            let told = serde_json::from_str(&text);
            if matches!(told, Ok(Entry::Decision { decision, .. }) if decided(&decision))
                && !look.deleted.contains(&case)
            {
                let place = format!("{}, entry {index} of the log", look.database);
                look.problem(
                    place,
                    Fault::Missing,
                    format!("the decision about case {case} that it tells of is not there"),
                );
            }
        }
    }
    if count > 0 {
        look.say(format!("log: it tells of each of the {count} decisions about cases"));
    }
    Ok(())
}

/// Compares a decision with its record, and the record with the entry that has its hash.
fn compare(look: &mut Look, row: &DecisionRow) {
    let place = format!("{}, decision {}", look.database, row.number);
    let hash = EvidenceId::of(row.record.as_bytes());
    match row.entry.as_ref().map(|text| serde_json::from_str(text)) {
        Some(Ok(Entry::Decision { case_id, record, .. })) if case_id.as_str() == row.case_id && record == hash => {}
        Some(Ok(Entry::Decision { record, .. })) => {
            look.differs(&place, "its record is not the one that the log tells of", record, hash);
        }
        _ => look.problem(&place, Fault::NotInManifest, "the log does not tell of it"),
    }
    let told = (&row.case_id, row.violation, &row.decision, &row.reason, &row.decided_by, row.decided_at);
    let holds = serde_json::from_str(&row.record).is_ok_and(|record: Record| {
        let violation = record.violation.and_then(|number| i64::try_from(number).ok());
        let (case_id, decision) = (record.case_id.to_string(), record.decision.word().to_owned());
        told == (&case_id, violation, &decision, &record.reason, &record.by, record.at.timestamp_millis())
    });
    if !holds {
        look.problem(place, Fault::Changed, "its columns differ from its record");
    }
}
