//! Cases that somebody takes along from the console: the same bundle and the same dossier as `postlink export` makes.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context as _;
use console::doors::{HandOver, Handed, HandedOver, Refusal};
use storage::bundle::BundleError;
use storage::store::{CaseId, Store, StoredCase};

use super::{Behind, broken};
use crate::export::{Made, Seals, Selected, write, write_dossier};
use crate::fleet::Base;
use crate::packs;

pub(super) async fn handed_over<S: Base>(behind: &Behind<S>, wanted: HandOver) -> Result<HandedOver, Refusal> {
    made(behind, wanted).await.map_err(|error| match error.downcast_ref::<BundleError>() {
        Some(BundleError::TooLong(most)) => Refusal::Not {
            word: "many-bytes",
            what: (most / 1_000_000).to_string(),
            said: format!(
                "these cases have more than {} MB of evidence: ask for fewer, or have `postlink export` run where the store is",
                most / 1_000_000
            ),
        },
        _ => broken(error),
    })
}

async fn made<S: Base>(behind: &Behind<S>, wanted: HandOver) -> anyhow::Result<HandedOver> {
    let _turn = behind.making.acquire().await?;
    let (store, config) = (&*behind.store, &behind.config);
    let selected =
        Selected { wanted: stored(store, &wanted.wanted).await?, history: stored(store, &wanted.history).await? };
    let folder = (!config.policies.folder.as_os_str().is_empty()).then_some(config.policies.folder.as_path());
    let packs = packs::load(folder)?;
    let markets: BTreeSet<_> = config.policies.markets.iter().map(|market| market.to_uppercase()).collect();
    let made = Made {
        at: (behind.clock)(),
        operator: &config.operator,
        packs: &packs,
        markets: &markets,
        language: wanted.language,
        chosen: wanted.chosen,
        cases: selected.wanted.len(),
        most_bytes: config.console.export_max_mb.saturating_mul(1_000_000),
        reader: None,
        seals: &Seals::ready(config)?,
        clue: None,
    };
    let room = tempfile::tempdir().context("make a folder for what is handed over: is the disk full?")?;
    let path = room.path().join("handed-over.zip");
    match wanted.what {
        Handed::Bundle => {
            write(store, &selected, &made, &path).await?;
        }
        Handed::Dossier => write_dossier(store, &selected, &made, &path).await?,
    }
    opened(&path)
}

/// The file goes with its folder, and what is open can be read to its end.
fn opened(path: &Path) -> anyhow::Result<HandedOver> {
    let file = std::fs::File::open(path).with_context(|| format!("read {}", path.display()))?;
    let length = file.metadata()?.len();
    Ok(HandedOver { file, length })
}

/// In the order of sealing; one that was deleted meanwhile is left out.
async fn stored(store: &impl Store, ids: &[CaseId]) -> anyhow::Result<Vec<StoredCase>> {
    let mut cases = Vec::new();
    for id in ids {
        cases.extend(store.sealed(id).await?);
    }
    cases.sort_by_key(|case| case.number);
    Ok(cases)
}
