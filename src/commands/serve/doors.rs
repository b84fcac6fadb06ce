//! What the console has this program do.

use std::sync::Arc;

use console::doors::{
    AdsFile, Answer, Doors, Draft, FromProvider, HandOver, HandedOver, Imported, Lists, ProposeWanted, ProposedStep,
    Refusal, SweepCost, Sweeping, ToProvider, WeeklyWanted,
};
use crawler::webhook::Webhook;
use governance::sweeping::TurnError;
use model::sweep::{Sweep, SweepState};
use model::units::Clock;

use tokio::sync::Semaphore;

use crate::config::Config;
use crate::fleet::Base;
use crate::round::{Costs, Preview, Turned, hurry, preview, turn};
use crate::secret;

mod archive;
mod asked_for;
mod handed_over;
mod imported;
mod measures;
mod provider;
mod weekly;

pub(super) use provider::Provider;

/// What it is done with.
pub(super) struct Behind<S> {
    pub(super) store: Arc<S>,
    pub(super) config: Config,
    pub(super) clock: Clock,
    /// Bundles that are made side by side: each reads all that it holds.
    pub(super) making: Semaphore,
    pub(super) provider: Provider,
}

/// Bundles made side by side.
pub(super) const MADE_AT_ONCE: usize = 2;

impl<S: Base + 'static> Doors for Behind<S> {
    fn sweeping(&self) -> Sweeping {
        Sweeping {
            visitors: self.config.crawl.visitors.keys().cloned().collect(),
            usual: self.config.check.visitors.clone(),
            depth: self.config.crawl.follow.next_levels,
            pool: self.config.sweep.pool.clone(),
            secret: secret::of_sweep(),
        }
    }

    fn preview_sweep(&self, sweep: Sweep) -> Answer<'_, SweepCost> {
        Box::pin(async move {
            let pages_behind = self.config.crawl.follow.max_pages as u64;
            let costs = Costs { assumed: self.config.sweep.clone(), pages_behind };
            let seen = preview(&*self.store, &sweep, &costs, (self.clock)()).await;
            seen.map(cost).map_err(|error| Refusal::Broken(format!("{error:#}")))
        })
    }

    fn turn_sweep(&self, sweep: Sweep, to: SweepState) -> Answer<'_, ()> {
        Box::pin(async move { turn(&*self.store, sweep, to, (self.clock)()).await.map(|_| ()).map_err(refusal) })
    }

    fn hurry_sweep(&self, sweep: Sweep) -> Answer<'_, ()> {
        Box::pin(async move { hurry(&*self.store, sweep, (self.clock)()).await.map_err(refusal) })
    }

    fn preview(&self, draft: Draft) -> Answer<'_, String> {
        Box::pin(async { asked_for::previewed(self, draft).await.map_err(broken) })
    }

    fn import(&self, file: AdsFile) -> Answer<'_, Imported> {
        Box::pin(async { imported::imported(self, file).await.map_err(broken) })
    }

    fn may_tell(&self, url: &str) -> Result<(), Refusal> {
        let told = Webhook::of_people(&self.config.crawl.guard, url, self.config.feed.allow_http);
        told.map(drop).map_err(|error| Refusal::Not {
            word: "no-webhook",
            what: error.to_string(),
            said: error.to_string(),
        })
    }

    fn hand_over(&self, wanted: HandOver) -> Answer<'_, HandedOver> {
        Box::pin(async { handed_over::handed_over(self, wanted).await })
    }

    fn revisit(&self, ad_id: String) -> Answer<'_, ()> {
        Box::pin(async { asked_for::revisited(self, ad_id).await.map_err(broken) })
    }

    fn ask_provider(&self, asked: ToProvider) -> Answer<'_, FromProvider> {
        Box::pin(async { self.provider.ask(asked).await.map_err(broken) })
    }

    fn weekly(&self, wanted: WeeklyWanted) -> Answer<'_, Vec<u8>> {
        Box::pin(async { weekly::weekly(self, wanted).await })
    }

    fn propose(&self, wanted: ProposeWanted) -> Answer<'_, Option<ProposedStep>> {
        Box::pin(async { measures::proposed(self, wanted).await })
    }

    fn traffic_lists(&self) -> Lists {
        let hearing = &self.config.hearing;
        let name = hearing.data_centres.file_name().map(|name| name.to_string_lossy().into_owned());
        let lines =
            |text: String| text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).count();
        let ranges = || std::fs::read_to_string(&hearing.data_centres).map(lines).unwrap_or_default();
        Lists { data_centres: name.map(|name| (name, ranges())), own_agents: hearing.own_agents.clone() }
    }
}

fn broken(error: anyhow::Error) -> Refusal {
    Refusal::Broken(format!("{error:#}"))
}

fn refusal(error: Turned) -> Refusal {
    match error {
        Turned::Not(error) => {
            let said = error.to_string();
            let (word, what) = match error {
                TurnError::Already { name, .. } => ("sweep-already", name),
                TurnError::Over { name, .. } => ("sweep-over", name),
                TurnError::Paused(name) => ("sweep-paused", name),
                TurnError::UnderWay(name) => ("sweep-under-way", name),
                TurnError::Cadence(error) => ("sweep-cadence", error.to_string()),
            };
            Refusal::Not { word, what, said }
        }
        Turned::Store(error) => Refusal::Broken(error.to_string()),
    }
}

fn cost(seen: Preview) -> SweepCost {
    let Preview { ads, landings, hosts, jobs: _, left_out, pages, cpu_minutes, bytes, hours, workers, .. } = seen;
    let Preview { busiest_host, busiest_host_hours, money, currency, measured, .. } = seen;
    SweepCost {
        ads,
        landings,
        hosts,
        left_out,
        pages,
        cpu_minutes,
        bytes,
        hours,
        workers,
        busiest_host,
        busiest_host_hours,
        money,
        currency,
        measured,
    }
}
