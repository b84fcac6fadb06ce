//! `postlink hold`: cases that are kept whatever their age.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::units::Clock;
use storage::retention::Hold as Held;
use storage::store::{CaseId, Store};

use crate::cli::{Hold, HoldCommand};
use crate::config;
use crate::exit::{Ended, Refused};
use crate::stores::{self, on};

pub(crate) async fn run(hold: Hold) -> anyhow::Result<Ended> {
    let at = match &hold.command {
        HoldCommand::Add { store, .. } | HoldCommand::Release { store, .. } | HoldCommand::List { store } => store,
    };
    let config = config::load(at.config.as_deref())?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let opened = stores::at(at, &config, clock).await?;
    let done = on!(&opened, store => go(store, &hold.command).await);
    opened.close().await;
    done
}

async fn go(store: &impl Store, command: &HoldCommand) -> anyhow::Result<Ended> {
    match command {
        HoldCommand::Add { case, why, .. } => {
            let case = named(store, case).await?;
            store.hold(&case, why).await?;
            println!("case {case} is held");
        }
        HoldCommand::Release { case, why, .. } => {
            let case = named(store, case).await?;
            match store.release(&case, why).await? {
                0 => return Err(Refused::Usage(format!("case {case} is not held: see `postlink hold list`")).into()),
                holds => println!("case {case} is released from {holds} holds"),
            }
        }
        HoldCommand::List { .. } => {
            for Held { case_id, why, placed_at, released } in store.holds().await? {
                match released {
                    None => println!("held      {case_id} since {placed_at}: {why}"),
                    Some((at, after)) => {
                        println!("released  {case_id} at {at}: {after} (held since {placed_at}: {why})")
                    }
                }
            }
        }
    }
    Ok(Ended::Clean)
}

/// The case of this id, or the latest of the ad of this id.
pub(super) async fn named(store: &impl Store, name: &str) -> Result<CaseId, anyhow::Error> {
    let cases = store.history(DateTime::UNIX_EPOCH).await?;
    let found = cases.iter().rev().find(|case| case.case_id.as_str() == name || case.ad_id == name);
    let unknown = || Refused::Usage(format!("there is no case and no ad `{name}` here, or it was deleted"));
    Ok(found.ok_or_else(unknown)?.case_id.clone())
}
