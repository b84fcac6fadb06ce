//! What the confirmed cases of an advertiser come to, for the console: thought of, or proposed as `postlink measures propose` does.

use console::doors::{ProposeWanted, ProposedStep, Refusal};
use governance::ladder::{Ladders, Proposal};
use storage::measures::Proposed;

use super::{Behind, broken};
use crate::cli::LADDER;
use crate::fleet::Base;
use crate::ledger::follow;
use crate::measures::Proposing;

pub(super) async fn proposed<S: Base>(
    behind: &Behind<S>,
    wanted: ProposeWanted,
) -> Result<Option<ProposedStep>, Refusal> {
    thought(behind, &wanted).await.map_err(broken)
}

async fn thought<S: Base>(behind: &Behind<S>, wanted: &ProposeWanted) -> anyhow::Result<Option<ProposedStep>> {
    let (store, ladders) = (&*behind.store, Ladders::built_in());
    let proposing = Proposing {
        ladders: &ladders,
        ladder: LADDER,
        language: wanted.language,
        at: (behind.clock)(),
        advertiser: Some(&wanted.advertiser),
        known: &wanted.circumstances,
        left_out: &[],
    };
    let Some(Proposal { measure, decide }) = proposing.thought(store, &wanted.platform, &wanted.advertiser).await?
    else {
        return Ok(None);
    };
    if !wanted.keep {
        return Ok(Some(ProposedStep { measure, to_decide: decide }));
    }
    let kept = store.propose(&Proposed { measure, to_decide: decide }).await?;
    follow(store).await?;
    Ok(kept.map(|kept| ProposedStep { measure: kept.measure, to_decide: kept.to_decide }))
}
