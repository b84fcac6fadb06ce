//! Appeals that wait for a decision.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use model::account::Role;
use serde::{Deserialize, Serialize};
use storage::appeals::Appeals as _;

use super::case::said::AppealShown;
use super::shown::{CaseShown, shown};
use crate::app::App;
use crate::auth::Person;
use crate::page::Page;
use crate::stored::ask;
use crate::web::failure::Failure;

/// Appeals on one page.
const PAGE: u64 = 50;

#[derive(Serialize)]
pub(crate) struct AppealsPage {
    open: Vec<Open>,
    more: Option<u64>,
    may_decide: bool,
}

#[derive(Serialize)]
struct Open {
    case: CaseShown,
    appeal: AppealShown,
}

impl Page for AppealsPage {
    const TEMPLATE: &'static str = "appeals.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let open = CaseShown::samples().into_iter().zip(AppealShown::samples());
        let open = open.map(|(case, appeal)| Open { case, appeal }).collect();
        vec![Self { open, more: Some(3), may_decide: true }, Self { open: Vec::new(), more: None, may_decide: false }]
    }
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    behind: Option<u64>,
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    person: Person,
    Query(Asked { behind }): Query<Asked>,
) -> Result<Response, Failure> {
    let sight = person.sight();
    let mut open = ask!(app.stored, store => store.open_appeals(&sight, behind, PAGE + 1).await)?;
    let more = open.len() as u64 > PAGE;
    open.truncate(PAGE as usize);
    let page = AppealsPage {
        more: open.last().filter(|_| more).map(|(_, appeal)| appeal.number),
        open: open.iter().map(|(case, appeal)| Open { case: shown(case), appeal: appeal.into() }).collect(),
        may_decide: matches!(person.account.role, Role::Platform | Role::Admin),
    };
    app.pages.show(person.frame(), &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<AppealsPage>();
    }
}
