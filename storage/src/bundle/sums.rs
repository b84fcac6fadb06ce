//! Files of sums, as `sha256sum` writes and checks them.

use std::collections::BTreeMap;

use model::evidence::EvidenceId;

/// `<64 hex digits>  <name>`, sorted by name.
pub(super) fn text(files: &BTreeMap<String, EvidenceId>) -> String {
    files.iter().map(|(name, id)| format!("{}  {name}\n", id.hex())).collect()
}

/// The files that such a text names, or the number (from 1) of its first line that is none of ours.
pub(super) fn read(text: &str) -> Result<BTreeMap<String, EvidenceId>, usize> {
    let mut files = BTreeMap::new();
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let entry = line.strip_suffix('\n').and_then(|line| line.split_once("  "));
        let read = entry.and_then(|(hex, name)| Some((name.to_owned(), format!("sha256:{hex}").parse().ok()?)));
        match read {
            Some((name, id)) if !name.is_empty() && !files.contains_key(&name) => files.insert(name, id),
            _ => return Err(at + 1),
        };
    }
    Ok(files)
}
