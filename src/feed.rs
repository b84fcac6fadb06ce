//! What other systems are told: events of the outbox, sent to webhooks and to a stream of the broker until they are confirmed.
//!
//! At least once: what was not confirmed is sent again, under the same id and with the same bytes.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use model::event::What;
use model::units::Clock;
use storage::courier::JetStream;
use storage::outbox::{Outbox, Subscription, Then, ToSend};
use storage::webhooks::Webhooks;
use tracing::warn;

use crate::config::Config;
use crate::exit::Refused;
use crate::telemetry::metrics::Metrics;

pub(crate) mod document;

mod destination;
mod made;
mod signing;
mod wait;

pub(crate) use destination::Destination;
use destination::{Not, Way};
use made::Made;
use wait::Waiting;

/// Events that are given to their destinations at once.
const SPREAD: u64 = 100;
/// Events that are sent to one destination side by side.
const SIDE_BY_SIDE: u64 = 8;
/// Between two looks for what is too old.
const DROPPED_EVERY: TimeDelta = TimeDelta::hours(1);

/// Everybody who is told.
pub(crate) struct Feed {
    destinations: Vec<Destination>,
    subscriptions: Vec<Subscription>,
    made: Made,
    waiting: Waiting,
    keep: TimeDelta,
    timeout: Duration,
    clock: Clock,
    metrics: Arc<Metrics>,
    dropped_at: std::sync::Mutex<DateTime<Utc>>,
}

impl Feed {
    /// Those whom the configuration names, and the broker where there is one; refuses what cannot be told.
    pub(crate) fn ready(
        config: &Config,
        broker: Option<Arc<JetStream>>,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> Result<Self, Refused> {
        let mut destinations = webhooks(config)?;
        destinations.extend(broker.map(Destination::stream));
        let feed = &config.feed;
        Ok(Self {
            subscriptions: destinations.iter().map(|destination| destination.subscription.clone()).collect(),
            destinations,
            made: Made::ready(config),
            waiting: Waiting { first: TimeDelta::seconds(feed.first_wait_secs.into()), attempts: feed.attempts.max(1) },
            keep: TimeDelta::days(feed.keep_days.max(1).into()),
            timeout: Duration::from_secs(feed.timeout_secs.max(1)),
            clock,
            metrics,
            dropped_at: std::sync::Mutex::new(DateTime::UNIX_EPOCH),
        })
    }

    pub(crate) fn destinations(&self) -> &[Destination] {
        &self.destinations
    }

    /// Those that people made, as they are just now.
    pub(crate) async fn made(&self, store: &impl Webhooks) -> anyhow::Result<Vec<Arc<Destination>>> {
        self.made.now(store, (self.clock)()).await
    }

    /// Gives new events to those who want them; gives back how many there were. Where nobody is told, they wait for somebody.
    pub(crate) async fn spread(&self, store: &(impl Outbox + Webhooks)) -> anyhow::Result<u64> {
        let now = (self.clock)();
        if self.is_time_to_drop(now) {
            store.drop_events(now - self.keep).await?;
        }
        self.made(store).await?;
        let to = [&self.subscriptions[..], &self.made.subscriptions()].concat();
        if to.is_empty() {
            return Ok(0);
        }
        Ok(store.spread(&to, now, SPREAD).await?)
    }

    fn is_time_to_drop(&self, now: DateTime<Utc>) -> bool {
        let mut dropped_at = self.dropped_at.lock().expect("internal error: nothing panics holding it");
        let is_time = now - *dropped_at >= DROPPED_EVERY;
        if is_time {
            *dropped_at = now;
        }
        is_time
    }

    /// Sends some of what a destination waits for; gives back how many events it was.
    pub(crate) async fn send(&self, store: &impl Outbox, to: &Destination) -> anyhow::Result<u64> {
        let now = (self.clock)();
        if to.rests(now) {
            return Ok(0);
        }
        let events = store.to_send(to.name(), now, SIDE_BY_SIDE).await?;
        let sent = join_all(events.iter().map(|event| self.one(store, to, event))).await;
        let sent = sent.into_iter().collect::<Result<Vec<_>, _>>()?;
        // Nothing came there: whoever is down is not asked for each event on its own.
        if let Some(until) = sent.iter().copied().collect::<Option<Vec<_>>>().and_then(|tries| tries.into_iter().min())
        {
            to.rest(until);
        }
        Ok(events.len() as u64)
    }

    /// Sends an event; gives back when it is tried again if it did not come there.
    async fn one(
        &self,
        store: &impl Outbox,
        to: &Destination,
        event: &ToSend,
    ) -> anyhow::Result<Option<DateTime<Utc>>> {
        let name = to.name();
        let keep = self.keep.to_std().unwrap_or_default();
        let sent = to.way.send(event, (self.clock)(), self.timeout, keep).await;
        let now = (self.clock)();
        let Err(Not { why, again_in, for_ever }) = sent else {
            store.sent(&event.event_id, name, now).await?;
            self.metrics.told(name, "sent");
            return Ok(None);
        };
        let next = now + self.waiting.before_next(name, event).max(again_in.unwrap_or_default());
        let dead = for_ever || self.waiting.is_enough(event);
        let (then, how) = if dead { (Then::Dead(now), "dead") } else { (Then::TryAt(next), "failed") };
        store.not_sent(&event.event_id, name, &why, then).await?;
        self.metrics.told(name, how);
        if dead {
            warn!(event.id = %event.event_id, destination = name, "Event `{}` did not come to {name}, and is not sent again: {why}", event.event_id);
        }
        Ok(Some(next))
    }
}

/// Who is told, in words; refuses what [`Feed::ready`] refuses.
pub(crate) fn told(config: &Config) -> Result<String, Refused> {
    let mut names: Vec<_> = webhooks(config)?.iter().map(|hook| format!("webhook {}", hook.name())).collect();
    if !config.fleet.nats.is_empty() {
        names.push("the stream POSTLINK_EVENTS".to_owned());
    }
    Ok(if names.is_empty() { "nobody is told (no [[webhooks]], no broker)".to_owned() } else { names.join(", ") })
}

fn webhooks(config: &Config) -> Result<Vec<Destination>, Refused> {
    let mut all: Vec<Destination> = Vec::new();
    for hook in &config.webhooks {
        let refused = |why: &dyn std::fmt::Display| Refused::Configuration(format!("[[webhooks]]: {why}"));
        if let Some(unknown) = hook.events.iter().find(|kind| !What::KINDS.contains(&kind.as_str())) {
            return Err(refused(&format!("there are no events `{unknown}`: name {}", What::KINDS.join(", "))));
        }
        let way = Way::webhook(&config.crawl.guard, hook).map_err(|why| refused(&why))?;
        let destination = Destination::webhook(way, hook);
        if all.iter().any(|other| other.name() == destination.name()) {
            return Err(refused(&format!("{} stands there twice", destination.name())));
        }
        all.push(destination);
    }
    Ok(all)
}
