//! One who is told: a webhook, or the stream of the broker.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use console::vault::{Sealed, Vault};
use crawler::guard::Rules;
use model::account::Sight;
use model::evidence::EvidenceId;
use storage::courier::JetStream;
use storage::outbox::{Subscription, ToSend};
use storage::webhooks::Webhook;

use super::signing::Secrets;
use crate::config;
use crate::fleet::retry_after;

/// The name of the stream among the destinations.
const STREAM: &str = "jetstream";
/// No longer than this, whatever a webhook asks for.
const LONGEST: TimeDelta = TimeDelta::hours(6);

/// One who is told.
pub(crate) struct Destination {
    pub(super) subscription: Subscription,
    pub(super) way: Way,
    /// Until when it is left alone.
    rests_until: Mutex<DateTime<Utc>>,
}

/// How it is told.
pub(super) enum Way {
    Webhook { hook: crawler::webhook::Webhook, secrets: Secrets },
    Stream(Arc<JetStream>),
}

/// Why it was not told.
pub(super) struct Not {
    pub(super) why: String,
    /// What it asked for.
    pub(super) again_in: Option<TimeDelta>,
    /// It wants to hear nothing more.
    pub(super) for_ever: bool,
}

impl Destination {
    /// A webhook is named by its host, and by the beginning of the hash of its address: that may hold what nobody else is to know.
    pub(super) fn webhook(way: Way, hook: &config::Webhook) -> Self {
        let host = if let Way::Webhook { hook, .. } = &way { hook.host() } else { String::new() };
        let hash = EvidenceId::of(hook.url.as_bytes()).hex();
        Self::new(format!("{host}#{}", &hash[..8]), hook.events.clone(), way)
    }

    /// One that somebody made, by its own name.
    pub(super) fn made(way: Way, hook: &Webhook, sight: Sight) -> Self {
        let (kinds, since) = (hook.kinds.clone(), hook.made_at);
        let subscription = Subscription { kinds, sight, since, ..Subscription::all(&hook.id) };
        Self { subscription, way, rests_until: Mutex::new(DateTime::UNIX_EPOCH) }
    }

    pub(super) fn stream(broker: Arc<JetStream>) -> Self {
        Self::new(STREAM.to_owned(), Vec::new(), Way::Stream(broker))
    }

    fn new(destination: String, kinds: Vec<String>, way: Way) -> Self {
        let subscription = Subscription { kinds, ..Subscription::all(&destination) };
        Self { subscription, way, rests_until: Mutex::new(DateTime::UNIX_EPOCH) }
    }

    pub(crate) fn name(&self) -> &str {
        &self.subscription.destination
    }

    pub(super) fn rests(&self, now: DateTime<Utc>) -> bool {
        now < *self.rests_until.lock().expect("internal error: nothing panics holding it")
    }

    pub(super) fn rest(&self, until: DateTime<Utc>) {
        *self.rests_until.lock().expect("internal error: nothing panics holding it") = until;
    }
}

impl Way {
    pub(super) fn webhook(rules: &Rules, hook: &config::Webhook) -> Result<Self, String> {
        let secrets = Secrets::read(&hook.secret.0, &hook.secret_file)?;
        let hook = crawler::webhook::Webhook::new(rules, &hook.url).map_err(|error| error.to_string())?;
        Ok(Self::Webhook { hook, secrets })
    }

    /// Of one that somebody made: refused where it may not be told, or not any more.
    pub(super) fn made(
        rules: &Rules,
        vault: &Vault,
        hook: &Webhook,
        http: bool,
        now: DateTime<Utc>,
    ) -> Result<Self, String> {
        let of = Sealed::Webhook(hook.id.clone());
        let secrets = hook.secrets(now).into_iter().map(|kept| vault.open(&of, kept));
        let secrets = secrets.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
        let secrets = Secrets::read(&secrets.join("\n"), Path::new(""))?;
        let hook = crawler::webhook::Webhook::of_people(rules, &hook.url, http).map_err(|error| error.to_string())?;
        Ok(Self::Webhook { hook, secrets })
    }

    /// Tells it of an event. It has it when this says so; when not, it may have it all the same.
    pub(super) async fn send(
        &self,
        event: &ToSend,
        now: DateTime<Utc>,
        timeout: Duration,
        keep: Duration,
    ) -> Result<(), Not> {
        let failed = |why: String| Not { why, again_in: None, for_ever: false };
        match self {
            Self::Stream(broker) => broker.tell(event, keep).await.map_err(|error| failed(error.to_string())),
            Self::Webhook { hook, secrets } => {
                let headers = secrets.headers(event, now);
                let told = hook.tell(&headers, event.body.clone(), timeout).await;
                let answer = told.map_err(|error| failed(error.to_string()))?;
                if (200..300).contains(&answer.status) {
                    return Ok(());
                }
                let again_in = answer.retry_after.and_then(|value| retry_after(&value, now));
                Err(Not {
                    why: format!("it answered with status {}", answer.status),
                    again_in: again_in.map(|wait| wait.clamp(TimeDelta::zero(), LONGEST)),
                    // Gone: whoever answers so wants to hear nothing more (Standard Webhooks).
                    for_ever: answer.status == 410,
                })
            }
        }
    }
}
