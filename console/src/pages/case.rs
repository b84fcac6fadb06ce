//! The case view: the ad on the left, where its click led on the right, between them what was promised and what was given.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use model::account::Role;
use model::event::Choice;
use serde::{Deserialize, Serialize};
use storage::decisions::{Decided, Decision, Decisions as _};
use storage::desk::{CaseRow, Desk as _};
use storage::previews::Previews as _;
use storage::store::CaseId;

use super::shown::CaseShown;
use crate::app::App;
use crate::auth::{Person, Signed};
use crate::page::Page;
use crate::report::{Chain, Difference, Gap, Violation};
use crate::stored::ask;
use crate::told::local;
use crate::web::failure::Failure;

mod ad;
mod exhibit;
mod landing;
mod read;
pub(crate) mod said;

use ad::AdSide;
use exhibit::Exhibit;
use landing::{Film, Landing};
use said::AppealShown;

/// Earlier and later cases of the ad that are named.
const OTHERS: u64 = 20;
/// A reason is a few sentences. Characters.
const LONGEST_REASON: usize = 2_000;

#[derive(Serialize)]
pub(crate) struct CasePage {
    case: CaseShown,
    sealed_at: String,
    manifest: String,
    ad: AdSide,
    /// As whom it was looked at, and whether that is shown.
    visitors: Vec<Visitor>,
    /// The pages that the chosen visitor saw, in the order of the chain.
    landings: Vec<Landing>,
    film: Option<Film>,
    chain: Option<Chain>,
    violations: Vec<Told>,
    differences: Vec<Difference>,
    gaps: Vec<Gap>,
    decisions: Vec<DecisionShown>,
    others: Vec<CaseShown>,
    /// The whole case as one file, where it was packed.
    package: Option<String>,
    may_decide: bool,
    /// Whether the ad was examined before it ran.
    preview: bool,
    /// Who gave its page in place of an address, and when.
    pasted: Option<(String, String)>,
    appeals: Vec<AppealShown>,
    /// Who said that it was mended, and when.
    corrected: Option<(String, String)>,
    /// Whether one may say so, or appeal.
    may_say: bool,
    /// Whether one may have a link to it that anybody can open.
    may_show: bool,
}

impl Page for CasePage {
    const TEMPLATE: &'static str = "case.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        Self::all_shapes()
    }
}

#[derive(Serialize)]
struct Visitor {
    name: String,
    chosen: bool,
    violations: usize,
    gaps: usize,
}

/// A violation with its number, its pictures, and what was decided about it.
#[derive(Serialize)]
struct Told {
    number: usize,
    #[serde(flatten)]
    told: Violation,
    promised_picture: Option<Exhibit>,
    delivered_picture: Option<Exhibit>,
    decided: Option<DecisionShown>,
}

#[derive(Clone, Serialize)]
pub(crate) struct DecisionShown {
    pub(crate) violation: Option<u64>,
    pub(crate) choice: &'static str,
    pub(crate) reason: Option<String>,
    pub(crate) by: String,
    pub(crate) at: String,
}

impl From<&Decided> for DecisionShown {
    fn from(decided: &Decided) -> Self {
        let Decision { violation, choice, reason, by, .. } = &decided.decision;
        Self {
            violation: *violation,
            choice: choice.word(),
            reason: reason.clone(),
            by: by.clone(),
            at: local(decided.at),
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    visitor: String,
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Path(case): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (row, preview) = in_sight_or_preview(&app, &person, &case).await?;
    person.note(&app, "view", row.case_id.as_str()).await?;
    let page = read::page(&app, &person, &row, preview, &asked.visitor).await?;
    app.pages.show(person.frame(), &page)
}

/// The case, if this account may see it.
pub(super) async fn in_sight(app: &App, person: &Person, case: &str) -> Result<CaseRow, Failure> {
    let (sight, case) = (person.sight(), CaseId::named(case).ok_or(Failure::NotFound)?);
    ask!(app.stored, store => store.case_in_sight(&sight, &case).await)?.ok_or(Failure::NotFound)
}

/// The same, or a case of a preview that this account may see; with whether it is one.
pub(super) async fn in_sight_or_preview(app: &App, person: &Person, case: &str) -> Result<(CaseRow, bool), Failure> {
    match in_sight(app, person, case).await {
        Ok(row) => Ok((row, false)),
        Err(Failure::NotFound) => {
            let (maker, case) = (person.maker(), CaseId::named(case).ok_or(Failure::NotFound)?);
            let row = ask!(app.stored, store => store.case_of_preview(&maker, &case).await)?;
            Ok((row.ok_or(Failure::NotFound)?, true))
        }
        Err(failure) => Err(failure),
    }
}

/// What was written beside a decision: nothing is rejected without it. (The store confirms nothing against an appeal without it.)
pub(super) fn reason(choice: Choice, written: &str) -> Result<Option<String>, Failure> {
    let reason: String = written.trim().chars().take(LONGEST_REASON).collect();
    if !reason.is_empty() {
        return Ok(Some(reason));
    }
    if choice == Choice::Reject {
        return Err(Failure::bad("why"));
    }
    Ok(None)
}

#[derive(Deserialize)]
pub(crate) struct Choosing {
    choice: Choice,
    /// None: about the whole case.
    #[serde(default)]
    violation: Option<u64>,
    #[serde(default)]
    reason: String,
}

pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    Path(case): Path<String>,
    Signed { person, form }: Signed<Choosing>,
) -> Result<Response, Failure> {
    person.must_be(&[Role::Platform])?;
    let row = in_sight(&app, &person, &case).await?;
    let reason = reason(form.choice, &form.reason)?;
    let decision = Decision {
        case_id: row.case_id.clone(),
        violation: form.violation,
        choice: form.choice,
        reason,
        by: person.account.name.clone(),
    };
    ask!(app.stored, store => store.decide(&decision).await)?;
    person.note(&app, "decide", row.case_id.as_str()).await?;
    let at = form.violation.map(|number| format!("#violation-{number}")).unwrap_or_default();
    Ok(Redirect::to(&format!("/cases/{}?done=decided{at}", row.case_id)).into_response())
}

#[cfg(test)]
mod tests;
