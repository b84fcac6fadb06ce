//! `postlink export`: hands cases over as a bundle that strangers can verify.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::Utc;
use model::evidence::EvidenceId;
use model::line::CaseLine;
use model::units::Clock;
use reader::Reader;
use reader::models::ModelError;
use storage::bundle::BundleError;
use storage::decisions::Decisions;
use storage::frontier::Frontier;
use storage::ledger::Ledger;
use storage::store::{Store, StoredCase};
use storage::sweeps::Sweeps;
use storage::transfers::{Transfer, Transfers};

use crate::cli::Export;
use crate::config::{self, Config};
use crate::exit::{Ended, Refused};
use crate::export::{Clue, LETTER, Made, Seals, Which, Written, is_clue, select, write};
use crate::ledger::follow;
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
    store: &(impl Store + Sweeps + Frontier + Decisions + Transfers + Ledger),
    clock: &Clock,
) -> anyhow::Result<Written> {
    let folder = (!config.policies.folder.as_os_str().is_empty()).then_some(config.policies.folder.as_path());
    let packs = packs::load(folder).map_err(|error| Refused::Configuration(error.to_string()))?;
    let markets: BTreeSet<_> = config.policies.markets.iter().map(|market| market.to_uppercase()).collect();
    let which = which(export);
    let selected = select(store, &which).await?;
    if export.transfer_to.is_some() && selected.wanted.iter().all(|case| case.verdict != "violating") {
        return Err(Refused::Usage("nothing was found in this case: there is no clue to hand over".into()).into());
    }
    if let (Some(_), [case]) = (&export.transfer_to, selected.wanted.as_slice())
        && !is_clue(store, case).await?
    {
        let refusal = "people rejected everything that was found in this case: there is no clue to hand over";
        return Err(Refused::Usage(refusal.into()).into());
    }
    let reader = export.redacted.then(|| eyes(&config.reader, export.faces == "shown")).transpose();
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
        clue: clue(export)?,
    };
    let written = write(store, &selected, &made, &export.out).await?;
    if let (Some(clue), [case]) = (&made.clue, selected.wanted.as_slice()) {
        handed_over(store, clue, case, &made, written.sums).await?;
    }
    Ok(written)
}

/// To whom the case is handed over as a clue, if it is.
fn clue(export: &Export) -> anyhow::Result<Option<Clue>> {
    let (Some(to), Some(by)) = (&export.transfer_to, &export.by) else { return Ok(None) };
    let authorities = policies::authorities()?;
    let known: Vec<_> = authorities.iter().map(|one| one.id.clone()).collect();
    let unknown = || Refused::Usage(format!("there is no authority `{to}`: these are {}", known.join(", ")));
    let to = authorities.into_iter().find(|one| one.id == *to).ok_or_else(unknown)?;
    Ok(Some(Clue { to, by: by.clone() }))
}

/// Keeps what was handed over to whom, and writes it down in the ledger.
async fn handed_over(
    store: &(impl Transfers + Ledger + Store),
    clue: &Clue,
    case: &StoredCase,
    made: &Made<'_>,
    sums: EvidenceId,
) -> anyhow::Result<()> {
    let line: CaseLine = serde_json::from_str(&store.line(&case.case_id).await?)?;
    let advertiser = line.ad.advertiser.and_then(|advertiser| advertiser.id);
    let transfer = Transfer {
        case_id: case.case_id.clone(),
        subject: advertiser.unwrap_or_else(|| case.ad_id.clone()),
        authority: clue.to.id.clone(),
        document: made.number(LETTER),
        basis: clue.to.basis.iter().map(|one| one.id.clone()).collect(),
        sums,
        by: clue.by.clone(),
        at: made.at,
    };
    if store.hand_over(&transfer).await?.is_none() {
        anyhow::bail!("another clue was handed over in the same second, as {}: do it again", transfer.document);
    }
    follow(store).await?;
    Ok(())
}

/// A copy is made with the eyes of the reader: what it cannot read it cannot cover. Faces are covered unless they are asked
/// for: what was handed out with a face cannot be taken back, and what was covered is there in the sealed original.
pub(super) fn eyes(options: &reader::Options, faces_shown: bool) -> Result<Arc<Reader>, ModelError> {
    let reader = Reader::open(options)?;
    Ok(Arc::new(if faces_shown { reader } else { reader.minding_faces()? }))
}

fn which(export: &Export) -> Which {
    match (&export.case, &export.advertiser, &export.sweep, export.since, export.until) {
        (Some(case), ..) => Which::Case(case.clone()),
        (_, Some(advertiser), ..) => Which::Advertiser(advertiser.clone(), export.platform.clone()),
        (_, _, Some(sweep), ..) => Which::Sweep(sweep.clone(), export.round.clone()),
        (.., Some(since), Some(until)) => Which::Period(since, until),
        _ => Which::All,
    }
}
