//! What advertisers say of a case: that they have mended it, or that it is not so.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use model::account::Role;
use model::event::Choice;
use model::evidence::Evidence;
use serde::Serialize;
use storage::appeals::{Appeal, Appeals as _, Attached, NewAppeal};
use storage::store::{CaseId, Store as _};

use super::{DecisionShown, LONGEST_REASON, in_sight};
use crate::app::App;
use crate::auth::{Person, Signed, Uploaded};
use crate::media;
use crate::pages::evidence;
use crate::pages::login::Nothing;
use crate::stored::ask;
use crate::told::local;
use crate::web::failure::Failure;

/// Files of one appeal, and of each of them. Bytes.
const FILES: usize = 5;
const LARGEST: usize = 10_000_000;

/// An appeal, and how it came out.
#[derive(Clone, Serialize)]
pub(crate) struct AppealShown {
    pub(crate) number: u64,
    pub(crate) violation: Option<u64>,
    pub(crate) said: String,
    pub(crate) by: String,
    pub(crate) at: String,
    pub(crate) files: Vec<String>,
    /// `open`, `upheld`, `dismissed`
    pub(crate) outcome: &'static str,
    pub(crate) ended: Option<DecisionShown>,
}

impl From<&Appeal> for AppealShown {
    fn from(kept: &Appeal) -> Self {
        let NewAppeal { case_id, violation, said, by, files } = &kept.appeal;
        let outcome = match kept.ended.as_ref().map(|ended| ended.decision.choice) {
            Some(Choice::Reject) => "upheld",
            Some(_) => "dismissed",
            None => "open",
        };
        let href = |place: usize| format!("/cases/{case_id}/appeals/{}/{place}", kept.number);
        Self {
            number: kept.number,
            violation: *violation,
            said: said.clone(),
            by: by.clone(),
            at: local(kept.at),
            files: (1..=files.len()).map(href).collect(),
            outcome,
            ended: kept.ended.as_ref().map(DecisionShown::from),
        }
    }
}

#[cfg(test)]
impl AppealShown {
    pub(crate) fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let ended = DecisionShown {
            violation: Some(1),
            choice: "reject",
            reason: Some(hostile()),
            by: hostile(),
            at: hostile(),
        };
        let open = Self {
            number: 1,
            violation: Some(1),
            said: hostile(),
            by: hostile(),
            at: hostile(),
            files: vec![hostile()],
            outcome: "open",
            ended: None,
        };
        let over = |outcome| Self { violation: None, outcome, ended: Some(ended.clone()), ..open.clone() };
        vec![over("upheld"), over("dismissed"), open]
    }
}

/// The advertiser has mended it: somebody looks again, when it cannot know.
pub(crate) async fn corrected(
    State(app): State<Arc<App>>,
    Path(case): Path<String>,
    Signed { person, form: Nothing {} }: Signed<Nothing>,
) -> Result<Response, Failure> {
    must_be_its_advertiser(&person)?;
    let row = in_sight(&app, &person, &case).await?;
    let (case, by) = (&row.case_id, &person.account.name);
    if !ask!(app.stored, store => store.say_corrected(case, by).await)? {
        return Err(Failure::bad("corrected-before"));
    }
    app.doors.revisit(row.ad_id.clone()).await?;
    person.note(&app, "corrected", case.as_str()).await?;
    Ok(Redirect::to(&format!("/cases/{case}?done=corrected#said")).into_response())
}

/// An appeal is the advertiser's own word: not even an administrator speaks for it.
fn must_be_its_advertiser(person: &Person) -> Result<(), Failure> {
    if person.account.role == Role::Advertiser { Ok(()) } else { Err(Failure::Forbidden) }
}

pub(crate) async fn appeal(
    State(app): State<Arc<App>>,
    Path(case): Path<String>,
    mut uploaded: Uploaded,
) -> Result<Response, Failure> {
    must_be_its_advertiser(&uploaded.person)?;
    let row = in_sight(&app, &uploaded.person, &case).await?;
    let said = uploaded.text("said").ok_or_else(|| Failure::bad("why"))?;
    if said.chars().count() > LONGEST_REASON {
        return Err(Failure::Bad("long", LONGEST_REASON.to_string()));
    }
    let violation = uploaded.text("violation").map(|text| text.parse()).transpose();
    let violation = violation.map_err(|_| Failure::bad("violation"))?;
    let sent = uploaded.files("file");
    if sent.len() > FILES || sent.iter().any(|bytes| bytes.len() > LARGEST) {
        return Err(Failure::Bad("files", format!("{FILES} × {} MB", LARGEST / 1_000_000)));
    }
    let sent: Vec<_> = sent.into_iter().map(|bytes| Some((media::attached(&bytes)?, bytes))).collect();
    if sent.iter().any(Option::is_none) {
        return Err(Failure::bad("attached"));
    }
    // What is refused leaves nothing behind.
    let case = &row.case_id;
    if !ask!(app.stored, store => store.may_appeal(case, violation).await)? {
        return Err(Failure::bad("appeal-before"));
    }
    let mut files = Vec::new();
    for (found, bytes) in sent.into_iter().flatten() {
        let length = bytes.len() as u64;
        let file = Evidence::new("file of an appeal", found, bytes, (app.clock)());
        let kept = ask!(app.stored, store => store.keep(&file).await)?;
        files.push(Attached { evidence: kept.id, media_type: found.to_owned(), bytes: length });
    }
    let by = uploaded.person.account.name.clone();
    let appeal = NewAppeal { case_id: row.case_id.clone(), violation, said, by, files };
    let kept = ask!(app.stored, store => store.appeal(&appeal).await)?;
    kept.ok_or_else(|| Failure::bad("appeal-before"))?;
    uploaded.person.note(&app, "appeal", row.case_id.as_str()).await?;
    Ok(Redirect::to(&format!("/cases/{}?done=appealed#said", row.case_id)).into_response())
}

/// A file of an appeal, for those who see its case.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    person: Person,
    Path((case, number, place)): Path<(String, u64, usize)>,
    asked: HeaderMap,
) -> Result<Response, Failure> {
    let row = in_sight(&app, &person, &case).await?;
    let case: &CaseId = &row.case_id;
    let appeals = ask!(app.stored, store => store.appeals_of(case).await)?;
    let appeal = appeals.into_iter().find(|one| one.number == number).ok_or(Failure::NotFound)?;
    let file = place.checked_sub(1).and_then(|at| appeal.appeal.files.get(at).cloned()).ok_or(Failure::NotFound)?;
    let bytes = ask!(app.stored, store => store.read(file.evidence).await)?;
    Ok(evidence::answer(bytes, &file.media_type, &format!("appeal-{number}-{place}"), &asked))
}
