//! Sweeps and how far their rounds are; paused, gone on with and ended.

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use model::sweep::{Budget, Cadence, Round, RoundCounts, RoundState, Scope, Sweep, SweepState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use storage::frontier::{Frontier as _, Progress};
use storage::store::StoreError;
use storage::sweeps::{Sweeps as _, SweepsInSight as _};

use super::asked::{Given, Named};
use super::caller::{Caller, Sweeps};
use super::once::{Done, Once, once};
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::doors::Refusal;
use crate::stored::ask;

/// Rounds of a sweep that are told.
const LATEST: usize = 20;

/// All sweeps that the account of the token sees.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SweepsGiven {
    items: Vec<SweepFacts>,
}

/// What is looked at, how often, as whom, and for how much.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SweepFacts {
    name: String,
    scope: Scope,
    cadence: Cadence,
    visitors: Vec<String>,
    /// Levels behind the landing page that are walked.
    depth: u8,
    /// Region and device of the workers that do it.
    pool: String,
    budget: Budget,
    /// Larger goes first.
    priority: i32,
    state: SweepState,
    #[schemars(with = "String", extend("format" = "date-time"))]
    created_at: DateTime<Utc>,
    /// When its next round opens; null where there will be none.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    next_at: Option<DateTime<Utc>>,
}

/// Its secret stays here: who knows it can tell when it looks.
impl From<Sweep> for SweepFacts {
    fn from(sweep: Sweep) -> Self {
        let Sweep { name, scope, cadence, visitors, depth, pool, budget, priority, state, created_at, next_at, .. } =
            sweep;
        Self { name, scope, cadence, visitors, depth, pool, budget, priority, state, created_at, next_at }
    }
}

/// A sweep with its latest rounds.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SweepGiven {
    sweep: SweepFacts,
    /// The latest first, 20 at most.
    rounds: Vec<RoundGiven>,
}

/// One run of a sweep.
#[derive(Serialize, JsonSchema)]
struct RoundGiven {
    id: String,
    state: RoundState,
    #[schemars(with = "String", extend("format" = "date-time"))]
    opened_at: DateTime<Utc>,
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    ended_at: Option<DateTime<Utc>>,
    counts: RoundCounts,
    jobs: JobsGiven,
    /// Cases of it so far, by their verdict.
    verdicts: std::collections::BTreeMap<String, u64>,
}

/// How many jobs of a round are in which state.
#[derive(Serialize, JsonSchema)]
struct JobsGiven {
    ready: u64,
    held: u64,
    under_way: u64,
    done: u64,
    /// Could not be done, each time that it was tried.
    dead: u64,
    cancelled: u64,
}

impl From<Progress> for JobsGiven {
    fn from(progress: Progress) -> Self {
        let Progress { ready, held, leased, done, given_up, dead, cancelled } = progress;
        Self { ready, held, under_way: leased, done, dead: dead + given_up, cancelled }
    }
}

/// Names a sweep.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct OfSweep {
    /// The name of the sweep.
    #[schemars(regex(pattern = "^[a-z0-9-]{1,60}$"), example = &"nightly")]
    name: String,
}

pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller<Sweeps>) -> Result<Given<SweepsGiven>, Problem> {
    let sight = caller.sight();
    let sweeps: Vec<Sweep> = ask!(app.stored, store => store.sweeps_in_sight(&sight).await)?;
    Ok(Given(SweepsGiven { items: sweeps.into_iter().map(Into::into).collect() }))
}

pub(crate) async fn one(
    State(app): State<Arc<App>>,
    caller: Caller<Sweeps>,
    Named(OfSweep { name }): Named<OfSweep>,
) -> Result<Given<SweepGiven>, Problem> {
    let sweep = in_sight(&app, &caller, &name).await?;
    let rounds: Vec<Round> = ask!(app.stored, store => store.rounds(&name, LATEST).await)?;
    let mut told = Vec::new();
    for round in rounds {
        told.push(of_round(&app, round).await?);
    }
    Ok(Given(SweepGiven { sweep: sweep.into(), rounds: told }))
}

async fn in_sight(app: &App, caller: &Caller<Sweeps>, name: &str) -> Result<Sweep, Problem> {
    let (sight, name) = (caller.sight(), name.replace('\0', ""));
    ask!(app.stored, store => store.sweep_in_sight(&sight, &name).await)?.ok_or_else(Problem::not_found)
}

async fn of_round(app: &App, round: Round) -> Result<RoundGiven, StoreError> {
    let Round { id, state, opened_at, ended_at, counts, .. } = round;
    let progress = ask!(app.stored, store => store.progress(&id).await)?;
    let verdicts = ask!(app.stored, store => store.verdicts(&id).await)?;
    Ok(RoundGiven {
        id,
        state,
        opened_at,
        ended_at,
        counts,
        jobs: progress.into(),
        verdicts: verdicts.into_iter().collect(),
    })
}

pub(crate) async fn pause(
    State(app): State<Arc<App>>,
    caller: Caller<Sweeps>,
    Named(OfSweep { name }): Named<OfSweep>,
    key: Once,
) -> Result<Done<SweepFacts, 200>, Problem> {
    turn(app, caller, name, key, SweepState::Paused).await
}

pub(crate) async fn resume(
    State(app): State<Arc<App>>,
    caller: Caller<Sweeps>,
    Named(OfSweep { name }): Named<OfSweep>,
    key: Once,
) -> Result<Done<SweepFacts, 200>, Problem> {
    turn(app, caller, name, key, SweepState::Running).await
}

pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    caller: Caller<Sweeps>,
    Named(OfSweep { name }): Named<OfSweep>,
    key: Once,
) -> Result<Done<SweepFacts, 200>, Problem> {
    turn(app, caller, name, key, SweepState::Cancelled).await
}

/// Brings it into another state; one that is there already stays there.
async fn turn(
    app: Arc<App>,
    caller: Caller<Sweeps>,
    name: String,
    key: Once,
    to: SweepState,
) -> Result<Done<SweepFacts, 200>, Problem> {
    let keyed = key.request(&());
    let account = caller.account().name.clone();
    once(Arc::clone(&app), account, keyed, async move {
        let sweep = in_sight(&app, &caller, &name).await?;
        let action = match to {
            SweepState::Paused => "sweep-pause",
            SweepState::Running => "sweep-resume",
            SweepState::Cancelled | SweepState::Done => "sweep-cancel",
        };
        if sweep.state != to {
            app.doors.turn_sweep(sweep, to).await.map_err(|refusal| match refusal {
                Refusal::Not { said, .. } => Problem::new(Kind::Over, said),
                broken @ Refusal::Broken(_) => crate::web::failure::Failure::from(broken).into(),
            })?;
            caller.note_done(&app, action, &name).await;
        }
        Ok(in_sight(&app, &caller, &name).await?.into())
    })
    .await
}
