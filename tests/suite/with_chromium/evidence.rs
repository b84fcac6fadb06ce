//! The evidence of a folder: what cases name, and what was written down of each visit.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use model::evidence::EvidenceId;
use serde_json::Value;

use super::{list, text};

/// Where an artefact lies.
pub(super) fn path(out: &Path, id: EvidenceId) -> PathBuf {
    let hex = id.hex();
    out.join("evidence/sha256").join(&hex[..2]).join(&hex[2..4]).join(hex)
}

/// Evidence that a case names and that is not there, or not what its name says.
pub(super) fn faults(out: &Path, case: &Value) -> Vec<String> {
    let mut named = Vec::new();
    for (key, value) in case.as_object().into_iter().flatten() {
        // The ad is quoted as its sender wrote it.
        if key != "ad" {
            ids(value, key, &mut named);
        }
    }
    let ad_id = text(case, "/ad_id");
    let mut faults = Vec::new();
    if named.is_empty() {
        faults.push(format!("{ad_id} names no evidence"));
    }
    for (at, id) in named {
        match std::fs::read(path(out, id)) {
            Ok(bytes) if EvidenceId::of(&bytes) == id => {}
            Ok(_) => faults.push(format!("{ad_id}: {at}: {id} is another file than its name says")),
            Err(error) => faults.push(format!("{ad_id}: {at}: {id}: {error}")),
        }
    }
    faults
}

fn ids(value: &Value, at: &str, found: &mut Vec<(String, EvidenceId)>) {
    match value {
        Value::String(text) => found.extend(text.parse().ok().map(|id| (at.to_owned(), id))),
        Value::Array(values) => {
            values.iter().enumerate().for_each(|(index, value)| ids(value, &format!("{at}[{index}]"), found));
        }
        Value::Object(fields) => fields.iter().for_each(|(name, value)| ids(value, &format!("{at}.{name}"), found)),
        _ => {}
    }
}

/// The manifests of a folder.
pub(super) fn manifests(out: &Path) -> Vec<Value> {
    let mut paths: Vec<_> = std::fs::read_dir(out.join("evidence/cases")).unwrap().flatten().collect();
    paths.sort_by_key(std::fs::DirEntry::path);
    paths.iter().map(|entry| serde_json::from_slice(&std::fs::read(entry.path()).unwrap()).unwrap()).collect()
}

/// What was written down of each visit of this ad: its chain, what was opened and what was blocked.
pub(super) fn records(out: &Path, ad_id: &str) -> Vec<Value> {
    let manifests = manifests(out).into_iter().filter(|manifest| text(manifest, "/ad_id") == ad_id);
    let kept = manifests.flat_map(|manifest| list(&manifest, "/evidence").to_vec());
    let ids =
        kept.filter(|kept| text(kept, "/what") == "record of the chain").map(|kept| text(&kept, "/id").to_owned());
    let read = |id: String| std::fs::read(path(out, id.parse().unwrap())).unwrap();
    ids.map(|id| serde_json::from_slice::<Value>(&read(id)).unwrap()["chain"].take()).collect()
}

/// How many visits of further looks are kept of this ad.
pub(super) fn further_looks(out: &Path, ad_id: &str) -> usize {
    let manifests = manifests(out).into_iter().filter(|manifest| text(manifest, "/ad_id") == ad_id);
    let kept = manifests.flat_map(|manifest| list(&manifest, "/evidence").to_vec());
    kept.filter(|kept| text(kept, "/what").starts_with("record of the chain, ")).count()
}

/// Addresses other than the site's that the visits of an ad opened, and visits that do not tell what they opened.
pub(super) fn others_opened(out: &Path, ad_id: &str, site: SocketAddr) -> Vec<String> {
    let mut others = Vec::new();
    for record in records(out, ad_id) {
        let opened: Vec<_> = list(&record, "/opened").iter().filter_map(Value::as_str).collect();
        let answered = list(&record, "/chain/hops").iter().any(|hop| hop["status"].is_number());
        if opened.is_empty() && answered {
            others.push(format!("it is not written down what was opened: {record}"));
        }
        let here = format!(" {site}");
        others.extend(opened.iter().filter(|line| !line.ends_with(&here)).map(|line| (*line).to_owned()));
    }
    others
}
