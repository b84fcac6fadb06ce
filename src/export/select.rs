//! Which cases are handed over.

use std::collections::{BTreeSet, HashSet};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use storage::frontier::Frontier;
use storage::store::{CaseId, Store, StoredCase};
use storage::sweeps::Sweeps;

use crate::exit::Refused;
use console::told::local;

/// What somebody asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Which {
    Case(String),
    /// The latest case of every ad of this advertiser, by its id; on this platform, if one is named.
    Advertiser(String, Option<String>),
    /// Every case that was opened in these days, the end excluded.
    Period(DateTime<Utc>, DateTime<Utc>),
    /// Every case that a sweep came to: in this round, or in each of its rounds.
    Sweep(String, Option<String>),
    /// The latest case of every ad.
    All,
}

impl Which {
    /// In which way it is told, and of what.
    pub(crate) fn told(&self) -> (&'static str, String) {
        match self {
            Self::Case(id) => ("case", id.clone()),
            Self::Advertiser(id, None) => ("advertiser", id.clone()),
            Self::Advertiser(id, Some(platform)) => ("advertiser", format!("{id} ({platform})")),
            Self::Period(since, until) => ("period", format!("{} – {}", local(*since), local(*until))),
            Self::Sweep(name, None) => ("sweep", name.clone()),
            Self::Sweep(_, Some(round)) => ("round", round.clone()),
            Self::All => ("all", String::new()),
        }
    }

    fn nothing(&self) -> Refused {
        Refused::Usage(match self {
            Self::Case(id) => format!("there is no case `{id}`: its id is the name of its file in evidence/cases/"),
            Self::Advertiser(id, None) => format!("there is no ad of an advertiser with the id `{id}`"),
            Self::Advertiser(id, Some(platform)) => {
                format!("there is no ad of an advertiser with the id `{id}` on platform `{platform}`")
            }
            Self::Period(since, until) => format!("no case was opened from {since} to {until}"),
            Self::Sweep(name, None) => format!("no round of sweep `{name}` has come to a case yet"),
            Self::Sweep(_, Some(round)) => format!("round `{round}` has not come to a case yet"),
            Self::All => "there is no case yet: run `postlink check` first".to_owned(),
        })
    }
}

/// The cases that are wanted, oldest first, and every earlier case of their ads.
pub(crate) struct Selected {
    pub(crate) wanted: Vec<StoredCase>,
    /// Of all times, oldest first; the wanted ones among them.
    pub(crate) history: Vec<StoredCase>,
}

/// As much of a line as is needed to know whose ad it is.
#[derive(Deserialize)]
struct Whose {
    ad: Ad,
}

#[derive(Deserialize)]
struct Ad {
    platform: Option<String>,
    advertiser: Option<Advertiser>,
}

#[derive(Deserialize)]
struct Advertiser {
    id: Option<String>,
}

pub(crate) async fn select(store: &(impl Store + Sweeps + Frontier), which: &Which) -> anyhow::Result<Selected> {
    let history = store.history(DateTime::UNIX_EPOCH).await?;
    let mut wanted = match which {
        Which::All => store.cases().await?,
        Which::Case(id) => history.iter().filter(|case| case.case_id.as_str() == id).cloned().collect(),
        Which::Period(since, until) => {
            // What was examined before it ran is nobody's to export.
            let ran: BTreeSet<_> = store.cases().await?.into_iter().map(|case| case.ad_id).collect();
            let within = |case: &&StoredCase| (*since..*until).contains(&case.opened_at) && ran.contains(&case.ad_id);
            history.iter().filter(within).cloned().collect()
        }
        Which::Sweep(name, round) => {
            let of_sweep = swept(store, name, round.as_deref()).await?;
            history.iter().filter(|case| of_sweep.contains(&case.case_id)).cloned().collect()
        }
        Which::Advertiser(id, platform) => {
            let mut theirs = Vec::new();
            for case in store.cases().await? {
                let line = store.line(&case.case_id).await?;
                let whose: Whose =
                    serde_json::from_str(&line).with_context(|| format!("read back case {}", case.case_id))?;
                let there = platform.is_none() || whose.ad.platform == *platform;
                if there && whose.ad.advertiser.and_then(|one| one.id).as_ref() == Some(id) {
                    theirs.push(case);
                }
            }
            theirs
        }
    };
    if wanted.is_empty() {
        return Err(which.nothing().into());
    }
    wanted.sort_by_key(|case| case.number);
    let ads: BTreeSet<_> = wanted.iter().map(|case| case.ad_id.clone()).collect();
    let mut history: Vec<_> = history.into_iter().filter(|case| ads.contains(&case.ad_id)).collect();
    history.sort_by_key(|case| case.number);
    Ok(Selected { wanted, history })
}

/// More rounds than a sweep comes to in its life: one every ten minutes, for as long as the law keeps their cases.
const MOST_ROUNDS: usize = 1_000_000;

/// The cases of a round, or of all rounds of a sweep.
async fn swept(store: &(impl Sweeps + Frontier), name: &str, round: Option<&str>) -> anyhow::Result<HashSet<CaseId>> {
    if store.sweep(name).await?.is_none() {
        let refusal = format!("there is no sweep `{name}`: `postlink sweep list` names those there are");
        return Err(Refused::Usage(refusal).into());
    }
    let rounds = match round {
        None => store.rounds(name, MOST_ROUNDS).await?,
        Some(id) => store.round(id).await?.into_iter().filter(|round| round.sweep == name).collect(),
    };
    if let (Some(id), []) = (round, &rounds[..]) {
        let refusal = format!("sweep `{name}` has no round `{id}`: `postlink sweep show {name}` names the latest");
        return Err(Refused::Usage(refusal).into());
    }
    let mut cases = HashSet::new();
    for round in rounds {
        cases.extend(store.cases_of_round(&round.id).await?);
    }
    Ok(cases)
}
