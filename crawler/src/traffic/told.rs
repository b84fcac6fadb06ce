//! The log of a tab as evidence tells it.

use chrono::{DateTime, TimeDelta, Utc};
use model::evidence::Evidence;
use model::traffic::{Answer, Client, Exchange};

use super::Traffic;
use crate::guard::Journal;

impl Traffic {
    /// What was asked and answered, and the bodies of both, which are given away; `clicked` is the wall clock's time of the
    /// click.
    pub(crate) fn tell(&mut self, journal: &Journal, clicked: DateTime<Utc>) -> (Vec<Exchange>, Vec<Evidence>) {
        let mut bodies = std::mem::take(&mut self.bodies);
        let exchanges = self.exchanges.iter().map(|seen| {
            let at = clicked + TimeDelta::milliseconds(i64::try_from(seen.at_ms.0).unwrap_or(i64::MAX / 2));
            let request_body = seen.posted.clone().map(|bytes| {
                let kept = Evidence::new("request body", "application/octet-stream", bytes, at);
                let id = kept.id();
                bodies.push(kept);
                id
            });
            let answer = seen.status.map(|status| Answer {
                protocol: seen.protocol.clone(),
                status,
                reason: seen.reason.clone(),
                media_type: seen.mime.clone(),
                headers: seen.headers.clone(),
                body: seen.body,
                remote: journal.remote(&seen.url),
                service_worker: seen.service_worker,
            });
            Exchange {
                by: Client::Browser,
                url: seen.url.clone(),
                method: seen.method.clone(),
                kind: seen.kind.to_ascii_lowercase(),
                at,
                at_ms: seen.at_ms,
                request_headers: seen.asked.clone(),
                request_body,
                answer,
                error: seen.error.clone(),
            }
        });
        let exchanges = exchanges.collect();
        (exchanges, bodies)
    }

    /// Requests of which nothing was kept.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }
}
