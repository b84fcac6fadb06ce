//! How far the round of a sweep is, told as it goes on: a stream of events that ends with the round.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream;
use model::account::Sight;
use serde::Serialize;
use storage::accounts::{Accounts as _, TokenHash};
use storage::sweeps::{Sweeps as _, SweepsInSight as _};

use super::round::{RoundShown, Verdict, is_open, round_shown};
use super::sweep::{in_sight, is_due};
use crate::app::App;
use crate::auth::Person;
use crate::chart::bar::Share;
use crate::stored::ask;
use crate::web::failure::Failure;
use crate::words::word;

/// Streams of one account side by side: a browser opens no more to one host.
const MOST: usize = 6;
/// Between two looks at the round.
const LOOKED: Duration = Duration::from_secs(1);
/// A session that has ended ends its streams within so long.
const PROVEN: TimeDelta = TimeDelta::minutes(1);
/// Proxies close what is silent for longer.
const ALIVE: Duration = Duration::from_secs(15);

/// The streams that are open, by account.
#[derive(Clone, Default)]
pub(crate) struct Streams(Arc<Mutex<HashMap<String, usize>>>);

/// One of them, for as long as it lives.
struct Turn {
    streams: Streams,
    account: String,
}

impl Streams {
    /// One more of an account; none when it has as many as it may.
    fn begin(&self, account: &str) -> Option<Turn> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(account.to_owned()).or_default();
        if *count >= MOST {
            return None;
        }
        *count += 1;
        Some(Turn { streams: self.clone(), account: account.to_owned() })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.account);
            }
        }
    }
}

pub(crate) async fn follow(
    State(app): State<Arc<App>>,
    person: Person,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    in_sight(&app, &person, &name).await?;
    let turn = app.streams.begin(&person.account.name).ok_or(Failure::TooMany { again_in_secs: 60 })?;
    let watch = Watch {
        proven_at: (app.clock)(),
        sight: person.sight(),
        session: person.hash,
        language: person.frame().language,
        told: None,
        over: false,
        app,
        name,
        _turn: turn,
    };
    let events = stream::unfold(watch, |watch| async move {
        let (event, watch) = watch.next().await?;
        Some((Ok::<_, Infallible>(event), watch))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response())
}

/// Somebody who watches a sweep.
struct Watch {
    app: Arc<App>,
    name: String,
    sight: Sight,
    session: TokenHash,
    language: &'static str,
    /// When the session was there last.
    proven_at: DateTime<Utc>,
    told: Option<Told>,
    over: bool,
    _turn: Turn,
}

/// What an event says.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Told {
    round: String,
    state: String,
    /// The state, and how far it is, in words.
    said: String,
    far: String,
    shares: Vec<Share>,
    verdicts: Vec<Found>,
}

/// Cases of one verdict, with its word.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Found {
    verdict: String,
    count: u64,
    word: String,
}

impl Watch {
    /// The next event, when there is something new; none when there will be none.
    async fn next(mut self) -> Option<(Event, Self)> {
        while !self.over {
            if !self.is_still_allowed().await {
                return None;
            }
            // A database that is away for a moment ends it: the browser asks again.
            let (told, goes_on) = self.look().await.ok()?;
            self.over = !goes_on;
            if self.over || (told.is_some() && told != self.told) {
                let event = Event::default().event(if self.over { "over" } else { "progress" });
                let event = event.json_data(&told).ok()?;
                self.told = told;
                return Some((event, self));
            }
            tokio::time::sleep(LOOKED).await;
        }
        None
    }

    /// Whether the session is still there. To be watching is no use of it: one that is not used otherwise ends.
    async fn is_still_allowed(&mut self) -> bool {
        let now = (self.app.clock)();
        if now - self.proven_at < PROVEN {
            return true;
        }
        self.proven_at = now;
        let (hash, idle) = (&self.session, i64::try_from(self.app.settings.idle_secs).unwrap_or(i64::MAX));
        let session = ask!(self.app.stored, store => store.session(hash, now).await);
        session.is_ok_and(|found| {
            found.is_some_and(|(session, account)| {
                (now - session.seen_at).num_seconds() <= idle && account.sight() == self.sight
            })
        })
    }

    /// How far the latest round is, and whether more is to come.
    async fn look(&self) -> Result<(Option<Told>, bool), Failure> {
        let (name, sight) = (&self.name, &self.sight);
        let sweep = ask!(self.app.stored, store => store.sweep_in_sight(sight, name).await)?;
        let sweep = sweep.ok_or(Failure::NotFound)?;
        let round = ask!(self.app.stored, store => store.rounds(name, 1).await)?.pop();
        let (due, open) = (is_due(&sweep, &self.app), round.as_ref().is_some_and(is_open));
        // Of one that is over nothing is told while the next one is about to be opened.
        let Some(round) = round.filter(|_| open || !due) else { return Ok((None, due)) };
        Ok((Some(told(round_shown(&self.app, &round).await?, self.language)), open))
    }
}

fn told(round: RoundShown, language: &str) -> Told {
    let far = word(language, "round", "done_of");
    let far = far.replace("{done}", &round.over.to_string()).replace("{all}", &round.bar.all.to_string());
    let found =
        |one: Verdict| Found { word: word(language, "verdict", &one.verdict), verdict: one.verdict, count: one.count };
    Told {
        said: word(language, "roundstate", &round.state),
        far,
        round: round.id,
        state: round.state,
        shares: round.bar.shares,
        verdicts: round.verdicts.into_iter().map(found).collect(),
    }
}

#[cfg(test)]
mod tests;
