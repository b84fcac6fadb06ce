//! Scheduler, dispatcher and recorder side by side, as one process does them; of several, one leads.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use governance::deadlines::Calendar;
use model::sweep::RoundState;
use model::units::Clock;
use storage::chest::Chest;
use storage::courier::Courier;
use tokio::sync::Mutex;
use tracing::{info, warn};

use super::dispatcher::Dispatcher;
use super::recorder::Recorder;
use super::scheduler::Scheduler;
use super::worker::Stop;
use super::{Base, figures};
use crate::complaints::heed::Heeding;
use crate::config::Config;
use crate::feed::{Destination, Feed};
use crate::kin;
use crate::ledger;
use crate::round::Costs;
use crate::sealing::Sealing;
use crate::telemetry::metrics::Metrics;

/// Between two looks at what is due.
const SCHEDULED_EVERY: Duration = Duration::from_secs(1);
/// Between two looks for jobs that can be granted, when there was none.
const DISPATCHED_EVERY: Duration = Duration::from_millis(100);
/// After a database that is away, before it is asked again.
const PAUSE: Duration = Duration::from_secs(1);
/// A leader that is not heard of for so long is one no more.
const LEADS_FOR: TimeDelta = TimeDelta::seconds(15);
/// Who leads is asked this often.
const ASKED_EVERY: Duration = Duration::from_secs(3);
/// Between two looks for what travelled under leases that nobody heard of again.
const TIDIED_EVERY: Duration = Duration::from_secs(600);
/// Between two looks for what has no entry in the ledger yet.
const FOLLOWED_EVERY: Duration = Duration::from_secs(30);
/// Complaints that were looked at are read anew after so long: meanwhile others may have come to belong to an ad, or to no noise.
const HELD_FOR: Duration = Duration::from_secs(600);
/// It has lain there for longer than any lease, by clocks that may differ.
const LEFT_FOR: TimeDelta = TimeDelta::hours(1);
/// What it leads.
const ROLE: &str = "scheduler and dispatcher";
/// Reports that are recorded side by side.
const RECORDERS: usize = 4;

/// What one process of the fleet's centre does.
pub(crate) struct Served<S, C> {
    /// Host and process.
    name: String,
    /// Whether rounds are opened when they are due; else only what is open is worked off.
    opens: bool,
    store: Arc<S>,
    courier: Arc<C>,
    chest: Arc<Chest>,
    clock: Clock,
    metrics: Arc<Metrics>,
    /// None where nobody listens.
    figures_every: Option<Duration>,
    scheduler: Scheduler<S>,
    dispatcher: Dispatcher<S, C>,
    recorder: Recorder<S, C>,
    /// None where nobody is told.
    feed: Option<Feed>,
    /// Whether this one leads, and since when that is known.
    leading: Mutex<Option<(Instant, bool)>>,
}

/// What lies between a fleet's centre and its workers, and behind it.
pub(crate) struct Between<S, C> {
    pub(crate) store: Arc<S>,
    pub(crate) courier: Arc<C>,
    pub(crate) chest: Arc<Chest>,
}

impl<S: Base, C: Courier> Served<S, C> {
    pub(crate) fn new(
        name: String,
        Between { store, courier, chest }: Between<S, C>,
        config: &Config,
        sealing: Arc<Sealing>,
        metrics: Arc<Metrics>,
        clock: Clock,
    ) -> Self {
        let costs = Costs { assumed: config.sweep.clone(), pages_behind: config.crawl.follow.max_pages as u64 };
        let seconds = |count: u64| TimeDelta::seconds(i64::try_from(count.min(86_400)).unwrap_or(86_400));
        Self {
            name,
            opens: true,
            scheduler: Scheduler {
                store: Arc::clone(&store),
                clock: Arc::clone(&clock),
                metrics: Arc::clone(&metrics),
                sealing: Arc::clone(&sealing),
                costs: costs.clone(),
            },
            dispatcher: Dispatcher {
                store: Arc::clone(&store),
                courier: Arc::clone(&courier),
                chest: Arc::clone(&chest),
                clock: Arc::clone(&clock),
                metrics: Arc::clone(&metrics),
                lease: seconds(config.fleet.lease_secs),
                grace: seconds(config.fleet.grace_secs),
            },
            recorder: Recorder {
                store: Arc::clone(&store),
                courier: Arc::clone(&courier),
                chest: Arc::clone(&chest),
                clock: Arc::clone(&clock),
                metrics: Arc::clone(&metrics),
                sealing,
                costs,
                retry: seconds(config.fleet.retry_secs),
                shares: Default::default(),
            },
            feed: None,
            leading: Mutex::default(),
            store,
            courier,
            chest,
            clock,
            metrics,
            figures_every: (!config.telemetry.listen.is_empty())
                .then_some(Duration::from_secs(config.telemetry.figures_secs.max(1))),
        }
    }

    /// Opens no round, and works off those that are open.
    pub(crate) fn opening_none(self) -> Self {
        Self { opens: false, ..self }
    }

    /// Tells other systems what happens.
    pub(crate) fn telling(self, feed: Feed) -> Self {
        Self { feed: Some(feed), ..self }
    }

    /// Tells now and then how much waits; nobody would hear it where nobody listens.
    async fn figures(&self, mut stop: Stop) {
        let Some(every) = self.figures_every else { return };
        let calendar = Calendar::cn();
        loop {
            match figures::read(&*self.store, &*self.courier, &calendar, (self.clock)()).await {
                Ok(figures) => self.metrics.figures(&figures, (self.clock)()),
                Err(error) => warn!(error = format!("{error:#}"), "How much waits could not be read"),
            }
            if tokio::time::timeout(every, stop.wait_for(|stop| *stop)).await.is_ok() {
                break;
            }
        }
    }

    /// Serves until it is told to stop. Reports are heard for longer: until `deaf`, for workers that come to their end.
    pub(crate) async fn run(&self, stop: Stop, deaf: Stop) {
        let recording = join_all((0..RECORDERS).map(|_| self.recorder.run(deaf.clone())));
        tokio::join!(
            recording,
            self.lead(stop.clone()),
            self.govern(stop.clone()),
            self.tell(stop.clone()),
            self.figures(stop.clone()),
            self.dispatch(stop)
        );
    }

    async fn leads(&self) -> bool {
        let mut leading = self.leading.lock().await;
        if let Some((since, leads)) = *leading
            && since.elapsed() < ASKED_EVERY
        {
            return leads;
        }
        let leads = self.takes_the_lead().await;
        *leading = Some((Instant::now(), leads));
        leads
    }

    async fn takes_the_lead(&self) -> bool {
        match self.store.lead(ROLE, &self.name, (self.clock)(), LEADS_FOR).await {
            Ok(leads) => leads,
            Err(error) => {
                warn!(%error, "Nobody can lead while the database is away");
                false
            }
        }
    }

    async fn lead(&self, stop: Stop) {
        let mut led = false;
        let mut tidied: Option<Instant> = None;
        while !*stop.borrow() {
            let leads = self.leads().await;
            if leads != led {
                info!(leads, "{} {} sweeps", self.name, if leads { "leads" } else { "does not lead" });
                led = leads;
            }
            if leads && let Err(error) = self.schedule().await {
                warn!(error = format!("{error:#}"), "What is due was not done");
            }
            if leads && tidied.is_none_or(|since| since.elapsed() > TIDIED_EVERY) {
                self.tidy().await;
                tidied = Some(Instant::now());
            }
            tokio::time::sleep(SCHEDULED_EVERY).await;
        }
    }

    /// Takes away what a crash left of what travels, and what is over of sessions, tries to sign in and remembered answers.
    async fn tidy(&self) {
        if let Err(error) = self.store.tidy_accounts((self.clock)()).await {
            warn!(%error, "Sessions that have ended are not taken away yet");
        }
        let Dispatcher { lease, grace, .. } = &self.dispatcher;
        match self.chest.clear_before((self.clock)() - *lease - *grace - LEFT_FOR).await {
            Ok(0) => {}
            Ok(parcels) => info!(parcels, "Took away {parcels} parcels of leases that nobody heard of again"),
            Err(error) => warn!(%error, "What travelled under leases that have ended is not taken away yet"),
        }
    }

    async fn schedule(&self) -> anyhow::Result<()> {
        if self.opens {
            self.scheduler.open_due().await?;
        }
        self.scheduler.settle().await
    }

    /// Labels what was heard and leaves noise out, and keeps the ledger behind what happened: beside the sweeps, of which what is due
    /// waits for neither.
    ///
    /// Accounts are joined where cases have shown something new, and never for more than a twentieth of the time.
    async fn govern(&self, mut stop: Stop) {
        let mut followed: Option<Instant> = None;
        let (mut joined, mut pause) = (None, FOLLOWED_EVERY);
        let (mut heeding, mut since) = (Heeding::default(), Instant::now());
        while !*stop.borrow() {
            let leads = self.leads().await;
            if !leads || since.elapsed() > HELD_FOR {
                (heeding, since) = (Heeding::default(), Instant::now());
            }
            if leads {
                // Of very many some wait for the next one who leads.
                let heeded = tokio::select! {
                    heeded = heeding.go_on(&*self.store) => heeded,
                    _ = stop.wait_for(|stop| *stop) => break,
                };
                if let Err(error) = heeded {
                    warn!(error = format!("{error:#}"), "Complaints wait for their labels");
                }
            }
            if leads && followed.is_none_or(|since| since.elapsed() > FOLLOWED_EVERY) {
                if let Err(error) = ledger::follow(&*self.store).await {
                    warn!(error = format!("{error:#}"), "The ledger is behind what happened");
                }
                followed = Some(Instant::now());
            }
            if leads && joined.is_none_or(|(since, _): (Instant, u64)| since.elapsed() > pause) {
                let began = Instant::now();
                let shown = joined.map(|(_, shown)| shown);
                joined = match self.join(shown).await {
                    Ok(shown) => Some((Instant::now(), shown)),
                    Err(error) => {
                        warn!(error = format!("{error:#}"), "Accounts are not joined by what was shown last");
                        Some((Instant::now(), shown.unwrap_or_default()))
                    }
                };
                pause = FOLLOWED_EVERY.max(began.elapsed() * 20);
            }
            tokio::time::sleep(SCHEDULED_EVERY).await;
        }
    }

    /// Joins accounts where something was shown since; gives back up to which case.
    async fn join(&self, joined: Option<u64>) -> anyhow::Result<u64> {
        let shown = self.store.shown().await?;
        if joined != Some(shown) {
            kin::follow(&*self.store, (self.clock)()).await?;
        }
        Ok(shown)
    }

    /// Tells others side by side: who is slow, or gone, holds up nobody else.
    async fn tell(&self, stop: Stop) {
        let Some(feed) = &self.feed else { return };
        let sending = feed
            .destinations()
            .iter()
            .map(|destination| self.told(stop.clone(), async || feed.send(&*self.store, destination).await));
        let spreading = self.told(stop.clone(), async || feed.spread(&*self.store).await);
        tokio::join!(spreading, join_all(sending), self.tell_made(stop.clone(), feed));
    }

    /// Tells those that people made: who they are is read again and again, and none waits for another.
    async fn tell_made(&self, stop: Stop, feed: &Feed) {
        let (mut under_way, mut busy) = (FuturesUnordered::new(), BTreeSet::new());
        while !*stop.borrow() {
            let made = if self.leads().await { feed.made(&*self.store).await } else { Ok(Vec::new()) };
            for destination in made.unwrap_or_else(not_told) {
                if busy.insert(destination.name().to_owned()) {
                    under_way.push(self.all_of(destination, feed, stop.clone()));
                }
            }
            let pause = tokio::time::sleep(PAUSE);
            tokio::pin!(pause);
            loop {
                tokio::select! {
                    () = &mut pause => break,
                    Some(name) = under_way.next() => busy.remove(&name),
                };
            }
        }
    }

    /// Tells one all that waits for it; gives back its name.
    async fn all_of(&self, destination: Arc<Destination>, feed: &Feed, stop: Stop) -> String {
        while !*stop.borrow() && feed.send(&*self.store, &destination).await.unwrap_or_else(not_told) > 0 {}
        destination.name().to_owned()
    }

    /// Does some of it again and again, as long as this one leads.
    async fn told(&self, stop: Stop, some: impl AsyncFn() -> anyhow::Result<u64>) {
        while !*stop.borrow() {
            let done = if self.leads().await { some().await } else { Ok(0) };
            match done {
                Ok(0) => tokio::time::sleep(PAUSE).await,
                Ok(_) => {}
                Err(error) => {
                    warn!(error = format!("{error:#}"), "What happened was not told yet");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn dispatch(&self, stop: Stop) {
        while !*stop.borrow() {
            if !self.leads().await {
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            match self.dispatcher.tick().await {
                Ok(0) => tokio::time::sleep(DISPATCHED_EVERY).await,
                Ok(_) => {}
                Err(error) => {
                    warn!(error = format!("{error:#}"), "No jobs were granted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

/// Says why not; it is tried again.
fn not_told<T: Default>(error: anyhow::Error) -> T {
    warn!(error = format!("{error:#}"), "What happened was not told yet");
    T::default()
}

/// Waits until a round is over; `tell` hears how far it is.
pub(crate) async fn until_over(
    store: &impl Base,
    round: &str,
    mut tell: impl FnMut(storage::frontier::Progress),
) -> anyhow::Result<RoundState> {
    loop {
        tell(store.progress(round).await?);
        match store.round(round).await?.map(|round| round.state) {
            Some(state @ (RoundState::Done | RoundState::Cancelled)) => return Ok(state),
            Some(_) => tokio::time::sleep(SCHEDULED_EVERY).await,
            None => anyhow::bail!("there is no round {round}"),
        }
    }
}
