//! `postlink decide`: what a person says of a case or of one of its violations.

use std::sync::Arc;

use chrono::Utc;
use model::event::Choice;
use model::units::Clock;
use storage::decisions::{Decided, Decision, Decisions};
use storage::store::{Store, StoreError};

use super::hold::named;
use crate::cli::Decide;
use crate::config;
use crate::exit::{Ended, Refused};
use crate::stores::{self, on};

pub(crate) async fn run(decide: Decide) -> anyhow::Result<Ended> {
    let config = config::load(decide.store.config.as_deref())?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let opened = stores::at(&decide.store, &config, clock).await?;
    let done = on!(&opened, store => go(store, &decide).await);
    opened.close().await;
    done
}

async fn go(store: &(impl Store + Decisions), decide: &Decide) -> anyhow::Result<Ended> {
    let choice = match (decide.confirm, &decide.reject) {
        (true, _) => Choice::Confirm,
        (false, Some(_)) => Choice::Reject,
        (false, None) => Choice::Again,
    };
    let decision = Decision {
        case_id: named(store, &decide.case).await?,
        violation: decide.violation,
        choice,
        reason: decide.reject.clone().or_else(|| decide.reason.clone()),
        by: decide.by.clone(),
    };
    let Decided { number, leaf_index, .. } = store.decide(&decision).await.map_err(|error| match error {
        StoreError::NoSuchViolation { .. } | StoreError::Appealed(_) => Refused::Usage(error.to_string()).into(),
        error => anyhow::Error::new(error),
    })?;
    let about = decision.violation.map_or_else(String::new, |number| format!("violation {number} of "));
    let word = choice.word();
    println!("decision {number}: {word} {about}case {} (entry {leaf_index} of the log)", decision.case_id);
    Ok(Ended::Clean)
}
