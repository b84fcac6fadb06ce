//! The queue: what waits for a stamp is sent to the authorities, one after the other until one has stamped it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use model::units::Clock;
use tokio::sync::Mutex;

use super::kept::{Answered, KeptStamp, Stamps, State};
use super::request::request;
use super::signer::Roots;
use crate::store::StoreError;

/// Carries a question to an authority, and its answer back. Whoever has a network makes one.
pub trait Post: Send + Sync {
    /// Sends the bytes as `application/timestamp-query`; an error is told to people.
    fn post(&self, url: &str, question: Vec<u8>) -> impl Future<Output = Result<Vec<u8>, String>> + Send;
}

/// Minutes until the second try; each further one waits twice as long.
const FIRST_WAIT: i64 = 1;

/// Hours that no try is put off for longer.
const LONGEST_WAIT: i64 = 6;

/// After so many tries of which the last was refused by all that could be reached, nobody tries by themselves.
const ENOUGH: u64 = 12;

/// Seconds for which an authority that could not be reached is not asked again.
const REST: i64 = 60;

/// Stamps read at once.
const AT_ONCE: u64 = 100;

/// The authorities, in the order of asking.
pub struct Sender<P> {
    authorities: Vec<String>,
    roots: Roots,
    post: P,
    clock: Clock,
    /// Until when those that were down are left alone. Held while sending: one at a time is enough.
    down_until: Mutex<BTreeMap<String, DateTime<Utc>>>,
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
        Self { authorities, roots, post, clock, down_until: Mutex::default() }
    }

    /// Sends what waits. When another task is at it already, that one does; then nothing is done here.
    pub async fn send(&self, store: &impl Stamps, which: Which) -> Result<Sent, StoreError> {
        let mut sent = Sent::default();
        if self.authorities.is_empty() {
            return Ok(sent);
        }
        let mut down_until = match which {
            Which::Due => match self.down_until.try_lock() {
                Ok(down_until) => down_until,
                Err(_) => return Ok(sent),
            },
            Which::All => self.down_until.lock().await,
        };
        if which == Which::All {
            down_until.clear();
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
                match self.one(&stamp, &mut down_until).await {
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

    async fn put_off(&self, store: &impl Stamps, stamp: &KeptStamp, trouble: &Trouble) -> Result<(), StoreError> {
        let doubled = FIRST_WAIT << stamp.tries.min(16);
        let wait = TimeDelta::minutes(doubled).min(TimeDelta::hours(LONGEST_WAIT));
        let failed = trouble.refused && stamp.tries + 1 >= ENOUGH;
        let state = if failed { State::Failed } else { State::Waiting };
        store.not_stamped(stamp.number, &trouble.told, state, (self.clock)() + wait).await
    }

    /// Asks one authority after the other.
    async fn one(
        &self,
        stamp: &KeptStamp,
        down_until: &mut BTreeMap<String, DateTime<Utc>>,
    ) -> Result<Answered, Trouble> {
        let (mut told, mut refused) = (Vec::new(), false);
        for url in &self.authorities {
            let now = (self.clock)();
            if down_until.get(url).is_some_and(|until| now < *until) {
                told.push(format!("{url}: it could not be reached a moment ago"));
                continue;
            }
            let Some(question) = request(stamp.digest) else {
                told.push("the system gives no chance for a nonce".to_owned());
                break;
            };
            let response = match self.post.post(url, question.bytes.clone()).await {
                Ok(response) => response,
                Err(why) => {
                    down_until.insert(url.clone(), now + TimeDelta::seconds(REST));
                    told.push(format!("{url}: {why}"));
                    continue;
                }
            };
            match question.answered(&response, &self.roots) {
                Ok(stamp) => {
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
