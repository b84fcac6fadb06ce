//! `postlink notes`: what was found, told to one sort of reader.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use model::units::Clock;
use policies::Telling;
use serde::Serialize;

use super::check::{open, there};
use crate::cli::Notes;
use crate::exit::{Ended, Refused};
use crate::packs;
use crate::report;

/// A line of what is printed.
#[derive(Serialize)]
struct Line {
    ad_id: String,
    opened_at: DateTime<Utc>,
    #[serde(flatten)]
    telling: Telling,
}

pub(crate) async fn run(notes: Notes) -> anyhow::Result<Ended> {
    let packs = packs::load(notes.policies.as_deref()).map_err(|error| Refused::Configuration(error.to_string()))?;
    there(&notes.data)?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let store = open(&notes.data, clock).await?;
    let mut ended = Ended::Clean;
    for line in report::lines(&store).await? {
        if notes.ad.as_ref().is_some_and(|only| *only != line.ad_id) {
            continue;
        }
        for violation in line.told() {
            ended = Ended::Violations;
            let telling = packs.tell(&violation, notes.reader, &notes.language).with_context(|| {
                format!(
                    "tell {} of {} in {}: the pack, the rule or the language is not there; see `postlink policy explain {}`",
                    violation.rule, line.ad_id, notes.language, violation.rule
                )
            })?;
            let line = Line { ad_id: line.ad_id.clone(), opened_at: line.opened_at, telling };
            println!("{}", serde_json::to_string(&line)?);
        }
    }
    store.close().await;
    Ok(ended)
}
