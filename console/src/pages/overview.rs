//! The overview: what waits for a decision, what was found day by day, and what runs.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use chrono::Days;
use governance::deadlines::{Calendar, overdue_since};
use model::account::Role;
use serde::Serialize;
use storage::desk::{Desk as _, Waiting};
use storage::sweeps::SweepsInSight as _;

use super::round::{RoundShown, rounds_shown};
use crate::app::App;
use crate::auth::Person;
use crate::chart::columns::Columns;
use crate::deadlines::overdue_complaints;
use crate::page::Page;
use crate::stored::ask;
use crate::told;
use crate::web::failure::Failure;

/// Days that the chart shows.
const DAYS: u64 = 30;
/// Rounds that are told.
const ROUNDS: u64 = 5;

#[derive(Serialize)]
pub(crate) struct OverviewPage {
    /// The gravest first: each severity, violations that wait, and those of them that are overdue.
    waiting: Vec<(String, u64, u64)>,
    open: u64,
    overdue: u64,
    /// Complaints that nobody has settled in time.
    complaints: u64,
    found: Columns,
    rounds: Vec<RoundShown>,
    /// Whether sweeps are for this account.
    sweeps: bool,
}

impl Page for OverviewPage {
    const TEMPLATE: &'static str = "overview.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let waiting = vec![("S4".to_owned(), 3, 1), ("S1".to_owned(), 2, 0)];
        let (found, rounds) = (Columns::sample(), RoundShown::samples());
        let (none, quiet) = (Vec::new(), Columns::default());
        let bare =
            Self { waiting: Vec::new(), open: 0, overdue: 0, complaints: 0, found: quiet, rounds: none, sweeps: false };
        vec![bare, Self { waiting, open: 5, overdue: 1, complaints: 7, found, rounds, sweeps: true }]
    }
}

pub(crate) async fn show(State(app): State<Arc<App>>, person: Person) -> Result<Response, Failure> {
    person.must_be(&[Role::Platform, Role::Regulator])?;
    let (sight, now) = (person.sight(), (app.clock)());
    let waiting = ask!(app.stored, store => store.waiting(&sight, overdue_since(now)).await)?;
    let first = told::day(now) - Days::new(DAYS - 1);
    let since = told::moment(first.and_time(chrono::NaiveTime::MIN)).unwrap_or(now);
    let found = ask!(app.stored, store => store.by_day(&sight, since, now, told::OFFSET_MINUTES).await)?;
    let sweeps = person.must_be(&[Role::Platform]).is_ok();
    let rounds =
        if sweeps { ask!(app.stored, store => store.latest_rounds(&sight, ROUNDS).await)? } else { Vec::new() };
    let calendar = Calendar::cn();
    let complaints = ask!(app.stored, store => overdue_complaints(&**store, &sight, &calendar, now).await)?;
    let sum = |of: fn(&Waiting) -> u64| waiting.iter().map(of).sum();
    let page = OverviewPage {
        open: sum(|one| one.open),
        overdue: sum(|one| one.overdue),
        complaints,
        waiting: waiting.iter().map(|one| (one.severity.clone(), one.open, one.overdue)).collect(),
        found: Columns::of(first, DAYS as usize, &found),
        rounds: rounds_shown(&app, rounds).await?,
        sweeps,
    };
    app.pages.show(person.frame(), &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<OverviewPage>();
    }
}
