//! The courier over NATS JetStream: workers on any machine, which need nothing but it and the blobs.
//!
//! ```text
//! stream POSTLINK_JOBS      postlink.job.<pool>    a granted job, gone when a worker has taken it, or its time is up
//! stream POSTLINK_REPORTS   postlink.report        what came of it, gone when it is recorded
//! stream POSTLINK_EVENTS    postlink.event.<kind>  what other systems are told, kept for some days for whoever reads it
//! no stream                 postlink.worker        who is there: worth nothing a moment later
//! ```
//!
//! Whoever needs a stream or a consumer makes it, each time anew if it must: a server that lost everything is one more
//! loss that the frontier makes good.

use std::sync::Arc;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::stream::{Config, RetentionPolicy, StorageType};
use async_nats::jetstream::{Context, Message};
use futures_util::StreamExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use super::roll::Roll;
use crate::outbox::ToSend;

use super::{Courier, CourierError, FORMAT, Kind, Parcel, Presence, Receipt, Report, pool_is_plain};

const JOBS: &str = "POSTLINK_JOBS";
const REPORTS: &str = "POSTLINK_REPORTS";
const EVENTS: &str = "POSTLINK_EVENTS";
const WORKERS: &str = "postlink.worker";
/// A job that nobody took for so long is granted again by then.
const OLDEST_JOB: Duration = Duration::from_secs(3_600);
/// Reports wait for a recorder that is away for as long as this.
const OLDEST_REPORT: Duration = Duration::from_secs(7 * 86_400);
/// After which a report that was heard and not confirmed comes again.
const AGAIN: Duration = Duration::from_secs(30);
/// What is sent twice within this time under one name is carried once.
const REMEMBERED: Duration = Duration::from_secs(120);
/// An event may come again after its sender was killed and started anew.
const EVENT_REMEMBERED: Duration = Duration::from_secs(3_600);
const BOUND: Duration = Duration::from_secs(10);

/// A connection to NATS.
pub struct JetStream {
    context: Context,
    at: String,
    /// Copies that a cluster keeps of each stream.
    replicas: usize,
    /// Who is there, once somebody asked: only dispatchers do.
    roll: OnceCell<Arc<Roll>>,
}

impl JetStream {
    /// Connects to servers, `nats://host:4222,nats://other:4222`; it reconnects by itself for as long as it lives.
    ///
    /// `credentials` is a file as NATS has them (`.creds`), or one line: `user:password`.
    pub async fn connect(
        servers: &str,
        credentials: Option<&std::path::Path>,
        replicas: usize,
    ) -> Result<Self, CourierError> {
        let at = without_secrets(servers);
        let unreachable = |why: String| CourierError::Unreachable { at: at.clone(), why };
        let addresses = servers.split(',').map(|one| one.trim().parse::<async_nats::ServerAddr>());
        let addresses = addresses.collect::<Result<Vec<_>, _>>().map_err(|error| unreachable(error.to_string()))?;
        let mut options = async_nats::ConnectOptions::new().name("postlink").connection_timeout(BOUND);
        if let Some(file) = credentials {
            options = known(options, file).map_err(|error| unreachable(format!("{}: {error}", file.display())))?;
        }
        let client = options.connect(addresses).await.map_err(|error| unreachable(error.to_string()))?;
        let courier = Self { context: async_nats::jetstream::new(client), at, replicas, roll: OnceCell::new() };
        courier.prepare().await?;
        Ok(courier)
    }

    /// Whether the server answers, and carries streams.
    pub async fn reached(&self) -> Result<(), CourierError> {
        self.context.query_account().await.map(drop).map_err(|error| self.lost("are you there?", error))
    }

    async fn prepare(&self) -> Result<(), CourierError> {
        for (name, subject, oldest) in
            [(JOBS, "postlink.job.>", OLDEST_JOB), (REPORTS, "postlink.report", OLDEST_REPORT)]
        {
            let config = Config {
                name: name.to_owned(),
                subjects: vec![subject.to_owned()],
                retention: RetentionPolicy::WorkQueue,
                storage: StorageType::File,
                max_age: oldest,
                duplicate_window: REMEMBERED,
                num_replicas: self.replicas,
                ..Config::default()
            };
            self.context.get_or_create_stream(config).await.map_err(|error| self.lost(name, error))?;
        }
        Ok(())
    }

    /// Sends under a name by which it is known when it comes twice; streams that are gone are made anew.
    async fn publish(&self, subject: String, name: &str, what: &impl Serialize) -> Result<(), CourierError> {
        let bytes = serde_json::to_vec(what).expect("internal error: parcels and reports are plain data");
        if self.carry(&subject, name, &bytes).await.is_ok() {
            return Ok(());
        }
        self.prepare().await?;
        self.carry(&subject, name, &bytes).await.map_err(|why| self.lost(name, why))
    }

    async fn carry(&self, subject: &str, name: &str, bytes: &[u8]) -> Result<(), String> {
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, name);
        let sent = async {
            let taken = self.context.publish_with_headers(subject.to_owned(), headers, bytes.to_vec().into()).await?;
            taken.await
        };
        match tokio::time::timeout(BOUND, sent).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no answer within {} s", BOUND.as_secs())),
        }
    }

    /// Tells whoever reads the stream of events, which keeps each for as long as this; confirmed when it is kept there.
    pub async fn tell(&self, event: &ToSend, keep: Duration) -> Result<(), CourierError> {
        let subject = format!("postlink.event.{}", event.kind);
        let (name, bytes) = (event.event_id.as_str(), event.body.as_bytes());
        if self.carry(&subject, name, bytes).await.is_ok() {
            return Ok(());
        }
        // It may be gone with its server's disk, or never have been.
        let config = Config {
            name: EVENTS.to_owned(),
            subjects: vec!["postlink.event.>".to_owned()],
            retention: RetentionPolicy::Limits,
            storage: StorageType::File,
            max_age: keep,
            duplicate_window: EVENT_REMEMBERED.min(keep),
            num_replicas: self.replicas,
            ..Config::default()
        };
        self.context.get_or_create_stream(config).await.map_err(|error| self.lost(EVENTS, error))?;
        self.carry(&subject, name, bytes).await.map_err(|why| self.lost(name, why))
    }

    /// One message of a consumer that all who ask under its name share.
    async fn pull(
        &self,
        stream: &str,
        consumer: &str,
        subject: &str,
        wait: Duration,
    ) -> Result<Option<Message>, CourierError> {
        let made = async {
            let config = pull::Config {
                durable_name: Some(consumer.to_owned()),
                ack_policy: AckPolicy::Explicit,
                ack_wait: AGAIN,
                filter_subject: subject.to_owned(),
                ..pull::Config::default()
            };
            let stream = self.context.get_stream(stream).await.map_err(|error| error.to_string())?;
            let consumer: PullConsumer =
                stream.get_or_create_consumer(consumer, config).await.map_err(|error| error.to_string())?;
            let mut batch =
                consumer.fetch().max_messages(1).expires(wait).messages().await.map_err(|error| error.to_string())?;
            batch.next().await.transpose().map_err(|error| error.to_string())
        };
        match tokio::time::timeout(wait + BOUND, made).await {
            Ok(Ok(message)) => Ok(message),
            Ok(Err(why)) => {
                // Its stream may be gone with its server's disk: whoever asks next finds a new one.
                self.prepare().await?;
                Err(self.lost(consumer, why))
            }
            Err(_) => Err(self.lost(consumer, format!("no answer within {} s", (wait + BOUND).as_secs()))),
        }
    }

    async fn take(&self, message: &Message, what: &str) -> Result<(), CourierError> {
        // A plain acknowledgement is sent and forgotten; this one is answered.
        match tokio::time::timeout(BOUND, message.double_ack()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.lost(what, error)),
            Err(_) => Err(self.lost(what, format!("no answer within {} s", BOUND.as_secs()))),
        }
    }

    /// Hears who is there, for as long as the connection lasts.
    async fn listen(&self) -> Result<Arc<Roll>, CourierError> {
        let mut words = self.context.client().subscribe(WORKERS).await.map_err(|error| self.lost(WORKERS, error))?;
        let roll = Arc::new(Roll::default());
        let heard = Arc::downgrade(&roll);
        tokio::spawn(async move {
            while let Some(message) = words.next().await {
                let Some(roll) = heard.upgrade() else { break };
                if let Ok(presence) = serde_json::from_slice(&message.payload) {
                    roll.note(presence);
                }
            }
        });
        Ok(roll)
    }

    fn lost(&self, what: &str, why: impl std::fmt::Display) -> CourierError {
        CourierError::NotCarried { what: what.to_owned(), at: self.at.clone(), why: why.to_string() }
    }
}

impl Courier for JetStream {
    async fn send(&self, pool: &str, parcel: &Parcel) -> Result<(), CourierError> {
        pool_is_plain(pool)?;
        let name = format!("{}.{}", parcel.job_id, parcel.token);
        self.publish(format!("postlink.job.{pool}"), &name, parcel).await
    }

    async fn next(&self, pool: &str, wait: Duration) -> Result<Option<Parcel>, CourierError> {
        pool_is_plain(pool)?;
        let consumer = format!("workers-{}", pool.replace('.', "_"));
        let Some(message) = self.pull(JOBS, &consumer, &format!("postlink.job.{pool}"), wait).await? else {
            return Ok(None);
        };
        // Taken before it is done: a worker that dies is missed by the frontier, and two never work on one lease.
        self.take(&message, &consumer).await?;
        Ok(read(&message.payload, |parcel: &Parcel| parcel.format))
    }

    async fn report(&self, report: &Report) -> Result<(), CourierError> {
        let name = format!("{}.{}", report.job_id, report.token);
        self.publish("postlink.report".to_owned(), &name, report).await
    }

    async fn hear(&self, wait: Duration) -> Result<Option<(Report, Receipt)>, CourierError> {
        let Some(message) = self.pull(REPORTS, "recorders", "postlink.report", wait).await? else { return Ok(None) };
        match read(&message.payload, |report: &Report| report.format) {
            Some(report) => Ok(Some((report, Receipt(Kind::JetStream(Box::new(message)))))),
            None => {
                self.take(&message, "a report that cannot be read").await?;
                Ok(None)
            }
        }
    }

    async fn confirm(&self, receipt: Receipt) -> Result<(), CourierError> {
        match receipt.0 {
            Kind::JetStream(message) => self.take(&message, "a report").await,
            Kind::InProcess(_) => Ok(()),
        }
    }

    async fn announce(&self, presence: &Presence) -> Result<(), CourierError> {
        pool_is_plain(&presence.pool)?;
        let bytes = serde_json::to_vec(presence).expect("internal error: a presence is plain data");
        let sent = self.context.client().publish(WORKERS, bytes.into()).await;
        sent.map_err(|error| self.lost(&presence.worker, error))
    }

    async fn present(&self) -> Result<Vec<Presence>, CourierError> {
        let roll = self.roll.get_or_try_init(|| self.listen()).await?;
        Ok(roll.call())
    }
}

/// With what a file says of who we are; it is read, and never told.
fn known(
    options: async_nats::ConnectOptions,
    file: &std::path::Path,
) -> Result<async_nats::ConnectOptions, std::io::Error> {
    let text = std::fs::read_to_string(file)?;
    if text.contains("-----BEGIN NATS USER JWT-----") {
        return options.credentials(&text);
    }
    match text.trim().split_once(':') {
        Some((user, password)) => Ok(options.user_and_password(user.to_owned(), password.to_owned())),
        None => Err(std::io::Error::other("it holds neither credentials of NATS nor a line `user:password`")),
    }
}

/// A message of a format that is known here. Another one is passed over: its lease ends, and it is granted again to whoever
/// can read it.
fn read<T: DeserializeOwned>(payload: &[u8], format: impl Fn(&T) -> u32) -> Option<T> {
    match serde_json::from_slice::<T>(payload) {
        Ok(read) if format(&read) == FORMAT => Some(read),
        Ok(read) => {
            tracing::warn!(format = format(&read), "Passed over a message of another format: a newer postlink sent it");
            None
        }
        Err(error) => {
            tracing::warn!(%error, "Passed over a message that cannot be read");
            None
        }
    }
}

/// Addresses without what stands before their `@`.
fn without_secrets(servers: &str) -> String {
    let one = |address: &str| match address.rsplit_once('@') {
        Some((before, host)) => {
            format!("{}{host}", before.split_once("://").map_or(String::new(), |(scheme, _)| format!("{scheme}://")))
        }
        None => address.to_owned(),
    };
    servers.split(',').map(|address| one(address.trim())).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests;
