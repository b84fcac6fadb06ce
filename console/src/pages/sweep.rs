//! One sweep: what it is, how far its round is, what came before, and what can be done with it.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use model::account::Role;
use model::sweep::{Sweep, SweepState};
use serde::{Deserialize, Serialize};
use storage::sweeps::{Sweeps as _, SweepsInSight as _};

use super::login::Nothing;
use super::round::{RoundShown, is_open, rounds_shown};
use super::sweeps::told::SweepShown;
use crate::app::App;
use crate::auth::{Person, Signed};
use crate::page::Page;
use crate::stored::ask;
use crate::web::failure::Failure;

/// Rounds that are told at first, and at most.
const LATEST: usize = 50;
const MOST: usize = 5_000;

#[derive(Serialize)]
pub(crate) struct SweepPage {
    sweep: SweepShown,
    /// The round that is not over.
    open: Option<RoundShown>,
    /// Those before it, the latest first.
    rounds: Vec<RoundShown>,
    /// How many to ask for to see earlier ones, where there are any.
    more: Option<usize>,
    /// Whether a round is under way, or due now.
    moves: bool,
}

impl Page for SweepPage {
    const TEMPLATE: &'static str = "sweep.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let (shapes, rounds) = (SweepShown::samples().into_iter(), RoundShown::samples());
        let open = rounds.iter().cloned().map(Some).chain([None]).cycle();
        let pages = shapes.zip(open);
        pages
            .map(|(sweep, open)| Self { sweep, moves: open.is_some(), open, rounds: rounds.clone(), more: Some(500) })
            .collect()
    }
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    rounds: Option<usize>,
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let sweep = in_sight(&app, &person, &name).await?;
    let most = asked.rounds.unwrap_or(LATEST).clamp(1, MOST);
    // One more than is shown tells whether there are more.
    let mut rounds = ask!(app.stored, store => store.rounds(&name, most + 1).await)?;
    let more = (rounds.len() > most && most < MOST).then_some(most * 10);
    rounds.truncate(most);
    let (open, over): (Vec<_>, Vec<_>) = rounds.into_iter().partition(is_open);
    let moves = !open.is_empty() || is_due(&sweep, &app);
    let mut open = rounds_shown(&app, open).await?.into_iter();
    let page = SweepPage {
        sweep: SweepShown::from(&sweep),
        open: open.next(),
        rounds: open.chain(rounds_shown(&app, over).await?).collect(),
        more,
        moves,
    };
    app.pages.show(person.frame(), &page)
}

/// The sweep, if this account may see it, and change it.
pub(super) async fn in_sight(app: &App, person: &Person, name: &str) -> Result<Sweep, Failure> {
    person.must_be(&[Role::Platform])?;
    let sight = person.sight();
    ask!(app.stored, store => store.sweep_in_sight(&sight, name).await)?.ok_or(Failure::NotFound)
}

/// Whether its next round is about to be opened.
pub(super) fn is_due(sweep: &Sweep, app: &App) -> bool {
    sweep.state == SweepState::Running && sweep.next_at.is_some_and(|at| at <= (app.clock)())
}

/// What can be done with a sweep, by the last part of the address.
pub(crate) async fn act(
    State(app): State<Arc<App>>,
    Path((name, what)): Path<(String, String)>,
    Signed { person, form: Nothing {} }: Signed<Nothing>,
) -> Result<Response, Failure> {
    let sweep = in_sight(&app, &person, &name).await?;
    let done = match what.as_str() {
        "pause" => app.doors.turn_sweep(sweep, SweepState::Paused).await,
        "resume" => app.doors.turn_sweep(sweep, SweepState::Running).await,
        "cancel" => app.doors.turn_sweep(sweep, SweepState::Cancelled).await,
        "run" => app.doors.hurry_sweep(sweep).await,
        _ => return Err(Failure::NotFound),
    };
    done?;
    person.note(&app, &format!("sweep-{what}"), &name).await?;
    Ok(Redirect::to(&format!("/sweeps/{name}?done=sweep-{what}")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<SweepPage>();
    }
}
