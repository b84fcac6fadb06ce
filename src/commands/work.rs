//! `postlink work`: a worker of a fleet.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::Utc;
use model::units::Clock;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing::{info, warn};

use super::serve::{broker, embedded};
use crate::cli::Work;
use crate::config;
use crate::exit::{Ended, Refused};
use crate::fleet::{Stop, probes};
use crate::stores;
use crate::telemetry::listener::Listener;
use crate::telemetry::metrics::Metrics;

/// Between two looks at how much memory is taken.
const WEIGHED_EVERY: Duration = Duration::from_secs(10);

pub(crate) async fn run(work: Work) -> anyhow::Result<Ended> {
    let mut config = config::load(work.config.as_deref())?;
    config.fleet.nats = work.nats.unwrap_or(config.fleet.nats);
    config.fleet.at_once = work.at_once.unwrap_or(config.fleet.at_once);
    if config.fleet.nats.is_empty() {
        let refusal = "name the broker with --nats, or as `fleet.nats` in the configuration";
        return Err(Refused::Usage(refusal.into()).into());
    }
    #[expect(clippy::disallowed_methods, reason = "the one place where the program's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let place = stores::place(&config.evidence, work.data.as_deref())?;
    let courier = Arc::new(broker(&config).await?);
    let pool = work.pool.unwrap_or_else(|| config.sweep.pool.clone());
    let metrics = Arc::new(Metrics::new());
    let mut worker = embedded(Arc::clone(&courier), &pool, &config, &place, &metrics, clock).await?;
    worker.name = work.name.unwrap_or(worker.name);
    info!(worker = %worker.name, pool, at_once = worker.at_once, "Worker {} is there", worker.name);
    let stop = until_told();
    let heavy = too_heavy(config.fleet.max_memory_mb);
    let probes = probes::broker(probes::evidence(probes::of(&metrics), &worker.chest), &courier);
    let listener = Listener::begin(&config.telemetry, Arc::new(probes::browser(probes, &worker.tools))).await?;
    worker.run(either(stop, heavy)).await;
    worker.end().await;
    Listener::end(listener).await;
    Ok(Ended::Clean)
}

/// Host and process.
pub(crate) fn name_here() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    // A word of subjects and of logs.
    let host: String = host.trim().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("{host}-{}", std::process::id())
}

/// Turns true at SIGTERM or Ctrl-C; a second one ends the process at once.
pub(crate) fn until_told() -> Stop {
    let (tell, told) = watch::channel(false);
    tokio::spawn(async move {
        signalled().await;
        info!("Ending: what is under way comes to its end; once more to end at once");
        tell.send_replace(true);
        signalled().await;
        warn!("Ended at once");
        std::process::exit(1);
    });
    told
}

async fn signalled() {
    let Ok(mut term) = signal(SignalKind::terminate()).context("hear SIGTERM") else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        () = super::check::interrupted() => {}
    }
}

/// Turns true when this process has grown beyond so many megabytes.
fn too_heavy(megabytes: u64) -> Stop {
    let (tell, told) = watch::channel(false);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(WEIGHED_EVERY).await;
            let weight = resident_mb();
            if megabytes > 0 && weight > megabytes {
                info!(
                    weight,
                    "Ending: {weight} MB are more than `fleet.max_memory_mb`; whatever started this process starts it anew"
                );
                tell.send_replace(true);
            }
            if tell.is_closed() {
                break;
            }
        }
    });
    told
}

fn resident_mb() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1_024
}

/// True when either is.
fn either(mut one: Stop, mut other: Stop) -> Stop {
    let (tell, told) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = one.wait_for(|stop| *stop) => {}
            _ = other.wait_for(|stop| *stop) => {}
        }
        tell.send_replace(true);
    });
    told
}
