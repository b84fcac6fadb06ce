//! A round as pages show it: how much it is, how far, and what it found.

use chrono::{DateTime, Utc};
use model::sweep::{Round, RoundState};
use serde::Serialize;
use storage::frontier::{Frontier as _, Progress};
use storage::store::StoreError;

use crate::app::App;
use crate::chart::bar::Bar;
use crate::stored::ask;
use crate::told::local;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct RoundShown {
    pub(crate) id: String,
    pub(crate) sweep: String,
    /// `opening`, `open`, `paused`, `cancelled` or `done`.
    pub(crate) state: String,
    opened_at: String,
    ended_at: Option<String>,
    /// From its opening to its end, or so far.
    took: String,
    ads: u64,
    landings: u64,
    left_out: u64,
    /// Of its jobs, by what became of them.
    pub(crate) bar: Bar,
    /// Jobs of which nothing is left to do.
    pub(crate) over: u64,
    /// Its cases, by verdict: each that there is.
    pub(crate) verdicts: Vec<Verdict>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Verdict {
    pub(crate) verdict: String,
    pub(crate) count: u64,
}

impl RoundShown {
    /// What a round is that is looked at now.
    pub(crate) fn of(round: &Round, progress: &Progress, verdicts: Vec<(String, u64)>, now: DateTime<Utc>) -> Self {
        let Progress { ready, held, leased, done, given_up, dead, cancelled } = *progress;
        let dead = dead + given_up;
        let kinds = [
            ("done", done),
            ("dead", dead),
            ("cancelled", cancelled),
            ("leased", leased),
            ("held", held),
            ("ready", ready),
        ];
        Self {
            id: round.id.clone(),
            sweep: round.sweep.clone(),
            state: model::line::word(&round.state),
            opened_at: local(round.opened_at),
            ended_at: round.ended_at.map(local),
            took: span((round.ended_at.unwrap_or(now) - round.opened_at).num_seconds()),
            ads: round.counts.ads,
            landings: round.counts.landings,
            left_out: round.counts.left_out,
            bar: Bar::of(&kinds),
            over: done + dead + cancelled,
            verdicts: verdicts.into_iter().map(|(verdict, count)| Verdict { verdict, count }).collect(),
        }
    }
}

/// Seconds, as a clock counts them: `0:12:05`.
pub(crate) fn span(secs: i64) -> String {
    let secs = secs.max(0);
    format!("{}:{:02}:{:02}", secs / 3_600, secs / 60 % 60, secs % 60)
}

/// Whether more is to come of it.
pub(crate) fn is_open(round: &Round) -> bool {
    matches!(round.state, RoundState::Opening | RoundState::Open | RoundState::Paused)
}

/// The same rounds, with how far each is.
pub(crate) async fn rounds_shown(app: &App, rounds: Vec<Round>) -> Result<Vec<RoundShown>, StoreError> {
    let mut shown = Vec::with_capacity(rounds.len());
    for round in rounds {
        shown.push(round_shown(app, &round).await?);
    }
    Ok(shown)
}

pub(crate) async fn round_shown(app: &App, round: &Round) -> Result<RoundShown, StoreError> {
    let progress = ask!(app.stored, store => store.progress(&round.id).await)?;
    let verdicts = ask!(app.stored, store => store.verdicts(&round.id).await)?;
    Ok(RoundShown::of(round, &progress, verdicts, (app.clock)()))
}

#[cfg(test)]
impl RoundShown {
    pub(crate) fn samples() -> Vec<Self> {
        use model::sweep::RoundCounts;
        let at = DateTime::UNIX_EPOCH;
        let round = |state, ended_at| Round {
            id: crate::page::tests::HOSTILE.into(),
            sweep: crate::page::tests::HOSTILE.into(),
            opened_at: at,
            state,
            counts: RoundCounts { ads: 12, landings: 6, left_out: 1, jobs: 6 },
            ended_at,
        };
        let some = Progress { ready: 1, held: 1, leased: 1, done: 2, given_up: 1, dead: 1, cancelled: 1 };
        let found = || vec![("violating".to_owned(), 2), ("clean".to_owned(), 1)];
        [
            (round(RoundState::Open, None), some, found()),
            (round(RoundState::Opening, None), Progress::default(), Vec::new()),
            (round(RoundState::Paused, None), some, Vec::new()),
            (round(RoundState::Cancelled, Some(at)), some, found()),
            (round(RoundState::Done, Some(at)), Progress { done: 6, ..Progress::default() }, found()),
        ]
        .into_iter()
        .map(|(round, progress, verdicts)| Self::of(&round, &progress, verdicts, at))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_as_a_clock_counts() {
        assert_eq!([0, 59, 3_725, 93_600, -1].map(span), ["0:00:00", "0:00:59", "1:02:05", "26:00:00", "0:00:00"]);
    }

    #[test]
    fn every_job_is_in_the_bar() {
        let open = &RoundShown::samples()[0];
        assert_eq!((open.bar.all, open.over), (8, 5));
        assert_eq!(open.bar.shares.iter().map(|share| share.count).sum::<u64>(), 8);
    }
}
