//! What a store knows of its cases beyond their evidence: time stamps, the log, and the key that signs it.

use std::collections::BTreeMap;

use console::documents::Decision;
use model::evidence::EvidenceId;
use storage::bundle::{CHECKPOINT, LOG_KEY};
use storage::decisions::Decisions;
use storage::log::checkpoint::Note;
use storage::log::proof::{self, CaseProof};
use storage::log::{Entry, sealing};
use storage::store::{CaseId, Store};

use super::Taken;
use console::told::local;

/// A file of the bundle.
pub(super) type File = (String, Vec<u8>);

/// Which certificates the issuers of those that stamped had taken back: the newest list of each.
pub(super) async fn lists(store: &impl Store) -> anyhow::Result<Vec<File>> {
    let newest: BTreeMap<_, _> = store.lists().await?.into_iter().map(|list| (list.url, list.list)).collect();
    let name = |list: &[u8]| format!("certs/{}.crl", EvidenceId::of(list).hex());
    Ok(newest.into_values().map(|list| (name(&list), list)).collect())
}

/// What is proven of a case, as files: its stamps, its entries in the log.
pub(super) async fn of_case(store: &impl Store, case: &CaseId) -> anyhow::Result<(Vec<File>, Option<CaseProof>)> {
    let mut files = Vec::new();
    for stamp in store.stamps_of(case).await? {
        // What waits proves nothing yet.
        if let Some(answer) = stamp.answer {
            let name = format!("cases/{case}/stamps/{}.{}.tsr", stamp.digest.hex(), stamp.number);
            files.push((name, answer.response));
        }
    }
    let proven = proof::of_case(store, case).await?;
    for (nth, one) in proven.iter().flat_map(|proven| &proven.entries).enumerate() {
        // The first is that of its sealing; what was decided later comes behind it.
        let name = if nth == 0 { format!("proof/{case}") } else { format!("proof/{case}-{nth}") };
        files.push((format!("{name}.leaf"), one.entry.text.clone().into_bytes()));
        files.push((format!("{name}.inclusion.json"), serde_json::to_vec_pretty(&one.inclusion)?));
    }
    Ok((files, proven))
}

/// The checkpoint to which the proofs lead, with its stamp and the key that signs it.
pub(super) async fn of_log(store: &impl Store) -> anyhow::Result<Vec<File>> {
    let Some((checkpoint, note)) = proof::latest(store).await? else { return Ok(Vec::new()) };
    let mut files = vec![(CHECKPOINT.to_owned(), checkpoint.note.clone().into_bytes())];
    for stamp in store.stamps_for(EvidenceId::of(checkpoint.note.as_bytes())).await? {
        if let Some(answer) = stamp.answer {
            files.push((format!("{CHECKPOINT}.tsr"), answer.response));
            break;
        }
    }
    files.extend(key(store, &note).await?.map(|pem| (LOG_KEY.to_owned(), pem.into_bytes())));
    Ok(files)
}

async fn key(store: &impl Store, note: &Note) -> anyhow::Result<Option<String>> {
    if !note.is_signed() {
        return Ok(None);
    }
    Ok(sealing::public_key(store, note.checkpoint.size).await?)
}

/// What was decided and done about cases, by case.
pub(super) async fn decisions(
    store: &(impl Store + Decisions),
    cases: &[Taken],
) -> anyhow::Result<BTreeMap<String, Vec<Decision>>> {
    let mut decisions: BTreeMap<String, Vec<Decision>> = BTreeMap::new();
    for case in cases {
        let decided: BTreeMap<_, _> = store
            .decisions_of(&case.stored.case_id)
            .await?
            .into_iter()
            .map(|decided| (decided.leaf_index, decided.decision))
            .collect();
        for logged in store.logged_of(&case.stored.case_id).await? {
            let (kind, what, record, at) = match serde_json::from_str(&logged.text)? {
                Entry::Decision { decision, record, at, .. } => ("decision", decision, record, at),
                Entry::Measure { measure, record, at, .. } => ("measure", measure, record, at),
                _ => continue,
            };
            let decision = decided.get(&logged.index);
            let told = Decision {
                at: local(at),
                kind: kind.to_owned(),
                what,
                violation: decision.and_then(|decision| decision.violation),
                reason: decision.and_then(|decision| decision.reason.clone()),
                record: record.to_string(),
            };
            decisions.entry(case.stored.case_id.to_string()).or_default().push(told);
        }
    }
    Ok(decisions)
}
