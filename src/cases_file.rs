//! `cases.jsonl`: written anew from the store, which is the truth.

use std::io::Write as _;

use storage::sqlite::SqliteStore;
use storage::store::Store as _;

pub(crate) const NAME: &str = "cases.jsonl";

/// Writes the latest case of each ad, one a line.
pub(crate) async fn write(store: &SqliteStore) -> anyhow::Result<()> {
    let mut draft = store.draft(NAME)?;
    for case in store.cases().await? {
        let line = store.line(&case.case_id).await?;
        draft.write_all(format!("{line}\n").as_bytes())?;
    }
    Ok(store.publish(draft).await?)
}
