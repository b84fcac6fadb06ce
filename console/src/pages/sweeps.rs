//! The sweeps: which there are, and a new one, of which is told what it costs before it begins.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use governance::sweeping::begun;
use model::account::Role;
use model::sweep::Sweep;
use serde::{Deserialize, Serialize};
use storage::sweeps::{Sweeps as _, SweepsInSight as _};

use super::round::{RoundShown, rounds_shown};
use crate::app::App;
use crate::auth::{Person, Signed};
use crate::doors::SweepCost;
use crate::page::Page;
use crate::stored::ask;
use crate::web::failure::Failure;

mod cost;
pub(crate) mod form;
pub(crate) mod told;

use cost::CostShown;
use form::{NewSweep, Wrong};
use told::SweepShown;

/// Whoever has more sweeps has their rounds told by each.
const ROUNDS: u64 = 1_000;

#[derive(Serialize)]
pub(crate) struct SweepsPage {
    sweeps: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    sweep: SweepShown,
    latest: Option<RoundShown>,
}

impl Page for SweepsPage {
    const TEMPLATE: &'static str = "sweeps.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let rounds = RoundShown::samples().into_iter().map(Some).chain([None]);
        let sweeps = SweepShown::samples().into_iter().zip(rounds.cycle());
        let sweeps = sweeps.map(|(sweep, latest)| Listed { sweep, latest }).collect();
        vec![Self { sweeps }, Self { sweeps: Vec::new() }]
    }
}

pub(crate) async fn show(State(app): State<Arc<App>>, person: Person) -> Result<Response, Failure> {
    person.must_be(&[Role::Platform])?;
    let sight = person.sight();
    let sweeps = ask!(app.stored, store => store.sweeps_in_sight(&sight).await)?;
    let rounds = ask!(app.stored, store => store.latest_rounds(&sight, ROUNDS).await)?;
    let rounds = rounds_shown(&app, rounds).await?;
    let latest = |sweep: &Sweep| rounds.iter().find(|round| round.sweep == sweep.name).cloned();
    let listed = sweeps.iter().map(|sweep| Listed { sweep: SweepShown::from(sweep), latest: latest(sweep) });
    app.pages.show(person.frame(), &SweepsPage { sweeps: listed.collect() })
}

/// The form of a new sweep, and what a round of it would cost.
#[derive(Serialize)]
pub(crate) struct NewSweepPage {
    form: NewSweep,
    wrong: Vec<Wrong>,
    visitors: Vec<String>,
    /// The one platform whose sweeps this account makes.
    platform: Option<String>,
    cost: Option<CostShown>,
}

impl Page for NewSweepPage {
    const TEMPLATE: &'static str = "sweep_new.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let visitors = vec![hostile()];
        let empty = NewSweep::default();
        let (wrong, cost) = (Wrong::samples(), Some(CostShown::sample()));
        let full =
            Self { form: NewSweep::sample(), wrong, visitors: visitors.clone(), platform: Some(hostile()), cost };
        vec![full, Self { form: empty, wrong: Vec::new(), visitors, platform: None, cost: None }]
    }
}

#[derive(Deserialize)]
pub(crate) struct Like {
    /// A sweep that the new one begins as.
    #[serde(default)]
    like: String,
}

pub(crate) async fn new(
    State(app): State<Arc<App>>,
    person: Person,
    Query(Like { like }): Query<Like>,
) -> Result<Response, Failure> {
    person.must_be(&[Role::Platform])?;
    let sight = person.sight();
    let model = match like.as_str() {
        "" => None,
        name => ask!(app.stored, store => store.sweep_in_sight(&sight, name).await)?,
    };
    let form = model.as_ref().map_or_else(|| NewSweep::usual(&app.doors.sweeping()), NewSweep::like);
    asked_for(&app, &person, form, Vec::new(), None)
}

/// Tells what it costs, or creates it: as the button says that was pressed.
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    Signed { person, form }: Signed<NewSweep>,
) -> Result<Response, Failure> {
    person.must_be(&[Role::Platform])?;
    let (sight, sweeping, now) = (person.sight(), app.doors.sweeping(), (app.clock)());
    let asked = match form.asked(&sweeping, &sight) {
        Ok(asked) => asked,
        Err(wrong) => return asked_for(&app, &person, form, wrong, None),
    };
    let sweep = match begun(asked, sweeping.secret, now) {
        Ok(sweep) => sweep,
        Err(error) => return asked_for(&app, &person, form, vec![Wrong::from(&error)], None),
    };
    if ask!(app.stored, store => store.sweep(&sweep.name).await)?.is_some() {
        return asked_for(&app, &person, form, vec![Wrong::taken()], None);
    }
    if !form.creates() {
        let cost = app.doors.preview_sweep(sweep).await?;
        return asked_for(&app, &person, form, Vec::new(), Some(cost));
    }
    if !ask!(app.stored, store => store.create(&sweep).await)? {
        return asked_for(&app, &person, form, vec![Wrong::taken()], None);
    }
    person.note(&app, "sweep-create", &sweep.name).await?;
    Ok(Redirect::to(&format!("/sweeps/{}?done=sweep-created", sweep.name)).into_response())
}

fn asked_for(
    app: &App,
    person: &Person,
    form: NewSweep,
    wrong: Vec<Wrong>,
    cost: Option<SweepCost>,
) -> Result<Response, Failure> {
    let (visitors, platform) = (app.doors.sweeping().visitors, person.sight().platform);
    let page = NewSweepPage { form, wrong, visitors, platform, cost: cost.map(CostShown::from) };
    app.pages.show(person.frame(), &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_stand() {
        crate::page::tests::renders::<SweepsPage>();
        crate::page::tests::renders::<NewSweepPage>();
    }
}
