//! A sweep becomes jobs: its ads by landing, the most likely to have switched first, as far as its budget goes.
//!
//! Whatever the count of ads, a page of them is in memory, and a few numbers for the budget. After each page it is noted how far the
//! round is: whoever goes on after a crash begins there.

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use governance::cadence;
use governance::chance::Chance;
use governance::revisit::worth;
use model::landing::{Known, LandingId};
use model::sweep::{Cadence, Round, RoundCounts, RoundState, Scope, Sweep, SweepState, Work};
use serde::{Deserialize, Serialize};
use storage::frontier::{Frontier, NewJob};
use storage::kin::Kin;
use storage::library::{Chosen, Library};
use storage::sweeps::Sweeps;

use crate::kin;

mod budget;
mod groups;
mod held;
mod looked;
mod preview;
mod turn;

#[cfg(test)]
mod tests;

pub(crate) use budget::Costs;
pub(crate) use looked::{Took, looked, shared_out};
pub(crate) use preview::{Preview, preview};
pub(crate) use turn::{Turned, hurry, turn};

use budget::{Allowed, Weighed};
use groups::{Group, Groups};

/// Ads in one job. More would make messages long, and what comes back; those beyond have jobs of their own, which look at nothing.
pub(crate) const MOST_ADS: usize = 100;
/// Landings whose jobs are made and enqueued at once, before it is noted how far that is.
const LANDINGS_OF_A_PAGE: usize = 250;
/// After so many attempts a job is dead.
pub(crate) const MOST_ATTEMPTS: u32 = 4;
/// What a continuous sweep opens at once: what is due until its next round.
const AHEAD: TimeDelta = TimeDelta::hours(1);

/// Opens the round of a sweep that was due at a moment. Whoever does it again, or goes on after a crash, comes to the same.
pub(crate) async fn open_round(
    store: &(impl Library + Sweeps + Frontier + Kin),
    sweep: &Sweep,
    due: DateTime<Utc>,
    costs: &Costs,
    now: DateTime<Utc>,
) -> anyhow::Result<Round> {
    let round = Round {
        id: Round::name(&sweep.name, due),
        sweep: sweep.name.clone(),
        opened_at: now,
        state: RoundState::Opening,
        counts: RoundCounts::default(),
        ended_at: None,
    };
    let mut round = store.begin_round(&round).await?;
    if round.state == RoundState::Opening {
        // What became suspect since others looked is looked at first.
        kin::follow(store, now).await.context("weigh what was heard and found")?;
        let opening = Opening { store, sweep, costs, round: &round.id, at: round.opened_at };
        let counts = opening.jobs().await.with_context(|| format!("open the round {}", round.id))?;
        round.counts = counts;
        (round.state, round.ended_at) =
            if counts.jobs == 0 { (RoundState::Done, Some(now)) } else { (RoundState::Open, None) };
        store.save_round(&round).await?;
    }
    // As it is now: somebody may have paused or ended it meanwhile.
    let current = store.sweep(&sweep.name).await?.unwrap_or_else(|| sweep.clone());
    match (current.state, round.state) {
        (SweepState::Paused, RoundState::Open) => {
            store.hold(&round.id).await?;
            round.state = RoundState::Paused;
            store.save_round(&round).await?;
        }
        (SweepState::Cancelled, RoundState::Open) => {
            store.cancel(&round.id, now).await?;
            (round.state, round.ended_at) = (RoundState::Cancelled, Some(now));
            store.save_round(&round).await?;
        }
        _ => {}
    }
    // The only round of one that runs once may be under way for long: it is done when that is over.
    let next_at = match current.state {
        SweepState::Cancelled | SweepState::Done => None,
        SweepState::Running | SweepState::Paused => cadence::next(&sweep.cadence, &Chance::of(&sweep.secret), now)?,
    };
    store.save(&Sweep { next_at, ..current }).await?;
    Ok(round)
}

/// The job for those ads of a landing that one which is done had no room for; none when there are no more.
///
/// It goes on from the look of the job that is named, else it looks for itself.
pub(crate) async fn next_part(
    store: &(impl Library + Frontier),
    sweep: &Sweep,
    costs: &Costs,
    round: &Round,
    done: &Work,
    look_of: Option<String>,
) -> anyhow::Result<Option<NewJob>> {
    let Some(last) = done.ads.iter().max().filter(|_| done.more) else { return Ok(None) };
    let mut ads = store.leading_to(&done.landing.id, &sweep.scope, round.opened_at, last, MOST_ADS + 1).await?;
    let more = ads.len() > MOST_ADS;
    ads.truncate(MOST_ADS);
    let Some(first) = ads.first().cloned() else { return Ok(None) };
    let work = Work { ads, more, look_of, ..done.clone() };
    let mut job = job(sweep, costs, &round.id, &work, round.opened_at, 0);
    job.job_id = format!("{}.{first}", job.job_id);
    Ok(Some(job))
}

/// A round while its jobs are made.
struct Opening<'a, S> {
    store: &'a S,
    sweep: &'a Sweep,
    costs: &'a Costs,
    round: &'a str,
    at: DateTime<Utc>,
}

/// How far the jobs of a round are made.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct SoFar {
    /// The last ad of the last landing that was looked at.
    behind: Option<(LandingId, String)>,
    counts: RoundCounts,
    allowed: Allowed,
}

impl<S: Library + Sweeps + Frontier> Opening<'_, S> {
    async fn jobs(&self) -> anyhow::Result<RoundCounts> {
        let mut so_far = self.so_far().await?;
        let behind = so_far.behind.clone().map(|(landing, ad_id)| Chosen { landing, ad_id });
        let mut groups = Groups::of(self.store, &self.sweep.scope, self.at).behind(behind);
        while self.page(&mut groups, &mut so_far).await? {}
        Ok(so_far.counts)
    }

    /// Where whoever was cut off came to; else the beginning.
    async fn so_far(&self) -> anyhow::Result<SoFar> {
        if let Some(text) = self.store.so_far(self.round).await? {
            return Ok(serde_json::from_str(&text)?);
        }
        let weighed = Weighed::over(self.store, self.sweep, self.round, self.costs, self.at).await?;
        let allowed = Allowed::new(&self.sweep.budget, &weighed);
        Ok(SoFar { behind: None, counts: RoundCounts::default(), allowed })
    }

    /// Makes the jobs of the landings that come next, and notes how far that is; false when there are no more.
    ///
    /// The jobs before the note: of a page that was cut off in between each job is known already.
    async fn page(&self, groups: &mut Groups<'_, S>, so_far: &mut SoFar) -> anyhow::Result<bool> {
        let (mut jobs, mut more) = (Vec::with_capacity(LANDINGS_OF_A_PAGE), true);
        for _ in 0..LANDINGS_OF_A_PAGE {
            let Some(group) = groups.next().await? else {
                more = false;
                break;
            };
            let Chosen { landing, ad_id } = group.end();
            so_far.behind = Some((landing, ad_id));
            jobs.extend(self.taken(group, so_far));
        }
        self.store.enqueue(&jobs).await?;
        self.store.note_so_far(self.round, &serde_json::to_string(so_far)?).await?;
        Ok(more)
    }

    /// The job of a landing, if the round takes it.
    fn taken(&self, group: Group, so_far: &mut SoFar) -> Option<NewJob> {
        let landing = &group.known.landing.id;
        if !is_drawn(self.sweep, self.round, landing) {
            return None;
        }
        let SoFar { counts, allowed, .. } = so_far;
        let worth = worth(&group.known, self.at);
        let cost = self.costs.of(self.sweep, &group);
        let draw = Chance::of(&self.sweep.secret).unit(&format!("budget {} {landing}", self.round), 0);
        if !is_due(self.sweep, &group.known, self.at) || !allowed.takes(worth, &cost, draw) {
            counts.left_out += 1;
            return None;
        }
        counts.landings += 1;
        counts.ads += group.count;
        counts.jobs += 1;
        Some(self.job(group, worth))
    }

    fn job(&self, group: Group, worth: f64) -> NewJob {
        let Group { known, mut ads, count, .. } = group;
        let more = count > ads.len() as u64;
        let label = format!("whose click {} {}", self.round, known.landing.id);
        let first = Chance::of(&self.sweep.secret).below(u32::try_from(ads.len()).unwrap_or(u32::MAX), &label, 0);
        // Another ad's click each round: a page may be selected by what only seems to count.
        ads.swap(0, first as usize);
        let ready_at = match self.sweep.cadence {
            Cadence::Continuous => known.next_due.unwrap_or(self.at).max(self.at),
            Cadence::Once { .. } | Cadence::Cron { .. } => self.at,
        };
        let work = Work {
            landing: known.landing,
            ads,
            more,
            look_of: None,
            visitors: self.sweep.visitors.clone(),
            depth: self.sweep.depth,
            last: known.last,
        };
        job(self.sweep, self.costs, self.round, &work, ready_at, (worth * 999.0) as i64)
    }
}

fn job(sweep: &Sweep, costs: &Costs, round: &str, work: &Work, ready_at: DateTime<Utc>, worth: i64) -> NewJob {
    let hosts = match work.look_of {
        // Nothing is visited.
        Some(_) => Vec::new(),
        None => held::hosts(&work.landing, work.last.as_ref(), &costs.assumed.redirectors),
    };
    let mut hosts = hosts.into_iter().map(ToOwned::to_owned);
    NewJob {
        job_id: Round::job(round, &work.landing.id),
        round: round.to_owned(),
        host: hosts.next().unwrap_or_else(|| held::none(&work.landing)),
        also: hosts.next(),
        pool: sweep.pool.clone(),
        // Within what its sweep says, what is likelier to have switched goes first.
        priority: i64::from(sweep.priority) * 1_000 + worth,
        ready_at,
        most_attempts: MOST_ATTEMPTS,
        work: serde_json::to_string(work).expect("internal error: work is plain data"),
    }
}

/// Whether a landing is in the sample of a round.
fn is_drawn(sweep: &Sweep, round: &str, landing: &LandingId) -> bool {
    let Scope { sample: Some(sample), .. } = &sweep.scope else { return true };
    Chance::of(&sweep.secret).unit(&format!("sample {round} {landing}"), 0) < sample / 100.0
}

/// Whether a landing's time has come: a continuous sweep leaves to the risk of each when that is.
fn is_due(sweep: &Sweep, known: &Known, at: DateTime<Utc>) -> bool {
    sweep.cadence != Cadence::Continuous || known.next_due.is_none_or(|due| due <= at + AHEAD)
}
