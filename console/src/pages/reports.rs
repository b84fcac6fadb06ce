//! Weekly reports (周报): the weeks that are over, each as a page, a workbook or a PDF, made when it is asked for.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use chrono::Days;
use governance::ccr::Week;
use model::account::Role;
use serde::Serialize;

use super::weeks::{self, Weeks};
use crate::app::App;
use crate::auth::Person;
use crate::doors::{Report, WeeklyWanted};
use crate::page::Page;
use crate::web::failure::Failure;

/// Weeks that are listed, the latest first.
const SHOWN: u16 = 26;
/// Nothing that is handed out may do anything, even where somebody opens it here.
const POLICY: &str = "default-src 'none'; sandbox";

#[derive(Serialize)]
pub(crate) struct ReportsPage {
    weeks: Vec<WeekShown>,
}

#[derive(Serialize)]
struct WeekShown {
    week: String,
    /// Its first day, and its last.
    from: String,
    until: String,
}

impl Page for ReportsPage {
    const TEMPLATE: &'static str = "reports.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        vec![Self { weeks: vec![WeekShown { week: hostile(), from: hostile(), until: hostile() }] }]
    }
}

pub(crate) async fn show(State(app): State<Arc<App>>, person: Person) -> Result<Response, Failure> {
    person.must_be(&[Role::Platform, Role::Regulator])?;
    let mut weeks = Vec::new();
    for week in Weeks::asked(&app, "", None, &[], SHOWN)?.all().into_iter().rev() {
        let monday = week.monday().ok_or(Failure::NotFound)?;
        weeks.push(WeekShown {
            week: week.to_string(),
            from: monday.to_string(),
            until: (monday + Days::new(6)).to_string(),
        });
    }
    app.pages.show(person.frame(), &ReportsPage { weeks })
}

/// `2026-W47.html`, `.xlsx` or `.pdf`: of what this account sees.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    person: Person,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    person.must_be(&[Role::Platform, Role::Regulator])?;
    let (week, ending) = name.split_once('.').ok_or(Failure::NotFound)?;
    let week: Week = weeks::read(week)?;
    let report = Report::ALL.into_iter().find(|report| report.ending() == ending).ok_or(Failure::NotFound)?;
    let (sight, language) = (person.sight(), person.frame().language);
    let bytes = app.doors.weekly(WeeklyWanted { week, report, sight, language }).await?;
    person.note(&app, "export", &format!("weekly report {name}")).await?;
    let headers = [
        (header::CONTENT_TYPE, report.media_type().to_owned()),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"postlink-{week}.{ending}\"")),
    ];
    Ok((headers, bytes).into_response())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<super::ReportsPage>();
    }
}
