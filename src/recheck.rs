//! Stored cases compared anew, without a visit: what today's checks and packs say of what was seen then.

mod ad;
mod change;
mod kept;
mod tally;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context as _;
use checker::Words;
use chrono::{DateTime, Utc};
use policies::Packs;

use crate::config::Config;
use crate::exit::Refused;
use crate::packs;

pub(crate) use ad::{by_ad, recheck};
pub(crate) use change::Change;
pub(crate) use tally::Tally;

/// By what cases are compared and judged anew.
pub(crate) struct Law {
    words: Words,
    packs: Packs,
    /// Where an ad runs that does not say so.
    markets: BTreeSet<String>,
    dry_run: Option<DryRun>,
}

/// What would be otherwise, if other packs judged on one and the same day.
pub(crate) struct DryRun {
    /// The packs that judge now.
    before: Packs,
    /// Whose law judges, before and after.
    at: DateTime<Utc>,
}

impl Law {
    /// The configuration's packs, or those with the operator's folder laid over the built-in ones; for a dry run of the law
    /// of a moment, both.
    pub(crate) fn ready(
        config: &Config,
        folder: Option<&Path>,
        dry_run: Option<DateTime<Utc>>,
    ) -> anyhow::Result<Self> {
        let configured = &config.policies.folder;
        let configured = (!configured.as_os_str().is_empty()).then_some(configured.as_path());
        let load = |folder| packs::load(folder).map_err(|error| Refused::Configuration(error.to_string()));
        let dry_run = match dry_run {
            Some(at) => Some(DryRun { before: load(configured)?, at }),
            None => None,
        };
        let markets = config.policies.markets.iter().map(|market| market.to_uppercase()).collect();
        let packs = load(folder.or(configured))?;
        // Last, as it takes longest.
        let lexicon = policies::lexicon().context("read the lexicons")?;
        let words = Words::compile(&lexicon, policies::senses()).context("compile the lexicons")?;
        Ok(Self { words, packs, markets, dry_run })
    }

    /// What a dry run compares.
    pub(crate) fn told(&self) -> Option<String> {
        let DryRun { before, at } = self.dry_run.as_ref()?;
        let (day, before, after) = (at.format("%F %R"), names(before).join(", "), names(&self.packs).join(", "));
        Some(format!("a dry run by the law of {day} UTC\nbefore: {before}\nafter:  {after}, with their rules on trial"))
    }
}

/// `<pack>@<version>` of each.
fn names(packs: &Packs) -> Vec<String> {
    packs.about().into_iter().map(|pack| pack.name).collect()
}
