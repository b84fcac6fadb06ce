//! What people decide about cases, by programs of theirs.

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use model::event::Choice;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use storage::decisions::{Decided, Decision, Decisions as _};
use storage::store::StoreError;

use super::asked::{Given, Named, Sent, Words};
use super::caller::{Caller, Decide, Read};
use super::cases::{OfCase, in_sight};
use super::once::{Done, Once, once};
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::stored::ask;

/// What is decided.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = Deciding::sample())]
pub(crate) struct Deciding {
    choice: Choice,
    /// The number of the violation in its case, from 1; without it, it is about the whole case.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    violation: Option<u64>,
    /// Why; who rejects says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Words>,
}

impl Deciding {
    fn sample() -> Self {
        let reason = Some(Words("价格在落地页首屏写明".to_owned()));
        Self { choice: Choice::Reject, violation: Some(1), reason }
    }
}

/// A decision that is kept.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct DecisionGiven {
    /// 1, 2, 3, … in the order of deciding.
    number: u64,
    case_id: String,
    /// The number of the violation that it is about; null where it is about the whole case.
    violation: Option<u64>,
    choice: Choice,
    reason: Option<String>,
    /// The account that decided.
    by: String,
    #[schemars(with = "String", extend("format" = "date-time"))]
    at: DateTime<Utc>,
    /// Its entry of the log.
    leaf_index: u64,
}

impl From<&Decided> for DecisionGiven {
    fn from(decided: &Decided) -> Self {
        let Decided { number, decision, at, leaf_index } = decided.clone();
        let Decision { case_id, violation, choice, reason, by } = decision;
        Self { number, case_id: case_id.to_string(), violation, choice, reason, by, at, leaf_index }
    }
}

/// Everything that was decided about a case.
#[derive(Serialize, JsonSchema)]
pub(crate) struct DecisionsGiven {
    /// In order: the last one counts.
    items: Vec<DecisionGiven>,
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<Read>,
    Named(OfCase { case }): Named<OfCase>,
) -> Result<Given<DecisionsGiven>, Problem> {
    let row = in_sight(&app, &caller, &case).await?;
    caller.note(&app, "view", row.case_id.as_str()).await?;
    let decided = ask!(app.stored, store => store.decisions_of(&row.case_id).await)?;
    Ok(Given(DecisionsGiven { items: decided.iter().map(Into::into).collect() }))
}

pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    caller: Caller<Decide>,
    Named(OfCase { case }): Named<OfCase>,
    key: Once,
    Sent(deciding): Sent<Deciding>,
) -> Result<Done<DecisionGiven>, Problem> {
    let request = key.request(&(&case, &deciding));
    let who = caller.account().name.clone();
    once(Arc::clone(&app), who, request, async move {
        let row = in_sight(&app, &caller, &case).await?;
        let Deciding { choice, violation, reason } = deciding;
        let reason = reason.map(|Words(text)| text.trim().to_owned()).filter(|text| !text.is_empty());
        if choice == Choice::Reject && reason.is_none() {
            let detail = "write in `reason` why it is not as it was found: others will read it";
            return Err(Problem::new(Kind::Unprocessable, detail));
        }
        let by = caller.account().name.clone();
        let decision = Decision { case_id: row.case_id.clone(), violation, choice, reason, by };
        let decided = ask!(app.stored, store => store.decide(&decision).await).map_err(|error| match error {
            StoreError::NoSuchViolation { .. } | StoreError::Appealed(_) => {
                Problem::new(Kind::Unprocessable, error.to_string())
            }
            error => error.into(),
        })?;
        caller.note_done(&app, "decide", row.case_id.as_str()).await;
        Ok(DecisionGiven::from(&decided))
    })
    .await
}
