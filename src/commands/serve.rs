//! `postlink serve`: the centre of a fleet, and without a broker the whole of it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use console::stored::Stored;
use model::units::Clock;
use storage::courier::{Courier, InProcess, JetStream};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};
use tracing::warn;

use crate::cli::Serve;
use crate::config::{self, Config};
use crate::exit::{Ended, Refused};
use crate::feed::Feed;
use crate::fleet::{Base, Between, Served, Stop, Worker, probes};
use crate::memory::{Remembering, Shelf};
use crate::sealing::Sealing;
use crate::stores::{self, Opened};
use crate::telemetry::listener::Listener;
use crate::telemetry::metrics::Metrics;
use crate::tools::Tools;
use storage::chest::Chest;
use storage::evidence::{Limits, Place};

use super::work::{name_here, until_told};

mod doors;
mod identity;
mod shown;

use doors::{Behind, MADE_AT_ONCE, Provider};
use shown::Shown;

pub(crate) async fn run(serve: Serve) -> anyhow::Result<Ended> {
    let mut config = config::load(serve.config.as_deref())?;
    config.fleet.nats = serve.nats.unwrap_or(config.fleet.nats);
    #[expect(clippy::disallowed_methods, reason = "the one place where the program's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let place = place(serve.place.database.as_deref(), &serve.place.data, &config)?;
    let stored =
        stores::begin(serve.place.database.as_deref(), &serve.place.data, place.clone(), Arc::clone(&clock)).await?;
    let stop = until_told();
    match stored {
        Opened::Folder(store) => {
            let store = store.limited(stores::limits(&config.evidence));
            if config.fleet.nats.is_empty() {
                take_back(&store, &place, clock()).await?;
            }
            let store = Arc::new(store);
            let shown = Shown { stored: Stored::Folder(Arc::clone(&store)), listen: serve.listen };
            serve_it(store, shown, &config, &place, clock, stop).await?;
        }
        Opened::Database(store) => {
            let store = store.limited(stores::limits(&config.evidence));
            let store = Arc::new(store);
            let shown = Shown { stored: Stored::Database(Arc::clone(&store)), listen: serve.listen };
            serve_it(store, shown, &config, &place, clock, stop).await?;
        }
    }
    Ok(Ended::Clean)
}

/// Where the evidence of a store lies.
pub(crate) fn place(database: Option<&str>, data: &Path, config: &Config) -> Result<Place, Refused> {
    match database {
        Some(_) => stores::place(&config.evidence, Some(data)),
        None => Ok(Place::Folder(data.to_owned())),
    }
}

async fn serve_it(
    store: Arc<impl Base + 'static>,
    shown: Shown,
    config: &Config,
    place: &Place,
    clock: Clock,
    stop: Stop,
) -> anyhow::Result<()> {
    let sealing = Arc::new(Sealing::ready(config, Arc::clone(&clock))?);
    let metrics = Arc::new(Metrics::new());
    let (making, provider) = (Semaphore::new(MADE_AT_ONCE), Provider::new()?);
    let (config_too, clock_too) = (config.clone(), Arc::clone(&clock));
    let doors = Behind { store: Arc::clone(&store), config: config_too, clock: clock_too, making, provider };
    let doors = Arc::new(doors);
    let told = |broker| Feed::ready(config, broker, Arc::clone(&clock), Arc::clone(&metrics));
    if config.fleet.nats.is_empty() {
        let feed = told(None)?;
        let courier = Arc::new(InProcess::default());
        let pool = &config.sweep.pool;
        let worker = embedded(Arc::clone(&courier), pool, config, place, &metrics, Arc::clone(&clock)).await?;
        let probes = probes::database(probes::of(&metrics), &store);
        let probes = Arc::new(probes::browser(probes::evidence(probes, &worker.chest), &worker.tools));
        let listener = Listener::begin(&config.telemetry, probes).await?;
        let console = shown.begin(config, doors, Arc::clone(&clock)).await?;
        let between = Between { store, courier, chest: Arc::clone(&worker.chest) };
        let served = Served::new(name_here(), between, config, sealing, metrics, clock).telling(feed);
        side_by_side(&served, &worker, stop).await;
        worker.end().await;
        Listener::end(console).await;
        Listener::end(listener).await;
        return Ok(());
    }
    let courier = Arc::new(broker(config).await?);
    let chest = Arc::new(Chest::open(place, stores::limits(&config.evidence))?);
    let probes = probes::database(probes::of(&metrics), &store);
    let probes = Arc::new(probes::broker(probes::evidence(probes, &chest), &courier));
    let listener = Listener::begin(&config.telemetry, probes).await?;
    let console = shown.begin(config, doors, Arc::clone(&clock)).await?;
    let feed = told(Some(Arc::clone(&courier)))?;
    let between = Between { store, courier, chest };
    let served = Served::new(name_here(), between, config, sealing, metrics, clock).telling(feed);
    served.run(stop.clone(), stop).await;
    Listener::end(console).await;
    Listener::end(listener).await;
    Ok(())
}

/// Serves, and works; what the worker brings back at its end is still recorded.
pub(crate) async fn side_by_side<S: Base, C: Courier>(served: &Served<S, C>, worker: &Worker<C>, stop: Stop) {
    let (tell, deaf) = watch::channel(false);
    let working = async {
        worker.run(stop.clone()).await;
        tell.send_replace(true);
    };
    tokio::join!(served.run(stop.clone(), deaf), working);
}

/// Nobody else works in this folder: what was under way when its last process ended is granted again at once, and what
/// travelled for it is asked for by nobody.
pub(crate) async fn take_back(store: &impl Base, place: &Place, now: DateTime<Utc>) -> anyhow::Result<()> {
    while !store.reap(DateTime::<Utc>::MAX_UTC, now).await?.is_empty() {}
    Chest::open(place, Limits::default())?.clear_before(DateTime::<Utc>::MAX_UTC).await?;
    Ok(())
}

/// How long a broker that is away when this process starts is waited for: as long as one takes that starts beside it.
const BROKER_STARTS: Duration = Duration::from_secs(30);
/// Between two questions whether it is there.
const PAUSE: Duration = Duration::from_secs(1);

/// The broker that the configuration names.
pub(crate) async fn broker(config: &Config) -> anyhow::Result<JetStream> {
    let fleet = &config.fleet;
    let credentials = (!fleet.nats_credentials.as_os_str().is_empty()).then_some(fleet.nats_credentials.as_path());
    let began = Instant::now();
    loop {
        match JetStream::connect(&fleet.nats, credentials, fleet.nats_replicas.max(1)).await {
            Ok(courier) => return Ok(courier),
            Err(error) if began.elapsed() < BROKER_STARTS => {
                warn!(%error, "The broker is not there yet");
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(Refused::Configuration(error.to_string()).into()),
        }
    }
}

/// A worker within this process.
pub(crate) async fn embedded<C: Courier>(
    courier: Arc<C>,
    pool: &str,
    config: &Config,
    place: &Place,
    metrics: &Arc<Metrics>,
    clock: Clock,
) -> anyhow::Result<Worker<C>> {
    let chest = Arc::new(Chest::open(place, stores::limits(&config.evidence))?);
    let shelf = Shelf::Chest(Arc::clone(&chest));
    let memory = Remembering { shelf, runtime: Handle::current(), anew: false };
    let sealing = Sealing::ready(config, Arc::clone(&clock))?;
    let tools = Tools::ready(config, config.check.visitors.clone(), clock, memory).await?;
    Ok(Worker {
        name: name_here(),
        pool: pool.to_owned(),
        at_once: config.fleet.at_once.max(1),
        courier,
        chest,
        config: config.clone(),
        tools,
        sealing,
        metrics: Arc::clone(metrics),
        working: Default::default(),
        done: Default::default(),
    })
}
