//! The queue: what waits for a stamp is sent to the authorities, one after the other until one has stamped it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use model::evidence::EvidenceId;
use model::units::Clock;
use tokio::sync::Mutex;

use super::kept::{Answered, KeptStamp, Stamps, State};
use super::list::{self, Listed};
use super::request::request;
use super::signer::Roots;
use crate::store::StoreError;

/// Carries a question to an authority, and its answer back. Whoever has a network makes one.
pub trait Post: Send + Sync {
    /// Sends the bytes as `application/timestamp-query`; an error is told to people.
    fn post(&self, url: &str, question: Vec<u8>) -> impl Future<Output = Result<Vec<u8>, String>> + Send;

    /// Fetches what lies at an address that a certificate names; an error is told to people.
    fn get(&self, url: &str) -> impl Future<Output = Result<Vec<u8>, String>> + Send {
        let told = format!("nobody here fetches {url}");
        async move { Err(told) }
    }
}

/// Minutes until the second try; each further one waits twice as long.
const FIRST_WAIT: i64 = 1;

/// Hours that no try is put off for longer.
const LONGEST_WAIT: i64 = 6;

/// After so many tries of which the last was refused by all that could be reached, nobody tries by themselves.
const ENOUGH: u64 = 12;

/// Seconds for which an authority that could not be reached is not asked again.
const REST: i64 = 60;

/// Seconds between the clocks of an authority and of this machine that are worth telling.
const CLOCK_OFF: i64 = 60;

/// Stamps read at once.
const AT_ONCE: u64 = 100;

/// The authorities, in the order of asking.
pub struct Sender<P> {
    authorities: Vec<String>,
    roots: Roots,
    post: P,
    clock: Clock,
    /// Those that were down. Held while sending: one at a time is enough.
    down: Mutex<BTreeMap<String, Down>>,
}

/// Of an authority that could not be reached: until when it is left alone, and why it could not.
struct Down {
    until: DateTime<Utc>,
    why: String,
}

/// Which of those that are not stamped are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those whose time has come.
    Due,
    /// All, those that failed too: somebody asked for it.
    All,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    pub stamped: u64,
    pub not_stamped: u64,
    /// Why the last of those was not.
    pub trouble: Option<String>,
}

/// Why nobody stamped a digest.
struct Trouble {
    told: String,
    /// Somebody was reached, and nobody would.
    refused: bool,
}

impl<P: Post> Sender<P> {
    pub fn new(authorities: Vec<String>, roots: Roots, post: P, clock: Clock) -> Self {
        Self { authorities, roots, post, clock, down: Mutex::default() }
    }

    /// Fetches the lists of certificates that were taken back which stamps wait for, as `list::fetch` does it.
    pub async fn fetch_lists(&self, store: &impl Stamps, which: Which) -> Result<Listed, StoreError> {
        list::fetch(store, &self.roots, &self.post, (self.clock)(), which == Which::All).await
    }

    /// Sends what waits. When another task is at it already, that one does; then nothing is done here.
    pub async fn send(&self, store: &impl Stamps, which: Which) -> Result<Sent, StoreError> {
        let mut sent = Sent::default();
        if self.authorities.is_empty() {
            return Ok(sent);
        }
        let mut down = match which {
            Which::Due => match self.down.try_lock() {
                Ok(down) => down,
                Err(_) => return Ok(sent),
            },
            Which::All => self.down.lock().await,
        };
        if which == Which::All {
            down.clear();
        }
        let mut last = 0;
        loop {
            let waiting = match which {
                Which::Due => store.due((self.clock)(), AT_ONCE).await?,
                Which::All => store.stamps().await?,
            };
            let waiting: Vec<_> =
                waiting.into_iter().filter(|stamp| stamp.number > last && stamp.answer.is_none()).collect();
            let Some(newest) = waiting.last() else { return Ok(sent) };
            last = newest.number;
            for stamp in waiting {
                match self.one(stamp.digest, &mut down).await {
                    Ok(answer) => {
                        store.stamped(stamp.number, &answer).await?;
                        sent.stamped += 1;
                    }
                    Err(trouble) => {
                        self.put_off(store, &stamp, &trouble).await?;
                        sent.not_stamped += 1;
                        sent.trouble = Some(trouble.told);
                    }
                }
            }
        }
    }

    /// A stamp of a digest now, or why there is none.
    pub async fn stamp(&self, digest: EvidenceId) -> Result<Answered, String> {
        let mut down = self.down.lock().await;
        self.one(digest, &mut down).await.map_err(|trouble| trouble.told)
    }

    /// The addresses, in the order of asking.
    pub fn authorities(&self) -> &[String] {
        &self.authorities
    }

    async fn put_off(&self, store: &impl Stamps, stamp: &KeptStamp, trouble: &Trouble) -> Result<(), StoreError> {
        let doubled = FIRST_WAIT << stamp.tries.min(16);
        let wait = TimeDelta::minutes(doubled).min(TimeDelta::hours(LONGEST_WAIT));
        let failed = trouble.refused && stamp.tries + 1 >= ENOUGH;
        let state = if failed { State::Failed } else { State::Waiting };
        store.not_stamped(stamp.number, &trouble.told, state, (self.clock)() + wait).await
    }

    /// Asks one authority after the other.
    async fn one(&self, digest: EvidenceId, down: &mut BTreeMap<String, Down>) -> Result<Answered, Trouble> {
        let (mut told, mut refused) = (Vec::new(), false);
        for url in &self.authorities {
            let now = (self.clock)();
            if let Some(Down { why, .. }) = down.get(url).filter(|down| now < down.until) {
                told.push(format!("{url}: {why}"));
                continue;
            }
            let Some(question) = request(digest) else {
                told.push("the system gives no chance for a nonce".to_owned());
                break;
            };
            let response = match self.post.post(url, question.bytes.clone()).await {
                Ok(response) => response,
                Err(why) => {
                    told.push(format!("{url}: {why}"));
                    down.insert(url.clone(), Down { until: now + TimeDelta::seconds(REST), why });
                    continue;
                }
            };
            match question.answered(&response, &self.roots) {
                Ok(stamp) => {
                    let off = (stamp.at - now).num_seconds();
                    if off.abs() > CLOCK_OFF {
                        tracing::warn!(
                            off_s = off,
                            "The clock of {url} is {off} s off this machine's: see which is right"
                        );
                    }
                    let (stamped_at, expires_at) = (stamp.at, stamp.expires_at);
                    return Ok(Answered { authority: url.clone(), response, stamped_at, expires_at });
                }
                Err(error) => {
                    refused = true;
                    told.push(format!("{url}: {error}"));
                }
            }
        }
        Err(Trouble { told: told.join("; "), refused })
    }
}

#[cfg(test)]
mod tests;
