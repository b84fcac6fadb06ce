//! `postlink export`: hands cases over as a bundle that strangers can verify.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::Utc;
use model::units::Clock;
use reader::Reader;
use reader::models::ModelError;
use storage::bundle::BundleError;
use storage::frontier::Frontier;
use storage::store::Store;
use storage::sweeps::Sweeps;

use crate::cli::Export;
use crate::config::{self, Config};
use crate::exit::{Ended, Refused};
use crate::export::{Made, Seals, Which, Written, select, write};
use crate::packs;
use crate::stores::{self, on};

pub(crate) async fn run(export: Export) -> anyhow::Result<Ended> {
    let config = config::load(export.store.config.as_deref())?.judged_by(export.policies.clone());
    if export.out.symlink_metadata().is_ok() {
        return Err(Refused::Usage(BundleError::There(export.out.clone()).to_string()).into());
    }
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let opened = stores::at(&export.store, &config, clock.clone()).await?;
    let written = on!(&opened, store => all(&export, &config, store, &clock).await);
    opened.close().await;
    let written = written?;
    let out = export.out.display();
    println!("{} cases, {} certificates: {out}", written.cases, written.certificates);
    println!("SHA-256 of its SHA256SUMS, to be noted in the hand-over: {}", written.sums.hex());
    Ok(Ended::Clean)
}

async fn all(
    export: &Export,
    config: &Config,
    store: &(impl Store + Sweeps + Frontier),
    clock: &Clock,
) -> anyhow::Result<Written> {
    let folder = (!config.policies.folder.as_os_str().is_empty()).then_some(config.policies.folder.as_path());
    let packs = packs::load(folder).map_err(|error| Refused::Configuration(error.to_string()))?;
    let markets: BTreeSet<_> = config.policies.markets.iter().map(|market| market.to_uppercase()).collect();
    let which = which(export);
    let selected = select(store, &which).await?;
    let reader = export.redacted.then(|| eyes(export, config)).transpose();
    let reader = reader.map_err(|error| Refused::Configuration(error.to_string()))?;
    let made = Made {
        at: clock(),
        operator: &config.operator,
        packs: &packs,
        markets: &markets,
        language: &export.lang,
        chosen: which.told(),
        cases: selected.wanted.len(),
        most_bytes: u64::MAX,
        reader,
        seals: &Seals::ready(config)?,
    };
    write(store, &selected, &made, &export.out).await
}

/// A copy is made with the eyes of the reader: what it cannot read it cannot cover. Faces are covered unless they are asked
/// for: what was handed out with a face cannot be taken back, and what was covered is there in the sealed original.
fn eyes(export: &Export, config: &Config) -> Result<Arc<Reader>, ModelError> {
    let reader = Reader::open(&config.reader)?;
    Ok(Arc::new(if export.faces == "shown" { reader } else { reader.minding_faces()? }))
}

fn which(export: &Export) -> Which {
    match (&export.case, &export.advertiser, &export.sweep, export.since, export.until) {
        (Some(case), ..) => Which::Case(case.clone()),
        (_, Some(advertiser), ..) => Which::Advertiser(advertiser.clone()),
        (_, _, Some(sweep), ..) => Which::Sweep(sweep.clone(), export.round.clone()),
        (.., Some(since), Some(until)) => Which::Period(since, until),
        _ => Which::All,
    }
}
