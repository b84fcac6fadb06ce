//! One ad: what was found of it over time, and where its click led before.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use storage::desk::Desk as _;
use storage::library::Library as _;

use super::ads::{AdShown, shown as ad_shown};
use super::shown::{CaseShown, shown};
use crate::app::App;
use crate::auth::Person;
use crate::page::Page;
use crate::stored::ask;
use crate::told::local;
use crate::web::failure::Failure;

/// Cases of an ad that are listed.
const CASES: u64 = 200;

#[derive(Serialize)]
pub(crate) struct AdPage {
    ad: AdShown,
    cases: Vec<CaseShown>,
    /// As many as are listed, where there are more.
    more: Option<u64>,
    moves: Vec<Move>,
}

/// Where its click led, until when.
#[derive(Serialize)]
struct Move {
    url: String,
    until: String,
}

impl Page for AdPage {
    const TEMPLATE: &'static str = "ad.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let page = |ad, cases, moves| Self { ad, cases, more: Some(CASES), moves };
        let mut ads = AdShown::samples().into_iter();
        let (full, bare) = (ads.next().expect("a sample"), ads.next().expect("a sample"));
        let moves = vec![Move { url: hostile(), until: hostile() }];
        vec![page(full, CaseShown::samples(), moves), page(bare, Vec::new(), Vec::new())]
    }
}

/// Ids are whatever platforms choose: they stand in the query, not in the path.
#[derive(Deserialize)]
pub(crate) struct Asked {
    id: String,
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(Asked { id }): Query<Asked>,
) -> Result<Response, Failure> {
    let sight = person.sight();
    let row = ask!(app.stored, store => store.ad_in_sight(&sight, &id).await)?.ok_or(Failure::NotFound)?;
    let mut cases = ask!(app.stored, store => store.cases_of_ad(&sight, &row.ad_id, CASES + 1).await)?;
    let more = (cases.len() as u64 > CASES).then_some(CASES);
    cases.truncate(CASES as usize);
    let moved = ask!(app.stored, store => store.moves(&row.ad_id).await)?;
    let landings: Vec<_> = moved.iter().map(|one| one.landing.clone()).collect();
    let known = ask!(app.stored, store => store.known(&landings).await)?;
    let url = |landing: &model::landing::LandingId| {
        known.iter().find(|known| known.landing.id == *landing).map(|known| known.landing.url.clone())
    };
    let moves = moved.iter().rev().filter_map(|one| Some(Move { url: url(&one.landing)?, until: local(one.until) }));
    let page = AdPage { ad: ad_shown(&row), cases: cases.iter().map(shown).collect(), more, moves: moves.collect() };
    app.pages.show(person.frame(), &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<AdPage>();
    }
}
