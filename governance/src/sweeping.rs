//! How a sweep begins, and how it comes from one state into another, whoever asks for it.

use chrono::{DateTime, Utc};
use model::sweep::{Budget, Cadence, Scope, Sweep, SweepState};

use crate::cadence::{self, CadenceError};
use crate::chance::Chance;

/// A longer name makes the names of jobs long.
pub const LONGEST_NAME: usize = 60;
/// No priority is larger, and none smaller than its negative.
pub const LARGEST_PRIORITY: i32 = 1_000;
/// A week. Minutes.
pub const LONGEST_WINDOW: u32 = 10_080;

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub name: String,
    pub scope: Scope,
    pub cadence: Cadence,
    pub visitors: Vec<String>,
    pub depth: u8,
    pub pool: String,
    pub budget: Budget,
    pub priority: i32,
}

/// Why there is no such sweep.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SweepError {
    #[error("`{0}` cannot be its name: write up to {LONGEST_NAME} of a-z, 0-9 and -")]
    Name(String),
    #[error("a sample of {0} % is none: write a number above 0, and no more than 100")]
    Sample(f64),
    #[error("the priority {0} is out of range: write one from -{LARGEST_PRIORITY} to {LARGEST_PRIORITY}")]
    Priority(i32),
    #[error("nobody is to look: name at least one visitor")]
    NoVisitor,
    #[error("a window of {0} minutes is longer than a week: write up to {LONGEST_WINDOW}")]
    Window(u32),
    #[error(transparent)]
    Cadence(#[from] CadenceError),
}

/// A sweep that begins now. Its secret is drawn by whoever asks: 32 hex digits that nobody else can know.
pub fn begun(asked: Asked, secret: String, now: DateTime<Utc>) -> Result<Sweep, SweepError> {
    let Asked { name, scope, cadence, visitors, depth, pool, budget, priority } = asked;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(plain) {
        return Err(SweepError::Name(name));
    }
    if let Some(sample) = scope.sample.filter(|sample| !(*sample > 0.0 && *sample <= 100.0)) {
        return Err(SweepError::Sample(sample));
    }
    if !(-LARGEST_PRIORITY..=LARGEST_PRIORITY).contains(&priority) {
        return Err(SweepError::Priority(priority));
    }
    if visitors.is_empty() {
        return Err(SweepError::NoVisitor);
    }
    if let Cadence::Cron { window_minutes, .. } = cadence
        && window_minutes > LONGEST_WINDOW
    {
        return Err(SweepError::Window(window_minutes));
    }
    cadence::check(&cadence, now)?;
    let next_at = cadence::first(&cadence, &Chance::of(&secret), now)?;
    let (state, created_at) = (SweepState::Running, now);
    Ok(Sweep { name, scope, cadence, visitors, depth, pool, budget, priority, state, secret, created_at, next_at })
}

/// Why a sweep does not come into another state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TurnError {
    /// It is there already.
    #[error("{name} is {state} already")]
    Already { name: String, state: &'static str },
    #[error("{name} is {state}: it does not come back; create another")]
    Over { name: String, state: &'static str },
    #[error("{0} is paused: resume it first")]
    Paused(String),
    #[error("a round of {0} is under way: wait until it is over, or cancel the sweep")]
    UnderWay(String),
    #[error(transparent)]
    Cadence(#[from] CadenceError),
}

/// What is known of the rounds of a sweep when it is to come into another state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rounds {
    /// There was one at least.
    pub any: bool,
    /// One is not over.
    pub open: bool,
    /// Whoever made the jobs of one was cut off.
    pub cut_off: bool,
}

/// The sweep in another state, with when it runs next.
pub fn turned(sweep: Sweep, to: SweepState, rounds: Rounds, now: DateTime<Utc>) -> Result<Sweep, TurnError> {
    let name = || sweep.name.clone();
    match (sweep.state, to) {
        (from, to) if from == to => return Err(TurnError::Already { name: name(), state: word(to) }),
        (over @ (SweepState::Cancelled | SweepState::Done), _) => {
            return Err(TurnError::Over { name: name(), state: word(over) });
        }
        _ => {}
    }
    let next_at = match to {
        // What it missed meanwhile is passed over; one that never ran does so now, and a round that was cut off is gone on with.
        SweepState::Running => match sweep.next_at {
            Some(at) if at > now || rounds.cut_off => Some(at),
            Some(_) if !rounds.any => Some(now),
            _ => cadence::next(&sweep.cadence, &Chance::of(&sweep.secret), now)?,
        },
        SweepState::Paused => sweep.next_at,
        SweepState::Cancelled | SweepState::Done => None,
    };
    Ok(Sweep { state: to, next_at, ..sweep })
}

/// The sweep with its next round due now; the one after that is due when it would have been.
pub fn hurried(sweep: Sweep, rounds: Rounds, now: DateTime<Utc>) -> Result<Sweep, TurnError> {
    match sweep.state {
        SweepState::Running if rounds.open => Err(TurnError::UnderWay(sweep.name)),
        SweepState::Running => Ok(Sweep { next_at: Some(now), ..sweep }),
        SweepState::Paused => Err(TurnError::Paused(sweep.name)),
        over @ (SweepState::Cancelled | SweepState::Done) => {
            Err(TurnError::Over { name: sweep.name, state: word(over) })
        }
    }
}

fn word(state: SweepState) -> &'static str {
    match state {
        SweepState::Running => "running",
        SweepState::Paused => "paused",
        SweepState::Cancelled => "cancelled",
        SweepState::Done => "done",
    }
}

#[cfg(test)]
mod tests;
